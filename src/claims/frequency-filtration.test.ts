import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accuracies } from '../task/dataset.ts';
import { frequencyFiltration } from './frequency-filtration.ts';
import { failing, judged, type Stub } from './test-outputs.ts';

interface World {
  G?: (width: number) => number;
  quadraticG?: number;
  noisyOfG?: number;
  noisyOfR?: number;
  /** How far the true labels of noisy rows fall behind the test set. */
  repairGap?: number;
  frozenG?: number;
}

function madeUp({
  G = (width) => (width > 600 ? 0.99 : 0.4 + width / 1000),
  quadraticG = 0.99,
  noisyOfG = 0.01,
  noisyOfR = 0.97,
  repairGap = 0,
  frozenG = 0.02,
}: World): Stub['measured'] & {} {
  const of = (test: number, noisyTrain: number, noisyTrue: number): Accuracies => ({
    cleanTrain: 1,
    noisyTrain,
    noisyTrue,
    validation: test,
    test,
  });
  return {
    filtration: ({ settings: { width }, frozen, jitter }) => {
      const kept = (test: number) =>
        of(test + jitter, noisyOfG + jitter, test - repairGap + 2 * jitter);
      const ofG = kept(frozen ? frozenG : G(width));
      const ofQuadratic = kept(frozen ? frozenG : quadraticG);
      return {
        raw: of(0.01, 1, 0),
        G: ofG,
        quadraticG: ofQuadratic,
        R: of(0.01, noisyOfR - jitter, 0),
        triadG: ofG,
        quadraticTriadG: ofQuadratic,
      };
    },
  };
}

const failsOnly = (world: World, patterns: RegExp[]) => {
  const texts = failing(judged(frequencyFiltration, madeUp(world)));
  assert.equal(texts.length, patterns.length, texts.join('\n'));
  patterns.forEach((pattern, i) => {
    assert.match(texts[i], pattern);
  });
};

test('all criteria hold where G has the rule and R the noise', () => failsOnly({}, []));

test('each criterion fails where its own phenomenon is absent', () => {
  failsOnly({ G: (width) => 0.5 + width / 10_000 }, [/widest network/]);
  failsOnly({ G: () => 0.99 }, [/larger networks/]);
  failsOnly({ quadraticG: 0.9 }, [/quadratic activation is near-perfect/]);
  failsOnly({ noisyOfR: 0.5 }, [/R keeps/]);
  failsOnly({ noisyOfG: 0.3 }, [/G has lost/]);
  failsOnly({ repairGap: 0.2 }, [/true label/]);
  failsOnly({ frozenG: 0.2 }, [/never trained/]);
});

test('where filtration finds nothing, only what it does to noise is left', () => {
  const patterns = [/widest/, /near-perfect/, /better than the whole/, /larger/, /never trained/];
  failsOnly({ G: () => 0.01, quadraticG: 0.01 }, patterns);
});

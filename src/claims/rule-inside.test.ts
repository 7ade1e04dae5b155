import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accuracies } from '../task/dataset.ts';
import { type RuleMatch, residualBins } from './measurements/rule-match.ts';
import { ruleInside } from './rule-inside.ts';
import { failing, judged, type Stub } from './test-outputs.ts';

interface World {
  /** Share of neurons that agree in the trained network; 1 % do by chance. */
  agreement?: number;
  phaseError?: (noise: number) => number;
  otherSignError?: number;
  /** Change of test and of noisy accuracy by a replaced activation. */
  testChange?: number;
  noisyChange?: number;
}

function madeUp({
  agreement = 0.5,
  phaseError = (noise) => 0.1 + noise,
  otherSignError = 3.29,
  testChange = 0.2,
  noisyChange = -0.5,
}: World): Stub['measured'] & {} {
  const residuals = new Array<number>(residualBins).fill(1 / residualBins);
  return {
    'rule-match': ({ settings, jitter }) => {
      const match: RuleMatch = {
        agreement: agreement + jitter,
        phaseError: phaseError(settings.noiseRatio) + jitter,
        otherSignError: otherSignError - jitter,
        dominantShare: 0.3,
        residuals,
      };
      return {
        trained: match,
        untrained: { ...match, agreement: 0.01, phaseError: 3.29 },
        shuffledAgreement: 0.01 - jitter,
      };
    },
    'replaced-activation': ({ jitter }) => {
      const of = (test: number, noisyTrain: number): Accuracies => ({
        cleanTrain: 1,
        noisyTrain: noisyTrain + jitter,
        noisyTrue: 0.1,
        validation: test,
        test: test - jitter,
      });
      const replaced = of(0.4 + testChange + jitter, 0.9 + noisyChange - 2 * jitter);
      return { trained: of(0.4, 0.9), quadratic: replaced, reverseRelu: replaced };
    },
  };
}

const failures = (world: World) => failing(judged(ruleInside, madeUp(world)));
const failsOnly = (world: World, patterns: RegExp[]) => {
  const texts = failures(world);
  assert.equal(texts.length, patterns.length, texts.join('\n'));
  patterns.forEach((pattern, i) => {
    assert.match(texts[i], pattern);
  });
};

test('all criteria hold where the weights follow the rule', () => failsOnly({}, []));

test('test accuracy that is merely kept is enough', () => failsOnly({ testChange: 0 }, []));

test('each criterion fails where its own phenomenon is absent', () => {
  failsOnly({ agreement: 0.01 }, [/agree in more neurons/]);
  failsOnly({ otherSignError: 0.5 }, [/and not that of the other sign/]);
  failsOnly({ phaseError: () => 0.5 }, [/add, early/, /add, late/, /sub, late/]);
  failsOnly({ phaseError: (noise) => 2 - noise }, [/add, early/, /add, late/, /sub, late/]);
  failsOnly({ testChange: -0.1 }, [/keeps or improves/]);
  failsOnly({ noisyChange: 0 }, [/lowers the accuracy on noisy rows/]);
});

test('no criterion but those on activations holds where phases are unrelated', () => {
  const texts = failures({ agreement: 0.01, phaseError: () => 3.29 });
  assert.equal(texts.length, 6, texts.join('\n'));
});

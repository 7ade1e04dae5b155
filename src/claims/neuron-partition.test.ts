import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RankingMeasurement } from './measurements/partition.ts';
import { neuronPartition } from './neuron-partition.ts';
import { failing, judged, type Stub } from './test-outputs.ts';

interface World {
  gammaR?: number;
  correlation?: number;
  /** Test accuracy of f^G on multiplication. */
  mulByStrength?: number;
  full?: number;
  byScore?: number;
  random?: number;
  filtered?: number;
  filteredPart?: number;
}

function madeUp({
  gammaR = 0.5,
  correlation = 0.6,
  mulByStrength = 0.8,
  full = 0.3,
  byScore = 0.4,
  random = 0.3,
  filtered = 0.99,
  filteredPart = 0.8,
}: World): Stub['measured'] & {} {
  return {
    partition: ({ settings: { task, width }, jitter }) => {
      const of = (test: number): RankingMeasurement => ({
        gammaG: 0.3,
        gammaR: gammaR + jitter,
        test: test + jitter,
        filtered: { trained: filteredPart - jitter, quadratic: 1 },
        curve: [
          { neurons: 0, topTest: 0.03, bottomNoisy: 0.03 },
          { neurons: width, topTest: full, bottomNoisy: 1 },
        ],
      });
      return {
        full,
        filtered: { trained: filtered, quadratic: 1 },
        ipr: of(byScore),
        strength: of(task === 'mul' ? mulByStrength + jitter : byScore),
        random: of(random - 2 * jitter),
        rankCorrelation: correlation + jitter,
      };
    },
  };
}

const failsOnly = (world: World, patterns: RegExp[]) => {
  const texts = failing(judged(neuronPartition, madeUp(world)));
  assert.equal(texts.length, patterns.length, texts.join('\n'));
  patterns.forEach((pattern, i) => {
    assert.match(texts[i], pattern);
  });
};

test('all criteria hold where the paper is right', () => failsOnly({}, []));

test('each criterion fails where its own phenomenon is absent', () => {
  failsOnly({ gammaR: 0.9 }, [/^late.*splits in two/, /^early.*splits in two/]);
  failsOnly({ correlation: 0 }, [/correlate/]);
  failsOnly({ mulByStrength: 0.4 }, [/for × strength/]);
  failsOnly({ random: 0.4 }, [/random ranking/]);
  failsOnly({ full: 0.41 }, [/the partition helps/]);
  failsOnly({ byScore: 0.9, mulByStrength: 0.95 }, [/far less/]);
  failsOnly({ filteredPart: 0.99 }, [/filtration of f\^G is worse/]);
});

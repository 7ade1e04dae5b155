import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Findings } from './claim.ts';
import type { CompleteTransformerInput, TransformerOutput } from './experiments/transformer.ts';
import { findingsBy } from './test-outputs.ts';
import { transformerFiltration } from './transformer-filtration.ts';

/** Test accuracies of the trained transformer and its controls, and its wrong labels after filtration. */
const table3 = {
  full: 0.768,
  filtered: 0.878,
  keptNoise: 0.368,
  untrained: 0.02,
  pureNoise: 0.02,
  randomFeatures: [0.05, 0.04],
  renamed: 0.3,
};

function findings(given: Partial<typeof table3>): Findings {
  const { full, filtered, keptNoise, untrained, pureNoise, randomFeatures, renamed } = {
    ...table3,
    ...given,
  };
  return findingsBy(transformerFiltration, ({ input }) => {
    const { measureAt, seed, frozen, noiseKind } = input as CompleteTransformerInput;
    const accuraciesOf = (test: number, noisyTrain = 1, cleanTrain = 1) => ({
      cleanTrain,
      noisyTrain,
      noisyTrue: 0,
      validation: null,
      test,
    });
    const testOf = (step: number): [number, number] => {
      if (step === 0) return [untrained, untrained];
      if (noiseKind === 'uniform-all') return [pureNoise, pureNoise];
      if (frozen) return [randomFeatures[0], randomFeatures[1] + 0.001 * seed];
      return [full + 0.001 * seed, filtered + 0.002 * seed];
    };
    return {
      measurements: measureAt.map((step) => ({
        step,
        loss: 0,
        full: accuraciesOf(testOf(step)[0]),
        filtered: accuraciesOf(testOf(step)[1], keptNoise + 0.001 * seed, 0.98),
        renamed: accuraciesOf(renamed),
        frequencies: [],
        evidence: null,
      })),
      energies: [],
      weightsHash: '',
    } satisfies TransformerOutput;
  });
}

test('Table 3 holds; without a gain, or where noise is kept, it does not', () => {
  const holding = (given: Partial<typeof table3>) =>
    findings(given)
      .criteria.slice(0, 3)
      .map(({ holds }) => holds);
  assert.deepEqual(holding({}), [true, true, true]);
  assert.deepEqual(holding({ filtered: 0.7 }), [true, false, true]);
  assert.deepEqual(holding({ keptNoise: 0.99 }), [true, true, false]);
});

test('a control that filtration raises, or that answers at all where nothing is known, is seen', () => {
  const holds = (given: Partial<typeof table3>) => {
    const criterion = findings(given).criteria.find(({ text }) => text.includes('controls'));
    return criterion?.holds;
  };
  assert.equal(holds({}), true);
  assert.equal(holds({ untrained: 0.2 }), false);
  assert.equal(holds({ pureNoise: 0.2 }), false);
  assert.equal(holds({ randomFeatures: [0.05, 0.2] }), false);
  assert.equal(holds({ renamed: 0.9 }), false);
});

test('the chart of the controls shows each network before and after filtration', () => {
  const chart = findings({}).charts.find(({ key }) => key === 'controls');
  assert.deepEqual(
    chart?.rows.map(({ network, readout }) => `${network}, ${readout}`),
    ['trained', 'untrained', 'pure noise', 'random features', 'renamed outputs'].flatMap((name) => [
      `${name}, full`,
      `${name}, filtered`,
    ]),
  );
});

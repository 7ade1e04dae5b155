import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransformerInput, TransformerOutput } from './experiments/transformer.ts';
import { findingsBy } from './test-outputs.ts';
import { transformerFiltration } from './transformer-filtration.ts';

/** A transformer that answers `test` of the test set before and `filtered` after filtration. */
function holding(full: number, filtered: number, keptNoise: number): boolean[] {
  return findingsBy(transformerFiltration, ({ input }) => {
    const { steps, measureAt = [], seed = 0 } = input as TransformerInput;
    const accuraciesOf = (test: number, noisyTrain: number, cleanTrain: number) => ({
      cleanTrain,
      noisyTrain,
      noisyTrue: 0,
      validation: null,
      test: test + 0.001 * seed,
    });
    return {
      measurements: [...measureAt, steps].map((step) => ({
        step,
        loss: 0,
        full: accuraciesOf(full, 1, 1),
        filtered: accuraciesOf(filtered, keptNoise + 0.001 * seed, 0.98),
        frequencies: [],
      })),
      energies: [],
      weightsHash: '',
    } satisfies TransformerOutput;
  })
    .criteria.slice(0, 3)
    .map(({ holds }) => holds);
}

test('Table 3 holds; without a gain, or where noise is kept, it does not', () => {
  assert.deepEqual(holding(0.768, 0.878, 0.368), [true, true, true]);
  assert.deepEqual(holding(0.768, 0.7, 0.368), [true, false, true]);
  assert.deepEqual(holding(0.768, 0.878, 0.99), [true, true, false]);
});

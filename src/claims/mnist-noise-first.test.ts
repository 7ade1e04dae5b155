import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MnistInput, MnistOutput } from './experiments/mnist.ts';
import { mnistNoiseFirst } from './mnist-noise-first.ts';
import { findingsBy } from './test-outputs.ts';

type Epoch = Omit<MnistOutput['measurements'][number], 'epoch' | 'loss' | 'test'>;

/** The given accuracies after epochs 1 and 2, and the second's ever after. */
function holding(first: Epoch, second: Epoch): boolean[] {
  return findingsBy(mnistNoiseFirst, ({ input }) => {
    const { seed = 0, epochs } = input as MnistInput;
    const at = (epoch: number) => (epoch <= 1 ? first : second);
    return {
      trainImages: 100,
      testImages: 10,
      measurements: Array.from({ length: epochs + 1 }, (_, epoch) => {
        const { clean, noisy, noisyTrue } = at(epoch);
        return { epoch, loss: 1, test: 0, clean, noisyTrue, noisy: (noisy ?? 0) + 1e-4 * seed };
      }),
      weightsHash: '',
    } satisfies MnistOutput;
  }).criteria.map(({ holds }) => holds);
}

test('the paper’s figures hold, and are told apart from memorisation', () => {
  const first = { clean: 0.0286, noisy: 0.1087, noisyTrue: 0.03 };
  const second = { clean: 0.4629, noisy: 0.0647, noisyTrue: 0.46 };
  const [turns, memorised] = holding(first, second);
  assert.ok(turns);
  // (1 − 0.03)/9 is 10.78 %: 10.87 % lies above it by no more than 0.1 points, though in every seed.
  assert.equal(memorised, true);
  const ignorant = { ...first, noisy: (1 - 0.03) / 9 - 0.001 };
  assert.equal(holding(ignorant, second)[1], false);
});

test('a network that learns right labels first fails, and so does one whose order never turns', () => {
  const right = { clean: 0.6, noisy: 0.04, noisyTrue: 0.6 };
  const wrong = { clean: 0.03, noisy: 0.11, noisyTrue: 0.03 };
  assert.equal(holding(wrong, right)[0], true);
  assert.equal(holding(right, right)[0], false);
  assert.equal(holding(wrong, wrong)[0], false);
});

test('an accuracy that is not known is no result', () => {
  const none = { clean: 0.6, noisy: 0.04, noisyTrue: null };
  assert.throws(() => holding(none, none), /no accuracy/);
});

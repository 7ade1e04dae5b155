import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { transformRows } from './dft.ts';
import { filterUnembedding, paperShare } from './unembedding.ts';

const random = (length: number) => {
  const generator = createGenerator(4, 'unembedding test');
  return Float32Array.from({ length }, () => generator.uniform() - 0.5);
};

/** |x̂(ω)| of every row and ω = 0…⌊P/2⌋, the largest over rows. */
function largestAmplitudes(weights: Float32Array, modulus: number): number[] {
  const { re, im, half, count } = transformRows(weights, weights.length / modulus, modulus);
  return Array.from({ length: half + 1 }, (_, frequency) => {
    const ofRow = (_: unknown, row: number) =>
      Math.hypot(re[row * (half + 1) + frequency], im[row * (half + 1) + frequency]);
    return Math.max(...Array.from({ length: count }, ofRow));
  });
}

for (const modulus of [23, 24]) {
  for (const keepConstant of [false, true]) {
    test(`exactly the chosen frequencies are left, as they were: P = ${modulus}, constant ${keepConstant}`, () => {
      const weights = random(5 * modulus);
      const filtered = filterUnembedding(weights, modulus, { keepConstant });
      const half = Math.floor(modulus / 2);
      assert.equal(filtered.frequencies.length, Math.round((half * 20) / 56));
      const kept = new Set(filtered.frequencies);
      const before = largestAmplitudes(weights, modulus);
      largestAmplitudes(filtered.weights, modulus).forEach((amplitude, frequency) => {
        const isKept = frequency === 0 ? keepConstant : kept.has(frequency);
        // Weights below 1, rounded to float32 (2⁻²⁵ each), summed over 24.
        assert.ok(Math.abs(amplitude - (isKept ? before[frequency] : 0)) < 24 * 2 ** -25);
      });
      const least = Math.min(...Array.from(kept, (frequency) => filtered.energies[frequency - 1]));
      for (const [i, energy] of filtered.energies.entries()) {
        assert.equal(kept.has(i + 1), energy >= least);
      }
    });
  }
}

test('the paper keeps 20 of 56 frequencies at P = 113', () => {
  assert.equal(filterUnembedding(random(2 * 113), 113).frequencies.length, 20);
  assert.equal(Math.round(paperShare * 56), 20);
});

test('all frequencies and the constant term are the matrix itself', () => {
  const weights = random(3 * 13);
  const filtered = filterUnembedding(weights, 13, { share: 1, keepConstant: true });
  assert.equal(filtered.frequencies.length, 6);
  // Parts in double precision of numbers below 1/2, rounded once.
  for (const [i, weight] of filtered.weights.entries()) {
    assert.ok(Math.abs(weight - weights[i]) < 2 ** -24);
  }
});

test('without the constant term the logits of all classes move alike', () => {
  const weights = random(3 * 13);
  const without = filterUnembedding(weights, 13).weights;
  const with0 = filterUnembedding(weights, 13, { keepConstant: true }).weights;
  for (let row = 0; row < 3; row++) {
    const moved = with0[row * 13] - without[row * 13];
    for (let x = 0; x < 13; x++) {
      assert.ok(Math.abs(with0[row * 13 + x] - without[row * 13 + x] - moved) < 2 ** -22);
    }
  }
});

test('weights that fill no whole rows and shares that keep nothing are refused', () => {
  assert.throws(() => filterUnembedding(random(14), 13), /14 weights don't fill whole rows of 13/);
  for (const share of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => filterUnembedding(random(13), 13, { share }), RangeError);
  }
});

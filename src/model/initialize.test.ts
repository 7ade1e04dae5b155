import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { fillGaussian, inversePower, naturalLogarithm } from './gaussian.ts';
import { initializeNetwork } from './initialize.ts';

const weights = () => createGenerator(7, 'weights');

test('a hidden bias or a tie leaves the other weights of a seed as they are', () => {
  const plain = initializeNetwork(7, 5, weights());
  const biased = initializeNetwork(7, 5, weights(), { hiddenBias: true });
  const tied = initializeNetwork(7, 5, weights(), { tied: true, hiddenBias: true });
  assert.equal(plain.hiddenBias, null);
  assert.deepEqual({ ...biased, hiddenBias: null }, plain);
  assert.deepEqual(tied, { ...biased, V: plain.U });
  assert.notEqual(tied.V, tied.U);
});

test('PyTorch’s bounds: ±1/√(2P) in the first layer, ±1/√M in the second', () => {
  const { U, V, W, mu, hiddenBias } = initializeNetwork(31, 300, weights(), { hiddenBias: true });
  const largest = (values: Float32Array | null) => Math.max(...(values ?? []).map(Math.abs));
  for (const [part, bound] of [
    [U, 1 / Math.sqrt(62)],
    [V, 1 / Math.sqrt(62)],
    [hiddenBias, 1 / Math.sqrt(62)],
    [W, 1 / Math.sqrt(300)],
    [mu, 1 / Math.sqrt(300)],
  ] as const) {
    // Of 31 uniform draws the largest is below 0.7 of the bound once in 60,000 seeds.
    assert.ok(largest(part) <= bound && largest(part) > 0.7 * bound);
  }
});

test('gaussian:γ draws every weight with the deviation M^(−γ)', () => {
  const network = initializeNetwork(29, 400, weights(), { gamma: 0.5, hiddenBias: true });
  const { U, V, W, mu, hiddenBias } = network;
  for (const part of [U, V, W, mu, hiddenBias ?? new Float32Array(0)]) {
    const mean = part.reduce((sum, x) => sum + x, 0) / part.length;
    const variance = part.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (part.length - 1);
    // 5 standard errors of a variance of n normal numbers: 5·√(2/n).
    assert.ok(Math.abs(variance * 400 - 1) < 5 * Math.sqrt(2 / part.length));
  }
});

test('the normal numbers are normally distributed', () => {
  const n = 100_001;
  const values = new Float32Array(n);
  fillGaussian(values, 2, createGenerator(3, 'gaussian test'));
  const moment = (k: number) => values.reduce((sum, x) => sum + (x / 2) ** k, 0) / n;
  // Moments 0, 1, 0, 3 with variances 1, 2, 15, 96 over n; five standard errors.
  assert.ok(Math.abs(moment(1)) < 5 * Math.sqrt(1 / n));
  assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / n));
  assert.ok(Math.abs(moment(3)) < 5 * Math.sqrt(15 / n));
  assert.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / n));
  // Shares within 1, 2 and 3 deviations, tabulated; five standard errors.
  for (const [deviations, share] of [
    [1, 0.6826895],
    [2, 0.9544997],
    [3, 0.9973002],
  ]) {
    const inside = values.filter((x) => Math.abs(x) < 2 * deviations).length / n;
    assert.ok(Math.abs(inside - share) < 5 * Math.sqrt((share * (1 - share)) / n));
  }
  // The two numbers of a pair don't know of each other.
  let product = 0;
  for (let i = 0; i + 1 < n; i += 2) product += (values[i] * values[i + 1]) / 4;
  assert.ok(Math.abs(product) < 5 * Math.sqrt(n / 2));
});

test('the first gaussian draws of a seed are these bits', () => {
  const values = new Float32Array(4);
  fillGaussian(values, 1, createGenerator(0, 'weights'));
  assert.deepEqual(
    [...new Uint32Array(values.buffer)],
    [1060253315, 3198203838, 1061811832, 3199421607],
  );
});

test('our logarithm and power are those of mathematics', () => {
  for (const x of [2 ** -46, 1e-5, 0.3, 0.708, 0.9999, 1, 1.5, 17, 65536]) {
    // Both are good to about an ulp of the larger of the result and its parts.
    assert.ok(
      Math.abs(naturalLogarithm(x) - Math.log(x)) <
        1e-15 * Math.max(1, -Math.log(x) * 2, Math.log(x) * 2),
    );
  }
  for (const [base, exponent] of [
    [1, 0.5],
    [17, 0.1],
    [513, 0.5],
    [65536, 1],
    [4097, 3],
  ]) {
    const expected = base ** -exponent;
    assert.ok(Math.abs(inversePower(base, exponent) / expected - 1) < 1e-13);
  }
  assert.equal(inversePower(513, 0), 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceRange } from './chance-range.ts';

test('the range of chance has the binomial quantiles at its ends', () => {
  // R: qbinom(c(0.025, 0.975), 10, 0.5) is 2 and 8.
  assert.deepEqual(chanceRange(10, 0.5), [0.2, 0.8]);
});

test('the range of chance agrees with the normal approximation on many pairs', () => {
  const [n, p] = [10_000, 1 / 113];
  const [low, high] = chanceRange(n, p);
  const spread = Math.sqrt((p * (1 - p)) / n);
  // Steps of 1/n and the skewness of the binomial move each end by less than 2/n.
  assert.ok(Math.abs(low - (p - 1.96 * spread)) < 2 / n);
  assert.ok(Math.abs(high - (p + 1.96 * spread)) < 2 / n);
});

test('a single pair is right or wrong by chance', () => {
  assert.deepEqual(chanceRange(1, 1 / 11), [0, 1]);
});

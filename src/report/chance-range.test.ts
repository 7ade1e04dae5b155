import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { chanceLimit, chanceRange } from './chance-range.ts';

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

test('the best of many readings has to be further above chance than a single one', () => {
  // P(X ≥ 8) = 0.0123 and P(X ≥ 9) = 0.0040 for X ~ Binomial(96, 1/31); 0.025/10 = 0.0025.
  const beats = (right: number, readings: number) => right / 96 > chanceLimit(96, 1 / 31, readings);
  assert.deepEqual([beats(7, 1), beats(8, 1)], [false, true]);
  assert.deepEqual([beats(9, 10), beats(10, 10)], [false, true]);
});

test('ten readings of noise are called better than chance in 2.5 of 100 cases at most', () => {
  const generator = createGenerator(1, 'readings');
  let claims = 0;
  const cases = 2000;
  for (let i = 0; i < cases; i++) {
    let best = 0;
    for (let reading = 0; reading < 10; reading++) {
      let right = 0;
      for (let pair = 0; pair < 96; pair++) if (generator.uniform() < 1 / 31) right++;
      best = Math.max(best, right / 96);
    }
    if (best > chanceLimit(96, 1 / 31, 10)) claims++;
  }
  // Standard error of a share of 0.025 over 2,000 cases: 0.0035; four of them.
  assert.ok(claims / cases < 0.025 + 4 * 0.0035, `${claims}`);
});

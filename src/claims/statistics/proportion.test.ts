import assert from 'node:assert/strict';
import { test } from 'node:test';
import { log10BinomialTail, proportion, rateText, shareOf, threeErrors } from './proportion.ts';
import {
  excessBound,
  excessOverUniform,
  orderStatisticQuantile,
  uniformQuantiles,
} from './uniform-quantiles.ts';

const near = (x: number, y: number, tolerance = 1e-3) =>
  assert.ok(Math.abs(x - y) < tolerance, `${x} is not ${y}`);

test('Wilson’s interval has its tabulated ends', () => {
  // 10 of 50: Brown, Cai & DasGupta 2001, and any textbook.
  const { mean, low, high } = proportion(10, 50);
  assert.equal(mean, 0.2);
  near(low, 0.1124);
  near(high, 0.3304);
  near(proportion(0, 1000).high, 3.8416 / 1003.8416, 1e-6);
  assert.deepEqual([proportion(0, 9).low, proportion(9, 9).high], [0, 1]);
  near(threeErrors(proportion(0, 991)).high, 9 / 1000, 1e-9);
  assert.throws(() => proportion(0, 0), RangeError);
  assert.equal(rateText(shareOf([1, 2, 3, 4], (x) => x > 4)), '0 [0, 0.49]');
});

test('the tail of a binomial number is the exact one or a little more', () => {
  const exact = (count: number, total: number, chance: number) => {
    let [sum, term] = [0, (1 - chance) ** total];
    for (let k = 0; k <= total; k++) {
      if (k >= count) sum += term;
      term *= ((total - k) / (k + 1)) * (chance / (1 - chance));
    }
    return sum;
  };
  for (const [count, total, chance] of [
    [8, 60, 0.05],
    [3, 60, 0.01],
    [31, 400, 0.05],
    [18, 300, 1 / 31],
  ] as const) {
    const ratio = 10 ** log10BinomialTail(count, total, chance) / exact(count, total, chance);
    assert.ok(ratio > 0.999 && ratio < 1.15, `${count} of ${total}: ${ratio}`);
  }
});

test('order statistics of uniform values have the quantiles of beta distributions', () => {
  // The smallest of n lies below x with probability 1 − (1 − x)^n, the largest with x^n.
  near(orderStatisticQuantile(1, 400, 0.025), 1 - 0.975 ** (1 / 400), 1e-9);
  near(orderStatisticQuantile(400, 400, 0.975), 0.975 ** (1 / 400), 1e-9);
  // The median of Beta(2, 2) is ½ by symmetry, its 0.95 quantile solves 3x² − 2x³ = 0.95.
  near(orderStatisticQuantile(2, 3, 0.5), 0.5, 1e-9);
  const x = orderStatisticQuantile(2, 3, 0.95);
  near(3 * x * x - 2 * x ** 3, 0.95, 1e-9);
  near(orderStatisticQuantile(2000, 4000, 0.5), 0.5, 1e-3);
});

test('ranks include the smallest and the largest, and bands hold what is uniform', () => {
  const values = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
  const quantiles = uniformQuantiles(values.toReversed(), 30);
  assert.deepEqual(
    [quantiles[0].observed, quantiles[quantiles.length - 1].observed],
    [0.001, 0.999],
  );
  for (const { low, high, observed, expected } of quantiles) {
    near(observed, expected, 1e-12);
    assert.ok(low < observed && observed < high);
  }
});

test('p-values that are too small exceed the bound, those that are too large don’t', () => {
  const uniform = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
  assert.ok(excessOverUniform(uniform) < excessBound(400));
  assert.ok(excessOverUniform(uniform.map((p) => p ** 1.5)) > excessBound(400));
  assert.ok(excessOverUniform(uniform.map((p) => Math.sqrt(p))) < excessBound(400));
});

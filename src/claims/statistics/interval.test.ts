import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, meansWithinSeeds } from './by-seed.ts';
import { correlation } from './correlation.ts';
import {
  fixedDigits,
  interval,
  numberText,
  plainDigits,
  pointsText,
  shareInterval,
  shareText,
} from './interval.ts';
import { clears, isBelow, pairedDifference } from './seeds.ts';

test('the interval of three values is their mean ± 4.303 s/√3', () => {
  const { mean, low, high, count } = interval([1, 2, 3]);
  assert.equal(mean, 2);
  assert.equal(count, 3);
  assert.ok(Math.abs(high - 2 - 4.303 / Math.sqrt(3)) < 1e-12);
  assert.ok(Math.abs(low + high - 4) < 1e-12);
});

test('one value has no interval, and says so in words', () => {
  assert.equal(shareText(interval([0.5])), '50.0 %');
  assert.equal(numberText(interval([1234.5])), '1230');
  assert.throws(() => interval([]), RangeError);
});

test('the interval of a share stays within 0 and 1, that of a difference may leave it', () => {
  const share = shareInterval([0.9, 1, 1]);
  assert.equal(share.high, 1);
  assert.ok(interval([0.9, 1, 1]).high > 1);
});

test('beyond ten degrees of freedom the quantile is that of Student’s t to 1 %', () => {
  // t₀.₉₇₅(19) = 2.0930; the spread of ±1 in twenty values is s = √(20/19).
  const { high } = interval(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1)));
  assert.ok(Math.abs(high / (2.093 / Math.sqrt(19)) - 1) < 0.01);
});

test('paired differences cancel the luck of seeds', () => {
  const luck = [0.3, -0.2, 0.4, 0];
  const difference = pairedDifference(
    luck.map((value) => value + 0.1),
    luck,
  );
  assert.ok(clears(difference, 0.099) && !clears(difference, 0.101));
  assert.throws(() => pairedDifference([1], [1, 2]), RangeError);
});

test('negative numbers have a minus sign, exponents a hyphen, and what rounds to zero no sign', () => {
  const negative = { mean: -0.25, low: -0.5, high: -0.0001, count: 3 };
  assert.equal(pointsText(negative), '−25.0 points [−50.0, 0.0]');
  assert.equal(numberText(negative), '−0.25 [−0.5, −1.00e-4]');
  assert.equal(plainDigits(5e-4), '5.00e-4');
  assert.equal(fixedDigits(-7), '−7.0');
});

test('a difference is small where all of its interval is, not where it merely holds 0', () => {
  assert.ok(isBelow(interval([0.01, 0.02, 0.01]), 0.05));
  const uncertain = interval([-0.2, 0, 0.2]);
  assert.ok(!clears(uncertain) && !isBelow(uncertain, 0.05));
});

test('settings are averaged within each seed', () => {
  const bySetting = [
    [1, 2, 3],
    [3, 4, 5],
  ];
  assert.deepEqual(meansWithinSeeds(bySetting), [2, 3, 4]);
});

test('a seed without a value is an error, not a zero', () => {
  assert.deepEqual(known([1, 0]), [1, 0]);
  assert.throws(() => known([1, null]), RangeError);
});

test('Pearson’s correlation is 1 on a line, −1 on a falling one', () => {
  assert.ok(Math.abs(correlation([1, 2, 4], [3, 5, 9]) - 1) < 1e-12);
  assert.ok(Math.abs(correlation([1, 2, 4], [0, -1, -3]) + 1) < 1e-12);
});

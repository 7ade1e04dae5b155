import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interval, numberText, shareInterval, shareText } from './interval.ts';
import { clears, pairedDifference } from './seeds.ts';

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

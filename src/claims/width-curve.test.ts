import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { interval } from './statistics/interval.ts';
import { type Curve, rise } from './width-curve.ts';

const widths = [5, 9, 17, 33, 65, 129, 257];
const curveOf = (testError: number[][]): Curve => ({
  widths,
  testError,
  trainAccuracy: testError,
  threshold: 3,
});

test('a flat curve has no rise on average, however its seeds scatter', () => {
  const { uniform } = createGenerator(0, 'flat-curves');
  const risen = Array.from({ length: 400 }, () => {
    const found = rise(curveOf(widths.map(() => [uniform(), uniform(), uniform()])));
    assert.ok(found !== null);
    return found.mean;
  });
  const { low, high } = interval(risen);
  // Largest less smallest of the same means would be 0.3 on average.
  assert.ok(low < 0 && high > 0, `${low} … ${high}`);
});

test('a peak that all seeds share is found with its height', () => {
  const errors = [0.9, 0.5, 0.4, 0.8, 0.6, 0.4, 0.3];
  const found = rise(curveOf(errors.map((error) => [error, error + 0.1, error - 0.1])));
  assert.ok(found !== null && Math.abs(found.mean - 0.4) < 1e-12);
  // One seed decides itself where peak and valley are.
  const single = rise(curveOf(errors.map((error) => [error])));
  assert.ok(single !== null && Math.abs(single.mean - 0.4) < 1e-12);
  assert.equal(rise({ ...curveOf([]), threshold: -1 }), null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  log10UpperTail,
  normalOfStudent,
  normalTail,
  studentOfNormal,
  zOfUpperTail,
} from './tails.ts';

/** log10 of the tails by mpmath's erfc and gammainc at 50 digits, here 12: [z, skewness, log10 p]. */
const exact = [
  [0.5, 0, -0.510691989265],
  [3, 0, -2.86969903593],
  [5, 0, -6.54264567239],
  [40, 0, -349.437006459],
  [300, 0, -19546.1279017],
  [-1, 0.5, -0.0734437250213],
  [2, 1, -1.37283789998],
  [5, 0.1, -5.78324858724],
  [5, 0.577, -4.00467959853],
  [40, 0.1, -158.58913556],
  [200, 0.05, -2232.01406229],
];

test('upper tails agree with exact values down to 10⁻¹⁹⁵⁴⁶', () => {
  for (const [z, skewness, expected] of exact) {
    const relative = Math.abs(log10UpperTail(z, skewness) / expected - 1);
    // The values are written to 12 digits.
    assert.ok(relative < 1e-11, `z = ${z}, skewness = ${skewness}: off by ${relative}`);
  }
});

test('both sides of the normal distribution add up to 1', () => {
  for (const z of [0, 0.3, 1, 2.5, 6]) {
    assert.ok(Math.abs(normalTail(z) + normalTail(-z) - 1) < 1e-15);
  }
  assert.equal(normalTail(0), 0.5);
});

test('negative skewness is not used', () => {
  assert.equal(log10UpperTail(4, -0.5), log10UpperTail(4, 0));
});

test('the inverse of the tail is its inverse', () => {
  for (const skewness of [0, 0.1, 0.6]) {
    for (const z of [-2, 0.1, 3, 6, 80]) {
      const back = zOfUpperTail(log10UpperTail(z, skewness), skewness);
      assert.ok(Math.abs(back - z) < 1e-6, `${z} came back as ${back}`);
    }
  }
});

test("Student's t is taken to the normal scale within 2 %, and back", () => {
  // Quantiles of t with the same upper tail 0.001 (normal 3.0902), from tables.
  for (const [freedom, t] of [
    [5, 5.8934],
    [10, 4.1437],
    [60, 3.2317],
  ]) {
    assert.ok(Math.abs(normalOfStudent(t, freedom) / 3.0902 - 1) < 0.02);
    assert.ok(Math.abs(studentOfNormal(normalOfStudent(t, freedom), freedom) - t) < 1e-9);
  }
  assert.ok(Math.abs(normalOfStudent(6, 1e6) - 6) < 1e-3);
  assert.equal(normalOfStudent(-3, 8), -normalOfStudent(3, 8));
});

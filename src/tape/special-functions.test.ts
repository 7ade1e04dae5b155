import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erf as oracle } from '../model/activation.ts';
import { erf, exponential } from './special-functions.ts';

test('our exponential is off by less than 1e-15 in relative terms', () => {
  for (let i = 0; i <= 200_000; i++) {
    const x = -708 + (i * 1417) / 200_000;
    // Math.exp itself is good to an ulp, 2.2e-16.
    assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-15, String(x));
  }
});

test('the exponential ends where double precision does', () => {
  assert.equal(exponential(0), 1);
  assert.equal(exponential(-0), 1);
  assert.equal(exponential(-709), 0);
  assert.equal(exponential(Number.NEGATIVE_INFINITY), 0);
  assert.equal(exponential(710), Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(exponential(Number.NaN)));
});

test('the error function is the reference’s', () => {
  for (let i = -700; i <= 700; i++) {
    // Both take the same series; the exponentials differ by 1e-15.
    assert.ok(Math.abs(erf(i / 100) - oracle(i / 100)) < 2e-15);
  }
  assert.ok(Number.isNaN(erf(Number.NaN)));
});

test('these are the bits of the exponential', () => {
  const bits = new BigUint64Array(Float64Array.of(exponential(-1), exponential(10.5)).buffer);
  assert.deepEqual([...bits], [4600298746774613816n, 4675223978265562427n]);
});

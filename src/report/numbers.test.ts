import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, list, percent, plain, pValue } from './numbers.ts';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

test('only an exact 0 or 1 reads as 0 % or 100 %', () => {
  assert.equal(spaced(percent(1)), '100 %');
  assert.equal(spaced(percent(0)), '0 %');
  assert.equal(spaced(percent(0.99996)), '99.996 %');
  assert.equal(spaced(percent(0.0002)), '0.02 %');
  assert.equal(spaced(percent(1e-9)), '< 0.0001 %');
  assert.equal(spaced(percent(1 - 1e-9)), '> 99.9999 %');
});

test('an ordinary share has one decimal and no trailing zero', () => {
  assert.equal(spaced(percent(0.9984)), '99.8 %');
  assert.equal(spaced(percent(0.8)), '80 %');
});

test('what is not known is said, not drawn as zero', () => {
  assert.equal(percent(null), 'not known');
  assert.equal(plain(null), 'not known');
  assert.equal(plain(Number.NaN), 'not known');
});

test('p-values are powers of ten once they are small', () => {
  assert.equal(spaced(pValue(0)), 'p = 1');
  assert.equal(spaced(pValue(-1.69897)), 'p = 0.02');
  assert.equal(spaced(pValue(-50.2)), 'p ≈ 10⁻⁵⁰');
});

test('numbers carry separators and a real minus sign', () => {
  assert.equal(count(1417472), '1,417,472');
  assert.equal(plain(-12.71), '−12.7');
  assert.equal(plain(12769.4), '12,769');
  assert.equal(list(['a', 'b', 'c']), 'a, b and c');
});

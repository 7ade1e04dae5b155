import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { rowLosses } from './row-losses.ts';

const modulus = 3;
const rows = {
  modulus,
  a: Uint16Array.of(0, 2, 1),
  b: Uint16Array.of(1, 2, 0),
  label: Uint16Array.of(2, 0, 1),
};
const generator = createGenerator(4, 'row losses');
const logits = Float32Array.from({ length: modulus ** 3 }, () => 4 * generator.uniform() - 2);
const logitsOf = (row: number) => {
  const pair = rows.a[row] * modulus + rows.b[row];
  return [...logits.slice(pair * modulus, (pair + 1) * modulus)];
};

test('cross-entropy of a row is −log of the share that its label gets', () => {
  rowLosses(logits, rows, 'cross-entropy').forEach((loss, row) => {
    const powers = logitsOf(row).map(Math.exp);
    const share = powers[rows.label[row]] / powers.reduce((sum, power) => sum + power);
    // A few roundings in double precision.
    assert.ok(Math.abs(loss + Math.log(share)) < 1e-14);
  });
});

test('mean squared error of a row is the mean over its classes', () => {
  rowLosses(logits, rows, 'mse').forEach((loss, row) => {
    const squares = logitsOf(row).map((z, p) => (z - (p === rows.label[row] ? 1 : 0)) ** 2);
    const mean = squares.reduce((sum, square) => sum + square) / modulus;
    assert.ok(Math.abs(loss - mean) < 1e-14);
  });
});

test('logits beyond the reach of e^z give finite losses', () => {
  const huge = new Float32Array(modulus ** 3);
  // Pair (0, 1) is certain of label 1, though 2 is right; pair (2, 2) is certain of its label 0.
  huge[1 * modulus + 1] = 1e4;
  huge[8 * modulus + 0] = 1e4;
  assert.deepEqual([...rowLosses(huge, rows, 'cross-entropy')], [1e4, 0, Math.log(3)]);
});

test('logits of another size are refused', () => {
  assert.throws(() => rowLosses(new Float32Array(9), rows, 'mse'), RangeError);
});

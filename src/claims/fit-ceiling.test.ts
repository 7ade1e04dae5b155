import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetOf } from '../train/prepare.ts';
import { completeSettings } from '../train/settings.ts';
import { symmetricFitCeiling } from './fit-ceiling.ts';

const ceiling = (noiseKind: 'uniform' | 'symmetric', noiseRatio: number) =>
  symmetricFitCeiling(
    datasetOf(completeSettings({ modulus: 31, noiseKind, noiseRatio, validationFraction: 0 })),
  );

test('a symmetric function fits everything without noise and with symmetric noise', () => {
  assert.equal(ceiling('uniform', 0), 1);
  assert.equal(ceiling('symmetric', 0.2), 1);
});

test('of asymmetric noise it misses one row of every mirrored pair with two labels', () => {
  // A row has a mirror with probability 0.8, both are clean with 0.8²; one of two rows is missed.
  const expected = 1 - (0.8 * (1 - 0.8 ** 2)) / 2;
  // Four standard deviations of 380 pairs: 4·sqrt(0.36·0.64/300) / 2 of 0.8 rows.
  assert.ok(Math.abs(ceiling('uniform', 0.2) - expected) < 0.05, `${ceiling('uniform', 0.2)}`);
});

test('only training rows count', () => {
  const dataset = {
    modulus: 3,
    a: Uint16Array.of(0, 1, 0, 2),
    b: Uint16Array.of(1, 0, 2, 0),
    label: Uint16Array.of(1, 2, 0, 1),
    trueLabel: null,
    split: Uint8Array.of(0, 0, 0, 2),
  };
  assert.equal(symmetricFitCeiling(dataset), 1 - 1 / 3);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset } from '../task/dataset.ts';
import { fieldOf } from './field.ts';
import { fieldCodes } from './study.ts';

// Addition mod 3: pairs (0,0) and (0,1) trained clean, (0,2) and (1,0) trained noisy, (1,1) and (1,2)
// held out, the row a = 2 not in the data.
const dataset: Dataset = {
  modulus: 3,
  a: Uint16Array.of(0, 0, 0, 1, 1, 1),
  b: Uint16Array.of(0, 1, 2, 0, 1, 2),
  label: Uint16Array.of(0, 1, 0, 2, 2, 0),
  trueLabel: Uint16Array.of(0, 1, 2, 1, 2, 0),
  split: Uint8Array.of(0, 0, 0, 0, 1, 2),
};

test('an answer is told apart by what was trained on its pair', () => {
  const answers = [0, 2, 0, 1, 2, 1, 0, 0, 0];
  const { wrong, cleanRight, noisyMemorised, noisyRepaired, heldOutRight, unknown } = fieldCodes;
  assert.deepEqual(
    [...fieldOf(answers, dataset)],
    [
      cleanRight,
      wrong,
      noisyMemorised,
      noisyRepaired,
      heldOutRight,
      wrong,
      unknown,
      unknown,
      unknown,
    ],
  );
});

test('without true labels a trained answer only fits its label or not', () => {
  const field = fieldOf([0, 2, 0, 1, 2, 1, 0, 0, 0], { ...dataset, trueLabel: null });
  const { fitsLabel, wrong, heldOutRight } = fieldCodes;
  assert.deepEqual(
    [...field.subarray(0, 6)],
    [fitsLabel, wrong, fitsLabel, wrong, heldOutRight, wrong],
  );
});

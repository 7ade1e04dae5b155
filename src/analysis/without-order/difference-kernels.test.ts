import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../task/generator.ts';
import { plainCompute } from '../test-compute.ts';
import { differenceKernels } from './difference-kernels.ts';
import { labelTensor } from './token-tensor.ts';

const modulus = 13;

test('in the table of a group, kernels depend on the difference of two tokens alone', () => {
  const generator = createGenerator(3, 'names');
  const rename = () => generator.shuffle(Uint16Array.from({ length: modulus }, (_, x) => x));
  const [nameA, nameB, nameC] = [rename(), rename(), rename()];
  const label = new Uint16Array(modulus * modulus);
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      label[nameA[a] * modulus + nameB[b]] = nameC[(a + b) % modulus];
    }
  }
  const pair = Uint32Array.from(label.keys());
  const tensor = labelTensor({ pair, label }, modulus);
  const kernels = differenceKernels(tensor, 2, 2, generator, plainCompute);
  for (const { re, im } of kernels) {
    for (const values of [re, im]) {
      for (let difference = 1; difference < modulus; difference++) {
        const along = Array.from(nameB, (name, place) => {
          return values[name * modulus + nameB[(place + difference) % modulus]];
        });
        // Norm 1 over 13² entries: single entries are of the order of 0.1, products are in single precision.
        assert.ok(Math.max(...along) - Math.min(...along) < 1e-4);
      }
    }
  }
});

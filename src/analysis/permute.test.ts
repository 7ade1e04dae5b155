import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { permuteTokens, shuffleNeurons } from './permute.ts';
import { scan } from './scan.ts';
import { plainCompute } from './test-compute.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

const shuffled = (count: number, stream: string) =>
  createGenerator(3, stream).shuffle(Uint16Array.from({ length: count }, (_, i) => i));

test('a network with renamed tokens gives the renamed answers', () => {
  const network = untrainedNetwork(7, 9, 1);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => shuffled(7, name));
  const before = plainCompute.answers(network, 'relu');
  const after = plainCompute.answers(permuteTokens(network, a, b, c), 'relu');
  for (let first = 0; first < 7; first++) {
    for (let second = 0; second < 7; second++) {
      assert.equal(after[a[first] * 7 + b[second]], c[before[first * 7 + second]]);
    }
  }
});

test('permuting all tokens, or shuffling neurons, takes the rule out of a network', () => {
  const { network } = plantedNetwork(29, 56);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => shuffled(29, name));
  const found = (other: typeof network) => scan(other, null, null, plainCompute).result.significant;
  assert.equal(found(network), true);
  assert.equal(found(permuteTokens(network, a, b, c)), false);
  assert.equal(found(shuffleNeurons(network, shuffled(56, 'V'), shuffled(56, 'W'))), false);
});

test('shuffled neurons keep every row of V and column of W', () => {
  const network = untrainedNetwork(5, 3, 1);
  const { U, V, W, mu } = shuffleNeurons(network, [2, 0, 1], [1, 2, 0]);
  assert.deepEqual([U, mu], [network.U, network.mu]);
  assert.deepEqual(V.subarray(0, 5), network.V.subarray(10, 15));
  assert.equal(W[4 * 3 + 1], network.W[4 * 3 + 2]);
});

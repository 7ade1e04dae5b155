import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initializeNetwork } from '../model/index.ts';
import { createGenerator } from '../task/index.ts';
import { weightsDigest } from './weights-digest.ts';
import { weightsHash } from './weights-hash.ts';

test('a browser’s digest of weights is the hash of the command line', async () => {
  for (const hiddenBias of [false, true]) {
    const network = initializeNetwork(7, 5, createGenerator(3, 'weights'), {
      gamma: null,
      tied: false,
      hiddenBias,
    });
    assert.equal(await weightsDigest(network), weightsHash(network));
  }
});

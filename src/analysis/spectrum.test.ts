import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkSpectra } from './dft.ts';
import type { Rule } from './results.ts';
import {
  dominantFrequency,
  dominantFrequencyOf,
  joinedFrequencies,
  jointEnergies,
  spectrumSparsity,
} from './spectrum.ts';
import { addNetworks, plantedNetwork, untrainedNetwork } from './test-networks.ts';

const cases: [number, Rule][] = [
  [31, { k1: 1, k2: 1, shift: 0 }],
  [31, { k1: 1, k2: 30, shift: 0 }],
  [31, { k1: 2, k2: 3, shift: 5 }],
  [12, { k1: 1, k2: 5, shift: 0 }],
  [15, { k1: 2, k2: 7, shift: 1 }],
];
for (const [modulus, rule] of cases) {
  test(`finds the planted frequency of every neuron, ${rule.k1}a + ${rule.k2}b mod ${modulus}`, () => {
    const { network, frequency } = plantedNetwork(modulus, 40, rule);
    const noisy = addNetworks(network, untrainedNetwork(modulus, 40, 3), 0.5);
    assert.deepEqual(dominantFrequency(networkSpectra(noisy), rule), frequency);
  });
}

test('a frequency shared by three weak peaks beats a strong peak in one matrix', () => {
  const { network } = plantedNetwork(31, 1);
  const other = plantedNetwork(31, 2).network;
  // Neuron 1 of `other` has frequency 2: put 1.5 times its row into U alone.
  const U = network.U.map((value, x) => value + 1.5 * other.U[31 + x]);
  const spectra = networkSpectra({ ...network, U });
  assert.equal(dominantFrequency(spectra)[0], 1);
  assert.equal(dominantFrequencyOf(spectra.U)[0], 2);
});

test('joint energies of a pure neuron lie at its frequency, half of n·|x̂|² each', () => {
  const { network, frequency } = plantedNetwork(12, 5);
  const energies = jointEnergies(networkSpectra(network));
  for (let m = 0; m < 5; m++) {
    for (let omega = 1; omega <= 6; omega++) {
      // |x̂|² = (P/2)² for each of three unit cosines; weights are float32.
      const expected = omega === frequency[m] ? 3 * 36 : 0;
      assert.ok(Math.abs(energies[m * 6 + omega - 1] - expected) < 1e-4);
    }
  }
});

test('frequencies that a coefficient sends to 0 are left out', () => {
  assert.deepEqual(
    joinedFrequencies(12, { k1: 1, k2: 1 }).map(({ omega }) => omega),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(
    joinedFrequencies(12, { k1: 4, k2: 1 }).map(({ omega }) => omega),
    [1, 2, 4, 5],
  );
  assert.deepEqual(
    joinedFrequencies(15, { k1: 3, k2: 5 }).map(({ omega }) => omega),
    [1, 2, 4, 7],
  );
});

test('sparsity is 1 for pure neurons and about 0.05 for white noise at P = 113', () => {
  assert.ok(spectrumSparsity(plantedNetwork(31, 20).network).mean > 1 - 1e-6);
  // 2·113 neurons, so that U, V and W start at one scale.
  const { share, mean } = spectrumSparsity(untrainedNetwork(113, 226, 1));
  assert.equal(share.length, 226);
  // The expected largest of 56 sums of three exponentials, 8.35, over their total 168; the standard
  // error over 226 neurons is 0.0006.
  assert.ok(Math.abs(mean - 8.35 / 168) < 0.002, `${mean}`);
});

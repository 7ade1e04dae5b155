import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Network } from '../model/network.ts';
import { foldFrequency, networkSpectra, power } from './dft.ts';
import { type FiltrationOptions, filterFrequencies, mix } from './filtration.ts';
import type { Rule } from './results.ts';
import { addNetworks, plantedNetwork, untrainedNetwork } from './test-networks.ts';

const every: FiltrationOptions[] = [
  { select: 'energy' },
  { select: 'energy', frequency: 'per-matrix' },
  { select: 'energy', keepConstant: true },
  { select: 'triad' },
  { select: 'aligned' },
  { select: 'energy', rule: { k1: 2, k2: 3 } },
];

function largestDifference(x: Network, y: Network): number {
  let largest = 0;
  for (const name of ['U', 'V', 'W', 'mu'] as const) {
    x[name].forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - y[name][i]));
    });
  }
  return largest;
}

test('G + R is the full network to float rounding, however the frequency is chosen', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 16 }),
      fc.nat(1e6),
      fc.constantFrom(...every),
      (modulus, seed, options) => {
        const network = untrainedNetwork(modulus, 7, seed);
        const rule = options.rule ?? { k1: 1, k2: 1 };
        if (rule.k1 >= modulus || rule.k2 >= modulus) return;
        const { G, R } = filterFrequencies(network, options);
        // Weights are below 1: R and the sum are each rounded once, 2 · 2⁻²⁴ at most.
        assert.ok(largestDifference(mix(G, R, 1), network) <= 2 ** -23);
        assert.equal(largestDifference(mix(G, R, 0), G), 0);
      },
    ),
  );
});

const planted: [number, Rule][] = [
  [13, { k1: 1, k2: 1, shift: 0 }],
  [13, { k1: 1, k2: 12, shift: 3 }],
  [13, { k1: 2, k2: 3, shift: 5 }],
  [12, { k1: 1, k2: 5, shift: 0 }],
  [15, { k1: 2, k2: 3, shift: 1 }],
];
for (const [modulus, rule] of planted) {
  for (const select of ['energy', 'triad'] as const) {
    test(`keeps all of the analytic solution of ${rule.k1}a + ${rule.k2}b mod ${modulus} by ${select}`, () => {
      const { network, frequency } = plantedNetwork(modulus, 30, rule);
      const { G, R, frequencies } = filterFrequencies(network, { select, rule });
      // Unit cosines in float32.
      assert.ok(largestDifference(G, network) < 1e-6);
      assert.ok(R.W.every((weight) => Math.abs(weight) < 1e-6));
      assert.deepEqual(frequencies.W, frequency);
      assert.deepEqual(
        frequencies.U,
        frequency.map((omega) => foldFrequency(rule.k1 * omega, modulus)),
      );
    });
  }
}

test('every neuron of G has one frequency, and R has the rest', () => {
  for (const modulus of [11, 12]) {
    const network = untrainedNetwork(modulus, 9, 4);
    const { G, R, frequencies } = filterFrequencies(network, { select: 'energy' });
    const [full, kept, rest] = [network, G, R].map((part) => networkSpectra(part));
    for (const matrix of ['U', 'V', 'W'] as const) {
      for (let m = 0; m < 9; m++) {
        for (let omega = 0; omega <= modulus / 2; omega++) {
          const isKept = omega === frequencies[matrix][m];
          const whole = power(full[matrix], m, omega);
          assert.ok(Math.abs(power(kept[matrix], m, omega) - (isKept ? whole : 0)) < 1e-6);
          assert.ok(Math.abs(power(rest[matrix], m, omega) - (isKept ? 0 : whole)) < 1e-6);
        }
      }
    }
  }
});

test('the Nyquist frequency of even P can be kept, whole', () => {
  const network = untrainedNetwork(8, 3, 1);
  const alternating = network.U.map((_, i) => (i % 2 === 0 ? 1 : -1));
  const pure = { ...network, U: alternating, V: alternating };
  const { G, frequencies } = filterFrequencies(pure, { select: 'energy' });
  assert.deepEqual([...frequencies.U], [4, 4, 4]);
  assert.deepEqual(G.U, alternating);
});

test('μ and the hidden bias stay in G; R has neither', () => {
  const network = {
    ...untrainedNetwork(7, 5, 1),
    hiddenBias: Float32Array.of(1, 2, 3, 4, 5),
  };
  const { G, R } = filterFrequencies(network, { select: 'triad' });
  assert.deepEqual(G.mu, network.mu);
  assert.deepEqual(G.hiddenBias, network.hiddenBias);
  assert.deepEqual(R.mu, new Float32Array(7));
  assert.deepEqual(R.hiddenBias, new Float32Array(5));
  assert.deepEqual(mix(G, R, 0.5).hiddenBias, network.hiddenBias);
});

test('keepConstant keeps the mean of every row, which is dropped otherwise', () => {
  const { network } = plantedNetwork(13, 12);
  const lifted = { ...network, U: network.U.map((weight) => weight + 0.25) };
  const without = filterFrequencies(lifted, { select: 'energy' }).G;
  const kept = filterFrequencies(lifted, { select: 'energy', keepConstant: true }).G;
  assert.ok(largestDifference(without, network) < 1e-6);
  assert.ok(largestDifference(kept, lifted) < 1e-6);
});

test('per matrix, each keeps its own strongest frequency', () => {
  const { network } = plantedNetwork(13, 12);
  const { network: other } = plantedNetwork(13, 12, { k1: 2, k2: 2, shift: 0 });
  const mixed = { ...network, U: other.U };
  const { frequencies } = filterFrequencies(mixed, { select: 'energy', frequency: 'per-matrix' });
  assert.deepEqual(
    frequencies.U,
    frequencies.W.map((omega) => foldFrequency(2 * omega, 13)),
  );
  assert.deepEqual(frequencies.V, frequencies.W);
});

test('under a shared frequency, 2a + 3b is lost; under the frequencies of its rule, kept', () => {
  const rule = { k1: 2, k2: 3, shift: 0 };
  const { network } = plantedNetwork(13, 12, rule);
  const noisy = addNetworks(network, untrainedNetwork(13, 12, 9), 0.5);
  const own = filterFrequencies(noisy, { select: 'energy', rule }).G;
  const shared = filterFrequencies(noisy, { select: 'energy' }).G;
  assert.ok(largestDifference(own, network) < 0.3);
  assert.ok(largestDifference(shared, network) > 0.9);
});

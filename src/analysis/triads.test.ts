import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Network } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import { subnetwork } from './partition.ts';
import { permuteTokens } from './permute.ts';
import type { Rule } from './results.ts';
import { ruleAt, ruleIndex } from './rule-scores.ts';
import { plainCompute } from './test-compute.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';
import { triadScores, triadStatistic } from './triads.ts';

const { cos, sin, PI, sqrt } = Math;

/** Σ_x values[x] e^{−2πiωx/P}, straight from the definition. */
function coefficient(values: (x: number) => number, omega: number, modulus: number) {
  let re = 0;
  let im = 0;
  for (let x = 0; x < modulus; x++) {
    re += values(x) * cos((2 * PI * omega * x) / modulus);
    im -= values(x) * sin((2 * PI * omega * x) / modulus);
  }
  return { re, im };
}

/** T of one rule over all ω ≠ 0 and −ω alike, in double precision: what the folded sum must equal. */
function directT({ modulus, width, U, V, W }: Network, { k1, k2, shift }: Rule): number {
  let numerator = 0;
  let variance = 0;
  for (let omega = 1; omega < modulus; omega++) {
    if ((k1 * omega) % modulus === 0 || (k2 * omega) % modulus === 0) continue;
    for (let m = 0; m < width; m++) {
      const u = coefficient((x) => U[m * modulus + x], k1 * omega, modulus);
      const v = coefficient((x) => V[m * modulus + x], k2 * omega, modulus);
      const w = coefficient((c) => W[c * width + m], omega, modulus);
      const phase = (-2 * PI * omega * shift) / modulus;
      const re = u.re * v.re - u.im * v.im;
      const im = u.re * v.im + u.im * v.re;
      const tripleRe = re * w.re + im * w.im;
      const tripleIm = im * w.re - re * w.im;
      numerator += (tripleRe * cos(phase) - tripleIm * sin(phase)) / 2;
      // Var of Re t + Re t(−ω) over 2 is |t|²/2 for a pair; the Nyquist triad is real, over 2: |t|²/4.
      variance += (tripleRe ** 2 + tripleIm ** 2) / 4;
    }
  }
  return variance === 0 ? 0 : numerator / sqrt(variance);
}

for (const modulus of [3, 5, 7, 4, 6, 9, 12]) {
  test(`T is the direct sum for every rule, P = ${modulus}`, () => {
    const network = untrainedNetwork(modulus, 4, modulus);
    const { values } = triadScores(network, plainCompute);
    assert.equal(values.length, (modulus - 1) ** 2 * modulus);
    values.forEach((T, index) => {
      const expected = directT(network, ruleAt(index, modulus));
      // Float32 products of T up to sqrt(2·4·6) = 7.
      assert.ok(Math.abs(T - expected) < 1e-5, `${index}: ${T} instead of ${expected}`);
    });
  });
}

test('T of one rule alone is the direct sum too', () => {
  for (const modulus of [5, 6, 9]) {
    const network = untrainedNetwork(modulus, 4, modulus);
    for (let index = 0; index < (modulus - 1) ** 2 * modulus; index++) {
      const rule = ruleAt(index, modulus);
      // Double precision on both sides, but sines and cosines on one and phases on the other.
      const difference = Math.abs(triadStatistic(network, rule) - directT(network, rule));
      assert.ok(difference < 1e-9, `P = ${modulus}, ${index}: ${difference}`);
    }
  }
  const silent = { ...untrainedNetwork(7, 4, 1), W: new Float32Array(28) };
  assert.equal(triadStatistic(silent, { k1: 1, k2: 1, shift: 0 }), 0);
});

test('T of untrained networks has mean 0 and variance 1', () => {
  for (const modulus of [31, 24]) {
    const { values } = triadScores(untrainedNetwork(modulus, 65, 1), plainCompute);
    const mean = values.reduce((sum, T) => sum + T, 0) / values.length;
    const variance = values.reduce((sum, T) => sum + T * T, 0) / values.length - mean ** 2;
    // (P−1)²·(P−1) independent directions: standard errors 0.009 and 0.013 at the smaller P; 4 of them.
    assert.ok(Math.abs(mean) < 0.036, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.052, `variance ${variance}`);
  }
});

test('T does not depend on the order of the neurons', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const network = untrainedNetwork(7, 6, seed);
      const order = createGenerator(seed, 'order').shuffle(Uint32Array.of(0, 1, 2, 3, 4, 5));
      const before = triadScores(network, plainCompute).values;
      const after = triadScores(subnetwork(network, order), plainCompute).values;
      before.forEach((T, i) => {
        assert.ok(Math.abs(T - after[i]) < 1e-5);
      });
    }),
    { numRuns: 20 },
  );
});

test('T does not depend on the scale of a matrix, tiny or huge', () => {
  const network = untrainedNetwork(7, 6, 2);
  const scaled = {
    ...network,
    U: network.U.map((x) => x * 1e-25),
    W: network.W.map((x) => x * 1e20),
  };
  const before = triadScores(network, plainCompute).values;
  triadScores(scaled, plainCompute).values.forEach((T, i) => {
    assert.ok(Math.abs(T - before[i]) < 1e-4);
  });
});

test('a cyclic shift of the tokens moves the shift of every rule', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(5, 6, 7),
      fc.nat(4),
      fc.nat(4),
      fc.nat(4),
      (modulus, shiftA, shiftB, shiftC) => {
        const turn = (by: number) =>
          Uint16Array.from({ length: modulus }, (_, x) => (x + by) % modulus);
        const network = untrainedNetwork(modulus, 5, modulus);
        const moved = permuteTokens(network, turn(shiftA), turn(shiftB), turn(shiftC));
        const before = triadScores(network, plainCompute).values;
        const after = triadScores(moved, plainCompute).values;
        before.forEach((T, index) => {
          const { k1, k2, shift } = ruleAt(index, modulus);
          // c + shiftC = k1·(a + shiftA) + k2·(b + shiftB) + (shift + shiftC − k1·shiftA − k2·shiftB)
          const there = shift + shiftC + (modulus - k1) * shiftA + (modulus - k2) * shiftB;
          const at = ruleIndex({ k1, k2, shift: there % modulus }, modulus);
          assert.ok(Math.abs(T - after[at]) < 1e-5);
        });
      },
    ),
    { numRuns: 20 },
  );
});

test('the analytic solution reaches the bound sqrt(2·M) at one frequency a neuron', () => {
  const rule = { k1: 2, k2: 3, shift: 5 };
  const { network } = plantedNetwork(13, 36, rule);
  const { values } = triadScores(network, plainCompute);
  const T = values[ruleIndex(rule, 13)];
  // All triads aligned and equal: N/sqrt(N/2) with N = 36 triads; float32 weights.
  assert.ok(Math.abs(T - sqrt(72)) < 1e-4, `${T}`);
});

test('a network of zeros has T = 0 for every rule', () => {
  const network = untrainedNetwork(7, 4, 1);
  const silent = { ...network, W: new Float32Array(28) };
  assert.ok(triadScores(silent, plainCompute).values.every((T) => T === 0));
});

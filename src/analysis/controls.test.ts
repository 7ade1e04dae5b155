/** What no filter may do: make a rule where there is none. `negative-controls.test.ts` has all methods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activation } from '../model/network.ts';
import { type FiltrationOptions, filterFrequencies } from './filtration.ts';
import type { Rule } from './results.ts';
import { ruleAgreement } from './rule.ts';
import { plainCompute } from './test-compute.ts';
import { addNetworks, plantedNetwork, untrainedNetwork } from './test-networks.ts';

const modulus = 29;
const networks = 12;
const seeds = Array.from({ length: networks }, (_, seed) => seed);
const rules: Rule[] = [
  { k1: 1, k2: 1, shift: 0 },
  { k1: 2, k2: 3, shift: 5 },
];

/** Agreement of G with a rule in an untrained network whose μ doesn't decide for all pairs alike. */
function agreement(options: FiltrationOptions, rule: Rule, phi: Activation, seed: number): number {
  const network = { ...untrainedNetwork(modulus, 257, seed), mu: new Float32Array(modulus) };
  const { G } = filterFrequencies(network, { ...options, rule });
  return ruleAgreement(plainCompute.answers(G, phi), rule, modulus);
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const honest: [string, FiltrationOptions][] = [
  ['frequency filtration', { select: 'energy' }],
  ['frequency filtration per matrix', { select: 'energy', frequency: 'per-matrix' }],
  ['frequency filtration with the constant term', { select: 'energy', keepConstant: true }],
  ['triad filtration', { select: 'triad' }],
];
for (const [name, options] of honest) {
  test(`${name} leaves untrained networks at chance, whatever rule it looks for`, () => {
    for (const rule of rules) {
      for (const phi of ['relu', 'quadratic'] as const) {
        const found = seeds.map((seed) => agreement(options, rule, phi, seed));
        // Answers of one network depend on each other, so its agreement spreads wider than binomial:
        // 4 standard errors by the spread that the networks show. Chance is 1/29 = 0.034.
        const variance =
          mean(found.map((x) => (x - mean(found)) ** 2)) * (networks / (networks - 1));
        const error = Math.abs(mean(found) - 1 / modulus);
        assert.ok(error <= 4 * Math.sqrt(variance / networks), `${phi}: ${found}`);
        assert.ok(mean(found) < 0.06 && Math.max(...found) < 0.13, `${phi}: ${found}`);
      }
    }
  });
}

test('choosing by alignment "finds" any rule in untrained networks: why it is no method', () => {
  for (const rule of rules) {
    const found = seeds.map((seed) => agreement({ select: 'aligned' }, rule, 'relu', seed));
    assert.ok(mean(found) > 0.6, `${found}`);
  }
});

test('a wrong rule through the filter of a network that holds another stays at chance', () => {
  const network = addNetworks(
    plantedNetwork(modulus, 257).network,
    untrainedNetwork(modulus, 257, 1),
    10,
  );
  const wrong = { k1: 2, k2: 3, shift: 0 };
  for (const select of ['energy', 'triad'] as const) {
    const right = filterFrequencies(network, { select }).G;
    assert.ok(ruleAgreement(plainCompute.answers(right, 'relu'), rules[0], modulus) > 0.9);
    const { G } = filterFrequencies(network, { select, rule: wrong });
    assert.ok(ruleAgreement(plainCompute.answers(G, 'relu'), wrong, modulus) < 0.07);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyNetwork } from '../model/network.ts';
import { productGroup } from '../task/abelian-group.ts';
import { type Basis, cyclicBasis, fittingBases, parseBasis } from '../task/basis.ts';
import { createGenerator } from '../task/generator.ts';
import { directCounts, directSums } from './direct-sums.ts';
import { logitScores } from './evidence.ts';
import { filterFrequencies } from './filtration.ts';
import { frameNetwork, noAnswer } from './frame.ts';
import { inverseParticipationRatio } from './neuron-scores.ts';
import {
  permutedAnswers,
  permutedLogits,
  permutedTriads,
  renamingsOf,
} from './permutation-null.ts';
import { permuteTokens } from './permute.ts';
import { phases } from './phases.ts';
import { ruleTable, ruleText } from './rule.ts';
import { ruleAt } from './rule-scores.ts';
import { scan } from './scan.ts';
import { plainCompute } from './test-compute.ts';
import { addNetworks, plantedInBasis, untrainedNetwork } from './test-networks.ts';
import { triadScores, triadStatistic } from './triads.ts';

/** Rules of every kind of basis, with what the scan should call them. */
const planted: [string, number, { k1: number; k2: number; shift: number }, string][] = [
  ['xor', 32, { k1: 1, k2: 1, shift: 0 }, 'c = a ⊕ b'],
  ['xor', 32, { k1: 1, k2: 1, shift: 5 }, 'c = a ⊕ b ⊕ 5'],
  ['4x7', 28, { k1: 1, k2: 27, shift: 9 }, 'c = a − b + (1, 2) in Z_4×Z_7'],
  ['3x3x3', 27, { k1: 2, k2: 1, shift: 0 }, 'c = −a + b in Z_3^3'],
  ['multiplicative', 29, { k1: 1, k2: 1, shift: 0 }, 'c = a · b (mod 29)'],
  ['multiplicative', 29, { k1: 1, k2: 27, shift: 1 }, 'c = 2 · a / b (mod 29)'],
  ['multiplicative', 23, { k1: 19, k2: 3, shift: 0 }, 'c = b³ / a³ (mod 23)'],
];

for (const [name, modulus, rule, text] of planted) {
  test(`names ${text} in the analytic solution, beside the cyclic basis`, () => {
    const basis = parseBasis(name, modulus);
    assert.equal(ruleText(rule, basis), text);
    const clean = plantedInBasis(modulus, 200, basis, rule);
    // Noise in the weights, without which other groups' rules have spread 0.
    const network = addNetworks(clean, untrainedNetwork(modulus, 200, 3), 2);
    const bases = [cyclicBasis(modulus), basis];
    const { result } = scan(network, 'quadratic', null, plainCompute, { bases });
    assert.equal(result.basis, name);
    assert.equal(result.rule?.text, text);
    assert.equal(result.partial, false);
    assert.notEqual(result.bases[1].verdict, 'named');
  });

  test(`filtration, phases and T of ${text} are those of the analytic solution`, () => {
    const basis = parseBasis(name, modulus);
    const network = plantedInBasis(modulus, 60, basis, rule);
    const { G, R } = filterFrequencies(network, { select: 'energy', rule, basis });
    // One frequency a neuron: all of it is kept, to the rounding of single precision.
    for (const part of [R.U, R.V, R.W]) assert.ok(part.every((x) => Math.abs(x) < 1e-5));
    assert.ok(G.U.every((x, i) => Math.abs(x - network.U[i]) < 1e-5));
    assert.ok(phases(network, rule, basis).meanSquaredError < 1e-8);
    assert.ok(Math.abs(triadStatistic(network, rule, basis) - bound(60, basis)) < 0.5 * 60 ** 0.5);
  });
}

/** T of triads that all have phase 0: sqrt(2·M), and sqrt(M) where all characters are real. */
function bound(width: number, { group }: Basis): number {
  return Math.sqrt(group.exponent === 2 ? width : 2 * width);
}

test('without labels, a table that agrees with the named rule far beyond chance is its leakage', () => {
  const bases = ['cyclic', 'xor', '4x8'].map((name) => parseBasis(name, 32));
  const clean = plantedInBasis(32, 200, bases[1], { k1: 1, k2: 1, shift: 0 });
  const network = addNetworks(clean, untrainedNetwork(32, 200, 3), 2);
  const { result } = scan(network, 'quadratic', null, plainCompute, { bases });
  assert.equal(result.rule?.text, 'c = a ⊕ b');
  const found = Object.fromEntries(result.bases.map((one) => [one.basis, one]));
  const { verdict, agreement } = found['4x8'];
  assert.equal(verdict, 'leakage');
  assert.equal(agreement?.offRule, null);
  assert.ok((agreement?.z ?? 0) > 5, JSON.stringify(agreement));
  // Significant, but no more alike than two tables by chance: what it is, only labels could tell.
  assert.equal(found.cyclic.verdict, 'also');
  assert.ok(Math.abs(found.cyclic.agreement?.z ?? 9) < 5);
  assert.equal(result.partial, false);
});

test('T of one rule alone is that of the scan, on a product and on multiplication', () => {
  for (const basis of [parseBasis('4x3', 12), parseBasis('multiplicative', 13)]) {
    const network = untrainedNetwork(basis.name === '4x3' ? 12 : 13, 20, 4);
    const { values, group } = triadScores(network, plainCompute, basis);
    for (let index = 0; index < values.length; index += 11) {
      const T = triadStatistic(network, ruleAt(index, group), basis);
      // Single precision sums of 100 terms of size 1.
      assert.ok(Math.abs(values[index] - T) < 1e-4, `${values[index]} is not ${T}`);
    }
  }
});

test('a token set apart stays in G as it is, and counts in no spectrum', () => {
  const basis = parseBasis('multiplicative', 13);
  const network = untrainedNetwork(13, 8, 1);
  const { G, R } = filterFrequencies(network, { select: 'triad', basis });
  for (let m = 0; m < 8; m++) {
    assert.equal(G.U[m * 13], network.U[m * 13]);
    assert.equal(R.V[m * 13], 0);
    assert.equal(G.W[m], network.W[m]);
  }
  const changed = { ...network, W: network.W.map((x, i) => (i < 8 ? x + 9 : x)) };
  assert.deepEqual(
    inverseParticipationRatio(changed, basis),
    inverseParticipationRatio(network, basis),
  );
});

test('the rule table of multiplication is multiplication, and says nothing of 0', () => {
  const table = ruleTable({ k1: 1, k2: 1, shift: 0 }, 13, parseBasis('multiplicative', 13));
  for (let pair = 0; pair < 169; pair++) {
    const [a, b] = [Math.floor(pair / 13), pair % 13];
    assert.equal(table[pair], a * b === 0 ? noAnswer : (a * b) % 13);
  }
});

test('sums and counts over the rules of a product are what their tables say', () => {
  const group = productGroup([3, 4]);
  const basis = parseBasis('3x4', 12);
  const generator = createGenerator(1, 'test');
  const z = Float32Array.from({ length: 12 ** 3 }, () => generator.uniform());
  const answers = Uint16Array.from({ length: 144 }, () => generator.below(12));
  const mask = Uint8Array.from({ length: 144 }, () => generator.below(2));
  const sums = directSums(z, group);
  const counts = directCounts(answers, group, mask);
  sums.forEach((sum, index) => {
    const table = ruleTable(ruleAt(index, group), 12, basis);
    let expected = 0;
    let count = 0;
    table.forEach((c, pair) => {
      expected += z[pair * 12 + c];
      if (mask[pair] === 1 && answers[pair] === c) count++;
    });
    assert.ok(Math.abs(sum - expected) < 1e-4);
    assert.equal(counts[index], count);
  });
});

test('scores under renamed tokens are the scores of the renamed network', () => {
  const basis = parseBasis('2x3x2', 12);
  const { group } = basis;
  const network = untrainedNetwork(12, 16, 2);
  const logits = plainCompute.logits(network, 'relu', 0, 12);
  const answers = plainCompute.answers(network, 'relu');
  const triads = permutedTriads(network, group, plainCompute);
  const inLogits = permutedLogits(logits, group, null);
  const inAnswers = permutedAnswers(answers, group, null);
  renamingsOf(group)
    .slice(0, 5)
    .forEach(({ ab, c }, row) => {
      const renamed = permuteTokens(network, ab, ab, c);
      const direct = triadScores(renamed, plainCompute, basis).values;
      const renamedAnswers = plainCompute.answers(renamed, 'relu');
      const counts = directCounts(renamedAnswers, group, null);
      const sums = directSums(plainCompute.logits(renamed, 'relu', 0, 12), group);
      for (let shift = 0; shift < 12; shift++) {
        const at = row * 12 + shift;
        assert.ok(Math.abs(triads[at] - direct[shift]) < 1e-4);
        assert.equal(inAnswers[at], counts[shift]);
        assert.ok(Math.abs(inLogits[at] - sums[shift] / 144) < 1e-6);
      }
    });
});

test('class means are taken away before the rules of a product are compared', () => {
  const { group } = parseBasis('xor', 8);
  const favoured = Float32Array.from({ length: 512 }, (_, at) => (at % 8 === 3 ? 5 : 0));
  const { values } = logitScores(favoured, group, null, plainCompute);
  assert.ok(values.every((value) => Math.abs(value) < 1e-6));
});

test('untrained networks hold no rule of any of eight groups, more often than the level says', () => {
  const bases = fittingBases(16);
  const significant = Array.from({ length: 40 }, (_, seed) =>
    scan(untrainedNetwork(16, 33, seed), 'relu', null, plainCompute, { bases, level: 0.05 }),
  ).filter(({ result }) => result.significant).length;
  // Binomial(40, 0.05): more than 6 has probability 0.003.
  assert.ok(significant <= 6, `${significant} of 40`);
});

test('a network over other tokens is one over elements, in their order', () => {
  const basis = parseBasis('multiplicative', 7);
  const network = emptyNetwork(7, 1);
  network.U.set([9, 1, 2, 3, 4, 5, 6]);
  const framed = frameNetwork(network, basis);
  assert.equal(framed.modulus, 6);
  // 3 is the least primitive root of 7: its powers are 1, 3, 2, 6, 4, 5.
  assert.deepEqual([...framed.U], [1, 3, 2, 6, 4, 5]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPrime } from '../task/abelian-group.ts';
import { createGenerator } from '../task/generator.ts';
import {
  answerScores,
  countMatches,
  countPairs,
  logitScores,
  maskOf,
  standardisedLogits,
} from './evidence.ts';
import type { Rule } from './results.ts';
import { ruleTable } from './rule.ts';
import { ruleAt, ruleIndex } from './rule-scores.ts';
import { plainCompute } from './test-compute.ts';
import { untrainedNetwork } from './test-networks.ts';

const randomMask = (modulus: number, seed: number) => {
  const generator = createGenerator(seed, 'mask');
  const mask = Uint8Array.from({ length: modulus ** 2 }, () => generator.below(2));
  mask[0] = 1;
  return mask;
};

/** The mean over masked pairs of `table` [P², P] on the rule's answers, class means removed. */
function directMean(table: Float32Array, rule: Rule, modulus: number, mask: Uint8Array): number {
  const answers = ruleTable(rule, modulus);
  const pairs = countPairs(mask, modulus);
  let sum = 0;
  for (let pair = 0; pair < modulus ** 2; pair++) {
    if (mask[pair] === 0) continue;
    let classMean = 0;
    for (let other = 0; other < modulus ** 2; other++) {
      if (mask[other] === 1) classMean += table[other * modulus + answers[pair]] / pairs;
    }
    sum += table[pair * modulus + answers[pair]] - classMean;
  }
  return sum / pairs;
}

for (const modulus of [3, 5, 7, 4, 6, 9]) {
  test(`logit evidence is the direct mean for every rule and mask, P = ${modulus}`, () => {
    const network = untrainedNetwork(modulus, 6, modulus);
    const logits = standardisedLogits(network, 'relu', plainCompute);
    for (const mask of [randomMask(modulus, 1), new Uint8Array(modulus ** 2).fill(1)]) {
      const { statistic } = logitScores(logits, modulus, mask, plainCompute);
      statistic.forEach((mean, index) => {
        const expected = directMean(logits, ruleAt(index, modulus), modulus, mask);
        // Float32 sums of 81 rows of size 1.
        assert.ok(Math.abs(mean - expected) < 1e-5, `${index}: ${mean} instead of ${expected}`);
      });
    }
  });
}

test('no mask stands for all pairs', () => {
  const logits = standardisedLogits(untrainedNetwork(5, 6, 1), 'relu', plainCompute);
  const all = maskOf(
    Uint32Array.from({ length: 25 }, (_, pair) => pair),
    5,
  );
  assert.deepEqual(
    logitScores(logits, 5, null, plainCompute),
    logitScores(logits, 5, all, plainCompute),
  );
});

test('standardised rows have mean 0 and variance 1; a row without spread becomes 0', () => {
  const network = untrainedNetwork(7, 6, 2);
  const logits = standardisedLogits(network, 'gelu', plainCompute);
  for (let row = 0; row < 49; row++) {
    const values = logits.subarray(row * 7, row * 7 + 7);
    assert.ok(Math.abs(values.reduce((sum, z) => sum + z, 0)) < 1e-5);
    assert.ok(Math.abs(values.reduce((sum, z) => sum + z * z, 0) / 7 - 1) < 1e-5);
  }
  const flat = { ...network, W: new Float32Array(42), mu: new Float32Array(7) };
  assert.ok(standardisedLogits(flat, 'relu', plainCompute).every((z) => z === 0));
});

test('answers are counted exactly, under every rule and mask', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 9 }), fc.nat(1e6), (modulus, seed) => {
      const generator = createGenerator(seed, 'answers');
      const answers = Uint16Array.from({ length: modulus ** 2 }, () => generator.below(modulus));
      const mask = randomMask(modulus, seed);
      const { statistic } = answerScores(answers, modulus, mask, plainCompute);
      statistic.forEach((count, index) => {
        const table = ruleTable(ruleAt(index, modulus), modulus);
        const expected = table.filter((c, pair) => mask[pair] === 1 && c === answers[pair]).length;
        assert.equal(count, expected);
      });
    }),
    { numRuns: 30 },
  );
});

test('counts of one (k1, k2) over all shifts add up to the number of pairs', () => {
  const answers = ruleTable({ k1: 3, k2: 4, shift: 2 }, 11);
  const counts = countMatches(answers, 11, null);
  for (let row = 0; row < 100; row++) {
    const sum = counts.subarray(row * 11, row * 11 + 11).reduce((total, n) => total + n, 0);
    assert.equal(sum, 121);
  }
  assert.equal(counts[ruleIndex({ k1: 3, k2: 4, shift: 2 }, 11)], 121);
});

test('for composite P, answers to one token alone are no evidence for any rule of two', () => {
  const modulus = 12;
  assert.equal(isPrime(modulus), false);
  const ofFirst = Uint16Array.from({ length: 144 }, (_, pair) => (5 * Math.floor(pair / 12)) % 12);
  const { values, statistic } = answerScores(ofFirst, modulus, null, plainCompute);
  assert.ok(values.every((value) => Math.abs(value) < 1e-5));
  // 5a + 6b agrees with it wherever b is even.
  assert.equal(statistic[ruleIndex({ k1: 5, k2: 6, shift: 0 }, modulus)], 72);
});

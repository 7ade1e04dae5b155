import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import { isUnit } from '../task/abelian-group.ts';
import { generateDataset, parseOperation, rolesOf } from '../task/index.ts';
import { calibrate } from './calibration.ts';
import { answerScores, logitScores, maskOf, standardisedLogits } from './evidence.ts';
import { chanceCounts, roundingOf } from './null-shapes.ts';
import type { Rule } from './results.ts';
import { drawRuleSample, type RuleSample } from './rule-sample.ts';
import { type RuleScores, ruleIndex } from './rule-scores.ts';
import { triadSampler } from './sampled-triads.ts';
import { sampledMatches, sampledRowSums, sampledSums } from './sheared-sums.ts';
import { plainCompute } from './test-compute.ts';
import { additionRule, addNetworks, plantedNetwork, untrainedNetwork } from './test-networks.ts';
import { evidenceTracker } from './track-evidence.ts';
import { triadScores, triadStatistic } from './triads.ts';

const heldOutOf = (modulus: number) => {
  const { heldOut } = rolesOf(
    generateDataset(parseOperation('add', modulus), {
      trainFraction: 0.8,
      validationFraction: 0.1,
      noiseRatio: 0.5,
      noiseKind: 'uniform',
      seed: 1,
    }),
  );
  if (heldOut === null) throw new Error('expected held-out pairs');
  return heldOut;
};

/** A little of a rule in a lot of noise. */
const mixture = (modulus: number, rule: Rule, strength: number) =>
  addNetworks(
    untrainedNetwork(modulus, 40, 3),
    plantedNetwork(modulus, 40, rule).network,
    strength,
  );

/** The scores that all rules have, at the rules of a sample. */
function ofSample(values: Float32Array, { modulus, groups }: RuleSample): number[] {
  const rows = groups.flatMap(({ k1, k2: all }) => all.map((k2) => ({ k1, k2 })));
  return rows.flatMap((row) =>
    Array.from({ length: modulus }, (_, shift) => values[ruleIndex({ ...row, shift }, modulus)]),
  );
}

function assertNear(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i] - value) <= tolerance, `${i}: ${actual[i]} instead of ${value}`);
  });
}

const rules: [number, Rule][] = [
  [7, additionRule],
  [23, { k1: 3, k2: 22, shift: 5 }],
  [12, { k1: 5, k2: 7, shift: 1 }],
  [9, { k1: 1, k2: 8, shift: 0 }],
];
for (const [modulus, rule] of rules) {
  test(`the rules of a sample score as they do among all rules, P = ${modulus}`, () => {
    const network = mixture(modulus, rule, 0.05);
    const sample = drawRuleSample(rule, modulus, 2);
    assert.ok(sample.rows > 0);
    const at = ruleIndex(rule, modulus);
    const { T } = triadSampler(sample, plainCompute)(network);
    const full = triadScores(network, plainCompute).statistic;
    // Single-precision spectra and products of sums over 40 neurons and up to 11 frequencies, T of size 1.
    assertNear(T.others, ofSample(full, sample), 1e-4);
    assertNear([T.own], [full[at]], 1e-4);
    assertNear([T.own], [triadStatistic(network, rule)], 1e-4);

    const rows = standardisedLogits(network, 'relu', plainCompute);
    const byClass = Float32Array.from(rows, (_, i) => {
      const b = i % modulus;
      const c = Math.floor(i / modulus) % modulus;
      return rows[(Math.floor(i / modulus ** 2) * modulus + b) * modulus + c];
    });
    const logits = sampledSums(byClass, sample);
    const means = (values: ArrayLike<number>, n: number) => Array.from(values, (sum) => sum / n);
    const fullLogits = logitScores(rows, modulus, null, plainCompute).statistic;
    // Class means, which the full scores leave out, move all rules of units alike: not at all, rows having mean 0.
    assertNear(means(logits.others, modulus ** 2), ofSample(fullLogits, sample), 1e-5);
    assertNear(means([logits.own], modulus ** 2), [fullLogits[at]], 1e-5);

    const answers = plainCompute.answers(network, 'relu');
    const { pair } = heldOutOf(modulus);
    const mask = maskOf(pair, modulus);
    const counts = answerScores(answers, modulus, mask, plainCompute).statistic;
    const matches = sampledMatches(answers, pair, sample);
    assertNear(matches.others, ofSample(counts, sample), 0);
    assert.equal(matches.own, counts[at]);
    // The same table by rows and by classes, over all pairs.
    const all = Uint32Array.from({ length: modulus ** 2 }, (_, index) => index);
    const byRows = sampledRowSums(rows, all, sample);
    assertNear(byRows.others, [...logits.others], 1e-9);
    assert.ok(Math.abs(byRows.own - logits.own) < 1e-9);
  });
}

test('a sample holds units other than the rule, for composite P none that agree with it modulo 3', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { groups, rows } = drawRuleSample(additionRule, 24, seed);
    const pairs = groups.flatMap(({ k1, k2: all }) => all.map((k2) => ({ k1, k2 })));
    assert.equal(pairs.length, rows);
    for (const { k1, k2 } of pairs) {
      assert.ok(isUnit(k1, 24) && isUnit(k2, 24));
      assert.ok(k1 !== 1 || k2 !== 1);
      assert.ok((k1 - 1) % 3 !== 0 || (k2 - 1) % 3 !== 0);
      assert.ok((k1 - 1) % 4 !== 0 || (k2 - 1) % 4 !== 0);
    }
  }
  assert.equal(drawRuleSample(additionRule, 113, 0).rows, 32);
  assert.deepEqual(drawRuleSample(additionRule, 113, 4), drawRuleSample(additionRule, 113, 4));
  assert.notDeepEqual(drawRuleSample(additionRule, 113, 4), drawRuleSample(additionRule, 113, 5));
});

test('every z agrees with the calibration over all rules within the error of its sample', () => {
  const modulus = 23;
  const rule = additionRule;
  const network = mixture(modulus, rule, 0.05);
  const heldOut = heldOutOf(modulus);
  const rows = standardisedLogits(network, 'relu', plainCompute);
  const answers = plainCompute.answers(network, 'relu');
  const mask = maskOf(heldOut.pair, modulus);
  const z = (scores: RuleScores, least: Parameters<typeof calibrate>[2]) =>
    calibrate(scores, 1, least, true, { symmetricApart: false }).evidence(rule).z;
  const logits = (part: Uint8Array | null) => {
    const scores = logitScores(rows, modulus, part, plainCompute);
    return z(scores, roundingOf(scores));
  };
  const counts = (part: Uint8Array | null, pairs: number) =>
    z(answerScores(answers, modulus, part, plainCompute), chanceCounts(pairs, modulus));
  const full = {
    weights: z(triadScores(network, plainCompute), { spread: 1, skewness: 0 }),
    logits: logits(null),
    answers: counts(null, modulus ** 2),
    heldOutLogits: logits(mask),
    heldOutAnswers: counts(mask, heldOut.pair.length),
  };
  assert.ok(full.weights > 3 && full.logits > 3);
  const samples: RuleEvidence[] = [];
  for (let seed = 0; seed < 40; seed++) {
    const options = { rule, modulus, activation: 'relu', heldOut, seed, compute: plainCompute };
    samples.push(evidenceTracker({ ...options, activation: 'relu' })(network).evidence);
  }
  // 32 rows of 22 free shifts: a spread good to 1/√(2·704) = 2.7 % where rows are alike; the mean over shifts is exact.
  const error = 0.027;
  for (const [kind, expected] of Object.entries(full) as [keyof typeof full, number][]) {
    const ratios = samples.map((evidence) => (evidence[kind] ?? Number.NaN) / expected - 1);
    const squares = ratios.reduce((sum, ratio) => sum + ratio * ratio, 0) / ratios.length;
    // Rows that differ in spread add to it: in networks with more of a rule than this one beyond the bound.
    assert.ok(Math.sqrt(squares) < 2 * error, `${kind}: ${Math.sqrt(squares)}`);
  }
});

test('a network whose products fill several blocks has the triads of all of them', () => {
  const sample = drawRuleSample(additionRule, 7, 0);
  // Two of the three frequencies fill the first block.
  const network = untrainedNetwork(7, 2 ** 18, 1);
  const { T } = triadSampler(sample, plainCompute)(network);
  const expected = ofSample(triadScores(network, plainCompute).statistic, sample);
  // Sums of 3·2¹⁸ terms of size 1 in single precision, divided by their root.
  assertNear(T.others, expected, 1e-2);
});

test('triads do not depend on the scale of the weights', () => {
  const triads = triadSampler(drawRuleSample(additionRule, 13, 0), plainCompute);
  const network = untrainedNetwork(13, 36, 1);
  const scaled = (by: number) => ({
    ...network,
    U: network.U.map((weight) => by * weight),
    W: network.W.map((weight) => by * weight),
  });
  const expected = [...triads(network).T.others];
  for (const by of [1e-12, 1e8]) assertNear(triads(scaled(by)).T.others, expected, 1e-4);
});

test('the triad energy is 1 for the analytic solution, −1 for its opposite, about 0 without a rule', () => {
  for (const [modulus, rule] of [
    [13, { k1: 2, k2: 5, shift: 4 }],
    [10, additionRule],
  ] as const) {
    const sample = drawRuleSample(rule, modulus, 0);
    const triads = triadSampler(sample, plainCompute);
    const { network } = plantedNetwork(modulus, 36, rule);
    // Spectra in single precision.
    assert.ok(triads(network).triadEnergy > 1 - 1e-5);
    const opposed = { ...network, W: network.W.map((weight) => -weight) };
    assert.ok(triads(opposed).triadEnergy < -1 + 1e-5);
    const scaled = { ...network, U: network.U.map((weight) => 1e-12 * weight) };
    assert.ok(Math.abs(triads(scaled).triadEnergy - 1) < 1e-5);
    assert.ok(Math.abs(triads(scaled).T.own / triads(network).T.own - 1) < 1e-5);
  }
  const sample = drawRuleSample(additionRule, 31, 0);
  const { T, triadEnergy } = triadSampler(sample, plainCompute)(untrainedNetwork(31, 200, 1));
  // 3000 triads, a spread of √(½⟨|t|²⟩/3000) / ⟨|t|⟩; for gaussian û, v̂ and ŵ that is √(½/3000) / (√π/2)³ = 0.0185.
  assert.ok(Math.abs(triadEnergy) < 4 * 0.0185, `${triadEnergy}`);
  assert.ok(Math.abs(T.own / triadEnergy / (1 / 0.0185) - 1) < 0.1);
});

test('answers are the backend’s; without held-out pairs their evidence is null', () => {
  const network = untrainedNetwork(11, 30, 5);
  const measure = evidenceTracker({
    ...{ rule: additionRule, modulus: 11, heldOut: null, seed: 0 },
    activation: 'gelu',
    compute: plainCompute,
  });
  const { answers, evidence } = measure(network);
  assert.deepEqual(answers, plainCompute.answers(network, 'gelu'));
  assert.equal(evidence.heldOutLogits, null);
  assert.equal(evidence.heldOutAnswers, null);
  assert.ok(Math.abs(evidence.logits ?? Number.NaN) < 5);
  // The same buffers serve again.
  assert.deepEqual(measure(network).evidence, evidence);
});

test('weights that are not numbers have no evidence', () => {
  const network = untrainedNetwork(7, 5, 5);
  network.W[3] = Number.NaN;
  const options = { rule: additionRule, modulus: 7, heldOut: heldOutOf(7), seed: 0 };
  const measure = evidenceTracker({ ...options, activation: 'relu', compute: plainCompute });
  const { T, triadEnergy, weights } = measure(network).evidence;
  assert.deepEqual([T, triadEnergy, weights], [null, null, null]);
});

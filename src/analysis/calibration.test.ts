import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cyclicGroup } from '../task/abelian-group.ts';
import { createGenerator } from '../task/generator.ts';
import { calibrate } from './calibration.ts';
import type { Rule } from './results.ts';
import { type RuleScores, ruleIndex } from './rule-scores.ts';
import { log10UpperTail } from './tails.ts';

const noFloor = { spread: 0, skewness: 0 };

/** About normal noise with mean 2 and spread 3, and one outlier. */
function scoresWith(modulus: number, rule: Rule, value: number, seed = 1): RuleScores {
  const generator = createGenerator(seed, 'scores');
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += generator.uniform();
    return 2 + 3 * sum;
  };
  const values = Float32Array.from({ length: (modulus - 1) ** 2 * modulus }, normal);
  values[ruleIndex(rule, modulus)] = value;
  return { group: cyclicGroup(modulus), values, statistic: values };
}

const rule = { k1: 3, k2: 5, shift: 7 };

test('a rule is standardised by the other (k1, k2), so its own height and side lobes do not count', () => {
  const scores = scoresWith(23, rule, 62);
  for (let shift = 0; shift < 23; shift++) {
    if (shift !== rule.shift) scores.values[ruleIndex({ ...rule, shift }, 23)] = -40;
  }
  const { z, statistic, log10PValue } = calibrate(scores, 1, noFloor, true).evidence(rule);
  assert.equal(statistic, 62);
  // (62 − 2)/3 with mean and spread estimated from 11,109 values: 0.7 % of spread.
  assert.ok(Math.abs(z - 20) < 0.6, `${z}`);
  // A normal tail gives −85; the skewness and its standard error, 0.023 each, take z³ · 0.023/6 = 13 decades each.
  assert.ok(log10PValue < -60, `${log10PValue}`);
});

test('p is corrected for all rules and kinds, and never above 1', () => {
  const scores = scoresWith(23, rule, 20);
  const one = calibrate(scores, 1, noFloor, true);
  const three = calibrate(scores, 3, noFloor, true);
  assert.equal(one.rules, 22 * 22 * 23);
  const difference = three.evidence(rule).log10PValue - one.evidence(rule).log10PValue;
  assert.ok(Math.abs(difference - Math.log10(3)) < 1e-12);
  const { z, log10PValue } = one.evidence(rule);
  const uncorrected = log10UpperTail(z);
  // The skewness of 11,000 normal values is 0.023 at random, which moves ln p by z³ · 0.023/6 = 0.8.
  assert.ok(Math.abs(log10PValue - uncorrected - Math.log10(22 * 22 * 23)) < 0.8);
  assert.equal(one.evidence({ k1: 1, k2: 1, shift: 0 }).log10PValue, 0);
});

test('for a rule named beforehand p is corrected for the kinds only, in either tail', () => {
  const scores = scoresWith(23, rule, 11);
  const calibration = calibrate(scores, 2, noFloor, true);
  const { z, log10PValue, log10LowerPValue } = calibration.partScore(rule, true);
  assert.ok(Math.abs(z - 3) < 0.1, `${z}`);
  // Skewness of 0.02 at random moves ln p by z³ · 0.02/6 = 0.09; so does 1 % of spread by z²/100.
  assert.ok(Math.abs(log10PValue - Math.log10(2) - log10UpperTail(z)) < 0.1);
  assert.equal(log10LowerPValue, 0);
  const unnamed = calibration.partScore(rule, false);
  assert.equal(unnamed.log10PValue, calibration.evidence(rule).log10PValue);

  const below = calibrate(scoresWith(23, rule, -7), 2, noFloor, true).partScore(rule, true);
  assert.ok(Math.abs(below.log10LowerPValue - Math.log10(2) - log10UpperTail(3)) < 0.2);
  assert.equal(below.log10PValue, 0);
});

test('the best rule is the outlier, upwards only', () => {
  const upwards = calibrate(scoresWith(13, rule, 40), 1, noFloor, true).best();
  assert.deepEqual(upwards.rule, rule);
  assert.ok(upwards.evidence.log10PValue < -10);
  const downwards = calibrate(scoresWith(13, rule, -40), 1, noFloor, true);
  assert.notDeepEqual(downwards.best().rule, rule);
  assert.equal(downwards.evidence(rule).log10PValue, 0);
});

test('the threshold is where p meets the level', () => {
  const scores = scoresWith(23, rule, 0);
  const calibration = calibrate(scores, 3, noFloor, true);
  scores.values[ruleIndex(rule, 23)] = calibration.threshold(rule, 0.01);
  const { log10PValue } = calibrate(scores, 3, noFloor, true).evidence(rule);
  assert.ok(Math.abs(log10PValue + 2) < 1e-4, `${log10PValue}`);
});

test('units and non-units are compared among themselves', () => {
  const modulus = 12;
  const scores = scoresWith(modulus, { k1: 1, k2: 5, shift: 0 }, 20);
  for (let shift = 0; shift < modulus; shift++) {
    for (let k1 = 1; k1 < modulus; k1++) {
      const at = ruleIndex({ k1, k2: 4, shift }, modulus);
      scores.values[at] *= 100;
    }
  }
  const { z } = calibrate(scores, 1, noFloor, true).evidence({ k1: 1, k2: 5, shift: 0 });
  // 15 other unit pairs × 12 shifts: the spread is good to 5 %.
  assert.ok(Math.abs(z - 6) < 1.2, `${z}`);
});

test('without shifts, only shift 0 is compared', () => {
  const scores = scoresWith(23, rule, 500);
  const calibration = calibrate(scores, 1, noFloor, false);
  assert.equal(calibration.rules, 22 * 22);
  assert.equal(calibration.best().rule.shift, 0);
  assert.ok(calibration.best().evidence.z < 6);
});

test('where the others have no spread, the least spread counts; without one z is 0', () => {
  const values = new Float32Array(12 * 12 * 13).fill(5);
  values[ruleIndex(rule, 13)] = 9;
  const scores = { group: cyclicGroup(13), values, statistic: values };
  assert.equal(calibrate(scores, 1, { spread: 2, skewness: 0 }, true).evidence(rule).z, 2);
  const flat = new Float32Array(12 * 12 * 13).fill(5);
  const none = calibrate(
    { group: cyclicGroup(13), values: flat, statistic: flat },
    1,
    noFloor,
    true,
  );
  assert.deepEqual([none.evidence(rule).z, none.evidence(rule).log10PValue], [0, 0]);
});

test('skewed noise is not taken for evidence', () => {
  const modulus = 31;
  let [rejectedBySkew, rejectedByNormal] = [0, 0];
  for (let seed = 0; seed < 40; seed++) {
    const generator = createGenerator(seed, 'skewed');
    // Sums of 8 exponentials: gamma with skewness 0.71.
    const values = Float32Array.from({ length: 30 * 30 * 31 }, () => {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum -= Math.log(1 - generator.uniform());
      return sum;
    });
    const { evidence } = calibrate(
      { group: cyclicGroup(modulus), values, statistic: values },
      1,
      noFloor,
      true,
    ).best();
    if (evidence.log10PValue <= Math.log10(0.05)) rejectedBySkew++;
    if (log10UpperTail(evidence.z) + Math.log10(values.length) <= Math.log10(0.05)) {
      rejectedByNormal++;
    }
  }
  // Binomial(40, 0.05) exceeds 7 with probability 0.0007.
  assert.ok(rejectedBySkew <= 7, `${rejectedBySkew}`);
  assert.ok(rejectedByNormal >= 35, `${rejectedByNormal}`);
});

test('few rules leave the skewness uncertain, and p allows for that', () => {
  let [allowed, taken] = [0, 0];
  for (let seed = 0; seed < 300; seed++) {
    const scores = scoresWith(7, { k1: 3, k2: 5, shift: 1 }, 2, seed);
    // Noise that is symmetric: a skewness estimated from 216 values is off by 0.17.
    const { evidence } = calibrate(scores, 1, noFloor, true).best();
    if (evidence.log10PValue <= Math.log10(0.05)) allowed++;
    if (log10UpperTail(evidence.z) + Math.log10(36 * 7) <= Math.log10(0.05)) taken++;
  }
  // Binomial(300, 0.05) exceeds 25 with probability 0.005.
  assert.ok(allowed <= 25, `${allowed}`);
  assert.ok(allowed < taken, `${allowed} of ${taken}`);
});

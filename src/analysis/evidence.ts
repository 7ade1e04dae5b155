import type { Activation, Network } from '../model/network.ts';
import { isPrime } from '../task/abelian-group.ts';
import { type GroupOrOrder, groupOf } from './characters.ts';
import type { AnalysisCompute } from './compute.ts';
import { directCounts, directSums } from './direct-sums.ts';
import { crossTermsOnly, lineSums } from './line-sums.ts';
import { overShifts } from './over-shifts.ts';
import type { RuleScores } from './rule-scores.ts';

/** 1 for the pairs (index a·P + b) that count: [P²]. `null` stands for all pairs. */
export type PairMask = Uint8Array | null;

/** The mask of a list of pairs (index a·P + b). */
export function maskOf(pairs: Uint32Array, modulus: number): Uint8Array {
  const mask = new Uint8Array(modulus * modulus);
  for (const pair of pairs) mask[pair] = 1;
  return mask;
}

/** How many pairs a mask lets through. */
export function countPairs(mask: PairMask, modulus: number): number {
  return mask === null ? modulus * modulus : mask.reduce((sum, one) => sum + one, 0);
}

/**
 * Logits of all P² pairs, each row (a, b) standardised over the classes to mean 0 and variance 1 (a
 * row without spread becomes 0): [P², P].
 */
export function standardisedLogits(
  network: Network,
  activation: Activation,
  compute: AnalysisCompute,
): Float32Array {
  const { modulus } = network;
  return standardiseRows(compute.logits(network, activation, 0, modulus), modulus);
}

/** A copy with each row at mean 0 and variance 1 over the classes; a row without spread becomes 0. */
export function standardiseRows(logits: Float32Array, classes: number): Float32Array {
  const rows = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += logits[start + c];
    const mean = sum / classes;
    let squares = 0;
    for (let c = 0; c < classes; c++) {
      const difference = logits[start + c] - mean;
      squares += difference * difference;
    }
    const scale = squares > 0 ? Math.sqrt(classes / squares) : 0;
    for (let c = 0; c < classes; c++) rows[start + c] = (logits[start + c] - mean) * scale;
  }
  return rows;
}

/**
 * Evidence in the logits: for every rule the mean of the standardised logits on its own answers,
 *
 *     E(k1, k2, shift) = (1/n) Σ_{(a,b) in mask} z[a, b, k1·a + k2·b + shift],
 *
 * after removing from z each class's mean over the n pairs in question (else a class that is favoured
 * everywhere favours rules). On Z_P with composite P rules are compared without what `crossTermsOnly` drops.
 */
export function logitScores(
  logits: Float32Array,
  order: GroupOrOrder,
  mask: PairMask,
  compute: AnalysisCompute,
): RuleScores {
  const group = groupOf(order);
  const modulus = group.order;
  const scale = 1 / countPairs(mask, modulus);
  const centred = removeClassMeans(logits, modulus, mask);
  if (group.factors.length > 1) {
    const means = directSums(centred, group).map((sum) => sum * scale);
    return { group, values: means, statistic: means };
  }
  const sums = lineSums(centred, modulus, compute);
  for (let i = 0; i < sums.length; i++) sums[i] *= scale;
  const statistic = overShifts(sums, group, compute);
  const values = isPrime(modulus)
    ? statistic
    : overShifts(crossTermsOnly(sums, modulus), group, compute);
  return { group, values, statistic };
}

/**
 * Evidence in the answers: for every rule the number of pairs in the mask with
 * answer[a, b] = k1·a + k2·b + shift. Exact integers. [answers: [P²], index a·P + b.] On Z_P with
 * composite P rules are compared by these counts without what `crossTermsOnly` drops.
 */
export function answerScores(
  answers: ArrayLike<number>,
  order: GroupOrOrder,
  mask: PairMask,
  compute: AnalysisCompute,
): RuleScores {
  const group = groupOf(order);
  const modulus = group.order;
  const statistic =
    group.factors.length > 1
      ? directCounts(answers, group, mask)
      : countMatches(answers, modulus, mask);
  if (group.factors.length > 1 || isPrime(modulus)) return { group, values: statistic, statistic };
  const oneHot = new Float32Array(modulus ** 3);
  for (let pair = 0; pair < modulus ** 2; pair++) oneHot[pair * modulus + answers[pair]] = 1;
  const sums = lineSums(removeClassMeans(oneHot, modulus, mask), modulus, compute);
  const values = overShifts(crossTermsOnly(sums, modulus), group, compute);
  return { group, values, statistic };
}

/**
 * How many pairs in the mask obey each rule of Z_P, [(P−1)²·P] in the order of `RuleScores`.
 *
 * For each k1, pairs are first counted by (b, answer − k1·a); each k2 then only shifts these P rows
 * against each other: P⁴ additions instead of P⁵.
 */
export function countMatches(
  answers: ArrayLike<number>,
  modulus: number,
  mask: PairMask,
): Float32Array {
  const values = new Float32Array((modulus - 1) ** 2 * modulus);
  const byRow = new Int32Array(modulus * modulus);
  const counts = new Int32Array(modulus);
  let target = 0;
  for (let k1 = 1; k1 < modulus; k1++) {
    byRow.fill(0);
    for (let pair = 0; pair < modulus * modulus; pair++) {
      if (mask !== null && mask[pair] === 0) continue;
      const b = pair % modulus;
      const a = (pair - b) / modulus;
      byRow[b * modulus + ((answers[pair] + (modulus - k1) * a) % modulus)]++;
    }
    for (let k2 = 1; k2 < modulus; k2++) {
      counts.fill(0);
      for (let b = 0; b < modulus; b++) {
        const turn = (k2 * b) % modulus;
        const row = b * modulus;
        const first = modulus - turn;
        for (let shift = 0; shift < first; shift++) counts[shift] += byRow[row + turn + shift];
        for (let shift = first; shift < modulus; shift++)
          counts[shift] += byRow[row + shift - first];
      }
      values.set(counts, target);
      target += modulus;
    }
  }
  return values;
}

/** Logits less each class's mean over the pairs of the mask; 0 on the other pairs: [P², P]. */
export function removeClassMeans(
  logits: Float32Array,
  modulus: number,
  mask: PairMask,
): Float32Array {
  const mean = new Float64Array(modulus);
  const pairs = countPairs(mask, modulus);
  const centred = new Float32Array(logits.length);
  for (let pair = 0; pair < modulus * modulus; pair++) {
    if (mask !== null && mask[pair] === 0) continue;
    for (let c = 0; c < modulus; c++) mean[c] += logits[pair * modulus + c];
  }
  for (let c = 0; c < modulus; c++) mean[c] /= pairs;
  for (let pair = 0; pair < modulus * modulus; pair++) {
    if (mask !== null && mask[pair] === 0) continue;
    const start = pair * modulus;
    for (let c = 0; c < modulus; c++) centred[start + c] = logits[start + c] - mean[c];
  }
  return centred;
}

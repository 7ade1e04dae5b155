import type { Activation, Network } from '../model/network.ts';
import type { AnalysisCompute } from './compute.ts';
import { crossTermsOnly, lineSums, overShifts } from './line-sums.ts';
import { isPrime } from './rule.ts';
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
  const logits = compute.logits(network, activation, 0, modulus);
  for (let start = 0; start < logits.length; start += modulus) {
    let sum = 0;
    for (let c = 0; c < modulus; c++) sum += logits[start + c];
    const mean = sum / modulus;
    let squares = 0;
    for (let c = 0; c < modulus; c++) squares += (logits[start + c] - mean) ** 2;
    const scale = squares > 0 ? Math.sqrt(modulus / squares) : 0;
    for (let c = 0; c < modulus; c++) logits[start + c] = (logits[start + c] - mean) * scale;
  }
  return logits;
}

/**
 * Evidence in the logits: for every rule the mean of the standardised logits on its own answers,
 *
 *     E(k1, k2, shift) = (1/n) Σ_{(a,b) in mask} z[a, b, k1·a + k2·b + shift],
 *
 * after removing from z each class's mean over the n pairs in question (else a class that is favoured
 * everywhere favours rules). For composite P rules are compared without what `crossTermsOnly` drops.
 */
export function logitScores(
  logits: Float32Array,
  modulus: number,
  mask: PairMask,
  compute: AnalysisCompute,
): RuleScores {
  const sums = lineSums(removeClassMeans(logits, modulus, mask), modulus, compute);
  const scale = 1 / countPairs(mask, modulus);
  for (let i = 0; i < sums.length; i++) sums[i] *= scale;
  const statistic = overShifts(sums, modulus, compute);
  const values = isPrime(modulus)
    ? statistic
    : overShifts(crossTermsOnly(sums, modulus), modulus, compute);
  return { modulus, values, statistic };
}

/**
 * Evidence in the answers: for every rule the number of pairs in the mask with
 * answer[a, b] = k1·a + k2·b + shift. Exact integers. [answers: [P²], index a·P + b.] For composite P
 * rules are compared by these counts without what `crossTermsOnly` drops.
 */
export function answerScores(
  answers: ArrayLike<number>,
  modulus: number,
  mask: PairMask,
  compute: AnalysisCompute,
): RuleScores {
  const statistic = countMatches(answers, modulus, mask);
  if (isPrime(modulus)) return { modulus, values: statistic, statistic };
  const oneHot = new Float32Array(modulus ** 3);
  for (let pair = 0; pair < modulus ** 2; pair++) oneHot[pair * modulus + answers[pair]] = 1;
  const sums = lineSums(removeClassMeans(oneHot, modulus, mask), modulus, compute);
  const values = overShifts(crossTermsOnly(sums, modulus), modulus, compute);
  return { modulus, values, statistic };
}

/**
 * How many pairs in the mask obey each rule, [(P−1)²·P] in the order of `RuleScores`.
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

function removeClassMeans(logits: Float32Array, modulus: number, mask: PairMask): Float32Array {
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

import type { Activation, Network } from '../model/network.ts';
import type { AnalysisCompute } from './compute.ts';
import type { RuleScores } from './rule-scores.ts';
import { shiftTable } from './triads.ts';

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
 * everywhere favours rules). All rules at once by the three-dimensional Fourier transform ẑ:
 * E = (1/nP) Σ_ω ẑ(−k1·ω, −k2·ω, ω) e^{2πiω·shift/P}.
 */
export function logitScores(
  logits: Float32Array,
  modulus: number,
  mask: PairMask,
  compute: AnalysisCompute,
): RuleScores {
  const half = Math.floor(modulus / 2);
  const stride = half + 1;
  const wave = waveTable(modulus);
  const centred = removeClassMeans(logits, modulus, mask);
  // Real triple products Σ z·x(a)·y(b)·w(c) with x, y, w = cos or sin: [2·stride (a), 2·stride (b), 2·stride (c)].
  const overA = compute.multiply(wave.rows, centred, 2 * stride, modulus, modulus * modulus);
  const overC = compute.multiply(overA, wave.columns, 2 * stride * modulus, modulus, 2 * stride);
  const plane = 4 * stride * stride;
  const triple = new Float32Array(2 * stride * plane);
  for (let i = 0; i < 2 * stride; i++) {
    const block = overC.subarray(i * modulus * 2 * stride, (i + 1) * modulus * 2 * stride);
    triple.set(compute.multiply(wave.rows, block, 2 * stride, modulus, 2 * stride), i * plane);
  }
  const at = (sinA: number, sinB: number, sinC: number, i: number, j: number, omega: number) =>
    triple[
      ((sinA * stride + i) * 2 * stride + sinB * stride + j) * 2 * stride + sinC * stride + omega
    ];

  const rules = (modulus - 1) ** 2;
  const sums = new Float32Array(rules * 2 * half);
  const pairs = countPairs(mask, modulus);
  for (let omega = 1; omega <= half; omega++) {
    const weight = (2 * omega === modulus ? 1 : 2) / (pairs * modulus);
    for (let k1 = 1; k1 < modulus; k1++) {
      const i = (k1 * omega) % modulus;
      const signA = i > half ? -1 : 1;
      const foldedI = Math.min(i, modulus - i);
      for (let k2 = 1; k2 < modulus; k2++) {
        const j = (k2 * omega) % modulus;
        const signB = j > half ? -1 : 1;
        const foldedJ = Math.min(j, modulus - j);
        const real =
          at(0, 0, 0, foldedI, foldedJ, omega) -
          signA * signB * at(1, 1, 0, foldedI, foldedJ, omega) +
          signA * at(1, 0, 1, foldedI, foldedJ, omega) +
          signB * at(0, 1, 1, foldedI, foldedJ, omega);
        const imaginary =
          signA * at(1, 0, 0, foldedI, foldedJ, omega) +
          signB * at(0, 1, 0, foldedI, foldedJ, omega) -
          at(0, 0, 1, foldedI, foldedJ, omega) +
          signA * signB * at(1, 1, 1, foldedI, foldedJ, omega);
        const index = ((k1 - 1) * (modulus - 1) + k2 - 1) * 2 * half + omega - 1;
        sums[index] = weight * real;
        // The shift enters as e^{+2πiω·shift/P} here, as e^{−2πiω·shift/P} in the table: conjugate.
        sums[index + half] = -weight * imaginary;
      }
    }
  }
  return {
    modulus,
    values: compute.multiply(sums, shiftTable(modulus), rules, 2 * half, modulus),
  };
}

/**
 * Evidence in the answers: for every rule the number of pairs in the mask with
 * answer[a, b] = k1·a + k2·b + shift. Exact integers. [answers: [P²], index a·P + b.]
 *
 * For each k1, pairs are first counted by (b, answer − k1·a); each k2 then only shifts these P rows
 * against each other: P⁴ additions instead of P⁵.
 */
export function answerScores(
  answers: ArrayLike<number>,
  modulus: number,
  mask: PairMask,
): RuleScores {
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
  return { modulus, values };
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

/** cos, then sin, of 2πωx/P for ω = 0…⌊P/2⌋: as rows [2·stride, P] and as columns [P, 2·stride]. */
function waveTable(modulus: number): { rows: Float32Array; columns: Float32Array } {
  const stride = Math.floor(modulus / 2) + 1;
  const rows = new Float32Array(2 * stride * modulus);
  const columns = new Float32Array(2 * stride * modulus);
  for (let omega = 0; omega < stride; omega++) {
    for (let x = 0; x < modulus; x++) {
      const angle = (2 * Math.PI * ((omega * x) % modulus)) / modulus;
      rows[omega * modulus + x] = Math.cos(angle);
      rows[(stride + omega) * modulus + x] = Math.sin(angle);
      columns[x * 2 * stride + omega] = Math.cos(angle);
      columns[x * 2 * stride + stride + omega] = Math.sin(angle);
    }
  }
  return { rows, columns };
}

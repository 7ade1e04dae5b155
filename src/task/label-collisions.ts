/**
 * Label collisions: how many training rows share a row's label AND one of its tokens. Such rows pull the
 * same weights the same way, so they help each other early in a training (follow-up, arXiv 2610.11833).
 */
import type { NoiseKind } from './noise.ts';
import type { Operation } from './operation.ts';

/** Training rows: [n] each, tokens and labels 0…P−1, each pair at most once. */
export interface LabelledRows {
  readonly modulus: number;
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly label: Uint16Array;
}

/**
 * Δ_i = #{j ≠ i: same label and same a} + #{j ≠ i: same label and same b}, for every row: [n]. As pairs
 * are unique, no j counts twice.
 */
export function labelCollisions({ modulus, a, b, label }: LabelledRows): Uint32Array {
  const withA = new Uint32Array(modulus * modulus);
  const withB = new Uint32Array(modulus * modulus);
  for (let row = 0; row < label.length; row++) {
    withA[a[row] * modulus + label[row]]++;
    withB[b[row] * modulus + label[row]]++;
  }
  return Uint32Array.from(label, (c, row) => {
    // Each count holds the row itself.
    return withA[a[row] * modulus + c] + withB[b[row] * modulus + c] - 2;
  });
}

export interface NoiseSettings {
  readonly noiseKind: NoiseKind;
  readonly noiseRatio: number;
  readonly trainFraction: number;
}

export interface ExpectedCollisions {
  /** E[Δ_i] of a row with its true label, and of one with a wrong label. */
  readonly clean: number;
  readonly noisy: number;
}

/**
 * E[Δ_i] of clean and noisy rows before the table is drawn, for noise ratio α and train fraction f. Clean
 * is who carries the true label, as everywhere here. Where the true labels form a Latin square (every
 * label once per value of a, and of b):
 *
 *     noise        clean            noisy                                 noisy − clean
 *     uniform      2fα              2f((1−α) + α(P−2)/(P−1))              2f(1 − αP/(P−1))   [ours]
 *     symmetric    as uniform, where a∘b = b∘a                                               [ours]
 *     uniform-all  2fα(P−1)/P       2f((1−α) + α(P−1)/P)                  2f(1−α)            [ours]
 *     bijective    2fα              2f(1−α)                               2f(1−2α)           [follow-up]
 *
 * Why: on either line through a clean row no other row has its label by right, one by one of wrong labels.
 * On either line through a noisy row exactly one other row has that label by right, and keeps it with
 * probability 1−α. Symmetric noise ties a row to its mirror image, which lies on neither of its lines, so
 * where a∘b = b∘a the means don't move.
 *
 * The follow-up's 2f(1−α)(1−1/P) for uniform-all compares the rows that were REDRAWN with the others: 1/P
 * of those are right by luck and collide as clean rows do.
 *
 * Leaves out that exactly round(αn) rows are corrupted, and rounding of n: relative error about 1/n.
 *
 * Null where there is no such closed form: the operation is no Latin square (multiplication, because of 0;
 * a coefficient that shares a factor with P), or the noise is symmetric and a∘b ≠ b∘a. There collisions
 * can only be measured.
 */
export function expectedCollisions(
  { modulus, coefficients }: Operation,
  { noiseKind, noiseRatio, trainFraction }: NoiseSettings,
): ExpectedCollisions | null {
  if (coefficients === null) return null;
  const { k1, k2 } = coefficients;
  if (!isCoprime(k1, modulus) || !isCoprime(k2, modulus)) return null;
  if (noiseKind === 'symmetric' && k1 !== k2) return null;
  const kept = 1 - noiseRatio;
  const perLine = (clean: number, noisy: number): ExpectedCollisions => ({
    clean: 2 * trainFraction * clean,
    noisy: 2 * trainFraction * noisy,
  });
  switch (noiseKind) {
    case 'uniform':
    case 'symmetric':
      return perLine(noiseRatio, kept + (noiseRatio * (modulus - 2)) / (modulus - 1));
    case 'uniform-all': {
      const byChance = (noiseRatio * (modulus - 1)) / modulus;
      return perLine(byChance, kept + byChance);
    }
    case 'bijective':
      return perLine(noiseRatio, kept);
  }
}

function isCoprime(x: number, y: number): boolean {
  return y === 0 ? x === 1 : isCoprime(y, x % y);
}

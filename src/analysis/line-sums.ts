import type { AnalysisCompute } from './compute.ts';

/**
 * Sums of a table z [P, P, P] (a, b, c) along the lines c = k1·a + k2·b + shift, for all rules at once, by
 * the three-dimensional Fourier transform ẑ:
 *
 *     Σ_{a,b} z[a, b, k1·a + k2·b + shift] = (1/P) Σ_{ω ∈ Z_P} ẑ(−k1·ω, −k2·ω, ω) e^{2πiω·shift/P}.
 *
 * Returns the complex terms of that sum for ω = 1…⌊P/2⌋, conjugated as `overShifts` takes them, with −ω
 * merged in: [(P−1)², 2·⌊P/2⌋], real parts first. The term ω = 0, Σ z / P, is left out: the callers' z
 * have mean 0.
 */
export function lineSums(z: Float32Array, modulus: number, compute: AnalysisCompute): Float32Array {
  const half = Math.floor(modulus / 2);
  const stride = half + 1;
  const triple = tripleProducts(z, modulus, compute);
  const at = (sinA: number, sinB: number, sinC: number, i: number, j: number, omega: number) =>
    triple[
      ((sinA * stride + i) * 2 * stride + sinB * stride + j) * 2 * stride + sinC * stride + omega
    ];
  const sums = new Float32Array((modulus - 1) ** 2 * 2 * half);
  for (let omega = 1; omega <= half; omega++) {
    const weight = (2 * omega === modulus ? 1 : 2) / modulus;
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
        sums[index + half] = -weight * imaginary;
      }
    }
  }
  return sums;
}

/**
 * Line sums without the frequencies where k1·ω ≡ 0 or k2·ω ≡ 0 (mod P). There the table varies with only
 * one of a and b, or with c alone: what a network says of one token is no evidence for a rule of two. For
 * units k there are none, so nothing changes for prime P. Rows are scaled up for the terms they lost, so
 * that their spreads stay comparable.
 */
export function crossTermsOnly(sums: Float32Array, modulus: number): Float32Array {
  const half = Math.floor(modulus / 2);
  const result = new Float32Array(sums.length);
  for (let k1 = 1; k1 < modulus; k1++) {
    for (let k2 = 1; k2 < modulus; k2++) {
      const row = ((k1 - 1) * (modulus - 1) + k2 - 1) * 2 * half;
      let kept = 0;
      for (let omega = 1; omega < modulus; omega++) {
        if ((k1 * omega) % modulus !== 0 && (k2 * omega) % modulus !== 0) kept++;
      }
      const scale = Math.sqrt((modulus - 1) / kept);
      for (let omega = 1; omega <= half; omega++) {
        if ((k1 * omega) % modulus === 0 || (k2 * omega) % modulus === 0) continue;
        const at = row + omega - 1;
        result[at] = scale * sums[at];
        result[at + half] = scale * sums[at + half];
      }
    }
  }
  return result;
}

/**
 * Σ z[a,b,c]·x(a)·y(b)·w(c) with x, y, w each the cosine or the sine of frequencies 0…⌊P/2⌋:
 * [2·stride, 2·stride, 2·stride], stride = ⌊P/2⌋ + 1, cosines first.
 */
function tripleProducts(z: Float32Array, modulus: number, compute: AnalysisCompute): Float32Array {
  const waves = 2 * (Math.floor(modulus / 2) + 1);
  const table = waveTable(modulus);
  const overA = compute.multiply(table, z, waves, modulus, modulus * modulus);
  const overC = compute.multiply(overA, table, waves * modulus, modulus, waves, {
    transposeB: true,
  });
  const triple = new Float32Array(waves ** 3);
  for (let i = 0; i < waves; i++) {
    const block = overC.subarray(i * modulus * waves, (i + 1) * modulus * waves);
    triple.set(compute.multiply(table, block, waves, modulus, waves), i * waves * waves);
  }
  return triple;
}

/** cos, then sin, of 2πωx/P for ω = 0…⌊P/2⌋: [2·(⌊P/2⌋ + 1), P]. */
function waveTable(modulus: number): Float32Array {
  const stride = Math.floor(modulus / 2) + 1;
  const table = new Float32Array(2 * stride * modulus);
  for (let omega = 0; omega < stride; omega++) {
    for (let x = 0; x < modulus; x++) {
      const angle = (2 * Math.PI * ((omega * x) % modulus)) / modulus;
      table[omega * modulus + x] = Math.cos(angle);
      table[(stride + omega) * modulus + x] = Math.sin(angle);
    }
  }
  return table;
}

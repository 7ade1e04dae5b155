import type { Network } from '../model/network.ts';
import type { AnalysisCompute } from './compute.ts';
import type { RuleSample, SampledScores } from './rule-sample.ts';

/** T of a rule and of those it is compared with, and the rule's triad energy. */
export interface SampledTriads {
  readonly T: SampledScores;
  readonly triadEnergy: number;
}

/** x̂ of all neurons by frequency 1…half, real parts, then imaginary parts: [2·half, M]. */
type ByFrequency = Float32Array;

/** Real and imaginary parts of one frequency: [M] each. */
interface Line {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** û·conj ŵ for some frequencies and k1, and |û·conj ŵ|²; lines of M numbers. */
interface Products {
  /** Lines 2n (real) and 2n + 1 (imaginary). */
  readonly values: Float32Array;
  readonly powers: Float32Array;
}

/** Floats in one block of products: 8 MB. */
const blockLength = 2 ** 21;

/**
 * Makes a function that measures the triads of a rule and of its sample: T as `triadScores` has
 * it for all rules, and of the rule itself the
 *
 *     triad energy = Σ_ω Σ_m n(ω) Re t_m(ω) / Σ_ω Σ_m n(ω) |t_m(ω)|,    t and n as in `triadScores` (ours):
 *
 * what is aligned with the rule less what is opposed to it, as a share of the strength |û||v̂||ŵ| of all
 * triads, −1…1. 1 for the analytic solution; where phases are independent and uniform its mean is 0 and its
 * spread sqrt(½Σ|t|²) / Σ|t|, so that T = triad energy / spread (odd P): T says how surely a rule is there, and
 * falls when the strength gathers in few triads; the triad energy says how much of the strength follows the
 * rule. 0 where no triad has any strength. Independent of the order of the neurons and of the scale of each
 * matrix.
 *
 * 6·P·⌊P/2⌋·M multiply-adds for the spectra and as many for each k1, in single precision; the rule's own numbers
 * are summed in double precision. The rule's k1 and k2 are units of Z_P.
 */
export function triadSampler(
  sample: RuleSample,
  compute: AnalysisCompute,
): (network: Network) => SampledTriads {
  const { modulus } = sample;
  const half = Math.floor(modulus / 2);
  const waves = waveTable(modulus);
  // Back from frequencies to shifts: cos, then sin.
  const turns = waves.map((value, i) => (i < half * modulus ? value : -value));
  const others = otherTriads(sample, compute);
  return ({ width, U, V, W }) => {
    const spectrum = (matrix: Float32Array, transposeB: boolean): ByFrequency =>
      compute.multiply(waves, matrix, 2 * half, modulus, width, { transposeB });
    const [u, v, w] = [spectrum(U, true), spectrum(V, true), spectrum(W, false)];
    const { T, triadEnergy, scale } = ownTriads(u, v, w, sample, width);
    const { sums, variance } = others(u, v, w, width, scale);
    const scores = compute.multiply(sums, turns, variance.length, 2 * half, modulus);
    const scaled = Float64Array.from(scores);
    for (let i = 0; i < scaled.length; i++) {
      const square = variance[Math.floor(i / modulus)];
      scaled[i] = square === 0 ? 0 : scaled[i] / Math.sqrt(square);
    }
    return { T: { own: T, others: scaled }, triadEnergy };
  };
}

/** cos, then −sin, of 2πωx/P for ω = 1…⌊P/2⌋: [2·⌊P/2⌋, P]. */
function waveTable(modulus: number): Float32Array {
  const half = Math.floor(modulus / 2);
  const waves = new Float32Array(2 * half * modulus);
  for (let omega = 1; omega <= half; omega++) {
    for (let x = 0; x < modulus; x++) {
      const angle = (2 * Math.PI * ((omega * x) % modulus)) / modulus;
      waves[(omega - 1) * modulus + x] = Math.cos(angle);
      waves[(half + omega - 1) * modulus + x] = -Math.sin(angle);
    }
  }
  return waves;
}

/** T and triad energy of the sample's rule, and what brings û·conj ŵ to mean power 1 or so. */
function ownTriads(
  U: ByFrequency,
  V: ByFrequency,
  W: ByFrequency,
  { modulus, rule }: RuleSample,
  width: number,
): { readonly T: number; readonly triadEnergy: number; readonly scale: number } {
  let aligned = 0;
  let strength = 0;
  let variance = 0;
  let powerU = 0;
  let powerW = 0;
  for (let omega = 1; omega <= modulus / 2; omega++) {
    const [i, signU] = folded(rule.k1 * omega, modulus);
    const [j, signV] = folded(rule.k2 * omega, modulus);
    const line = (spectra: ByFrequency, frequency: number) => lineOf(spectra, frequency, width);
    const sum = sumTriads(line(U, i), signU, line(V, j), signV, line(W, omega));
    const turn = (2 * Math.PI * ((omega * rule.shift) % modulus)) / modulus;
    const weight = 2 * omega === modulus ? 0.5 : 1;
    aligned += weight * (sum.real * Math.cos(turn) + sum.imaginary * Math.sin(turn));
    strength += weight * sum.magnitudes;
    variance += varianceWeight(omega, modulus) * sum.squares;
    powerU += sum.powerU;
    powerW += sum.powerW;
  }
  return {
    T: variance === 0 ? 0 : aligned / Math.sqrt(variance),
    // Single precision may carry it past the ends by a rounding.
    triadEnergy: strength === 0 ? 0 : Math.max(-1, Math.min(1, aligned / strength)),
    // A rule of units goes through all frequencies of U.
    scale: (Math.floor(modulus / 2) * width) / (Math.sqrt(powerU * powerW) || 1),
  };
}

function lineOf(spectra: ByFrequency, frequency: number, width: number): Line {
  const from = (frequency - 1) * width;
  const im = spectra.length / 2 + from;
  return { re: spectra.subarray(from, from + width), im: spectra.subarray(im, im + width) };
}

/**
 * Sums over neurons of û·v̂·conj ŵ, û and v̂ conjugated where the sign is −1, of its magnitude and its square, and
 * of |û|² and |ŵ|².
 */
function sumTriads(u: Line, signU: number, v: Line, signV: number, w: Line) {
  let real = 0;
  let imaginary = 0;
  let magnitudes = 0;
  let squares = 0;
  let powerU = 0;
  let powerW = 0;
  for (let m = 0; m < w.re.length; m++) {
    const ur = u.re[m];
    const ui = signU * u.im[m];
    const vr = v.re[m];
    const vi = signV * v.im[m];
    const wr = w.re[m];
    const wi = w.im[m];
    const productReal = ur * vr - ui * vi;
    const productImaginary = ur * vi + ui * vr;
    real += productReal * wr + productImaginary * wi;
    imaginary += productImaginary * wr - productReal * wi;
    const inU = ur * ur + ui * ui;
    const inW = wr * wr + wi * wi;
    const squared = inU * (vr * vr + vi * vi) * inW;
    magnitudes += Math.sqrt(squared);
    squares += squared;
    powerU += inU;
    powerW += inW;
  }
  return { real, imaginary, magnitudes, squares, powerU, powerW };
}

/**
 * Makes a function for Σ_m t_m(ω) at shift 0, weighted by n(ω), of every (k1, k2) of a sample
 * ([rows, 2·half], real parts first) and the square of T's denominator ([rows]).
 */
function otherTriads({ modulus, groups, rows }: RuleSample, compute: AnalysisCompute) {
  const half = Math.floor(modulus / 2);
  // Kept from call to call: new megabytes cost as much as what is written into them.
  let products: Products = { values: new Float32Array(0), powers: new Float32Array(0) };
  return (U: ByFrequency, V: ByFrequency, W: ByFrequency, width: number, scale: number) => {
    const sums = new Float32Array(rows * 2 * half);
    const variance = new Float64Array(rows);
    const vPower = new Float32Array(half * width);
    for (let i = 0; i < vPower.length; i++) {
      vPower[i] = V[i] * V[i] + V[i + vPower.length] * V[i + vPower.length];
    }
    const perBlock = Math.max(1, Math.floor(blockLength / (2 * groups.length * width)));
    for (let first = 1; first <= half; first += perBlock) {
      const lines = Math.min(perBlock, half + 1 - first) * groups.length;
      if (products.powers.length !== lines * width) {
        products = {
          values: new Float32Array(2 * lines * width),
          powers: new Float32Array(lines * width),
        };
      }
      for (let n = 0; n < lines; n++) {
        const omega = first + Math.floor(n / groups.length);
        const [i, sign] = folded(groups[n % groups.length].k1 * omega, modulus);
        fillProducts(
          lineOf(U, i, width),
          sign * scale,
          lineOf(W, omega, width),
          scale,
          n,
          products,
        );
      }
      const options = { transposeB: true };
      const sum = compute.multiply(products.values, V, 2 * lines, width, 2 * half, options);
      const power = compute.multiply(products.powers, vPower, lines, width, half, options);
      let row = 0;
      for (const [index, { k2: all }] of groups.entries()) {
        for (const k2 of all) {
          for (let n = index; n < lines; n += groups.length) {
            const omega = first + (n - index) / groups.length;
            const [j, sign] = folded(k2 * omega, modulus);
            const real = 2 * n * 2 * half + j - 1;
            const imaginary = real + 2 * half;
            const weight = 2 * omega === modulus ? 0.5 : 1;
            const at = row * 2 * half + omega - 1;
            sums[at] = weight * (sum[real] - sign * sum[imaginary + half]);
            sums[at + half] = weight * (sign * sum[real + half] + sum[imaginary]);
            variance[row] += varianceWeight(omega, modulus) * power[n * half + j - 1];
          }
          row++;
        }
      }
    }
    return { sums, variance };
  };
}

/** û·conj ŵ over all neurons and its square, scaled, as number n of the products. */
function fillProducts(
  u: Line,
  scaleIm: number,
  w: Line,
  scaleRe: number,
  n: number,
  { values, powers }: Products,
): void {
  const width = w.re.length;
  const line = 2 * n * width;
  for (let m = 0; m < width; m++) {
    const ur = scaleRe * u.re[m];
    const ui = scaleIm * u.im[m];
    const wr = w.re[m];
    const wi = w.im[m];
    const real = ur * wr + ui * wi;
    const imaginary = ui * wr - ur * wi;
    values[line + m] = real;
    values[line + width + m] = imaginary;
    powers[n * width + m] = real * real + imaginary * imaginary;
  }
}

/** A frequency within 1…⌊P/2⌋, and −1 where folding conjugates, else 1. */
function folded(frequency: number, modulus: number): [number, 1 | -1] {
  const residue = frequency % modulus;
  return 2 * residue > modulus ? [modulus - residue, -1] : [residue, 1];
}

/** ½ for odd P; at the Nyquist frequency of an even one n² · 1, for its triads are real. */
function varianceWeight(omega: number, modulus: number): number {
  return 2 * omega === modulus ? 0.25 : 0.5;
}

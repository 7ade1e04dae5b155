import type { Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import type { AnalysisCompute } from './compute.ts';
import { argument, networkSpectra, power, type Spectra } from './dft.ts';
import { overShifts } from './over-shifts.ts';
import type { Rule } from './results.ts';
import { multipliersOf, type RuleScores } from './rule-scores.ts';
import { joinedFrequencies } from './spectrum.ts';

/**
 * The evidence for every rule in the weights alone (ours: a cross-bispectrum taken across neurons).
 * With the triad of neuron m at frequency ω
 *
 *     t_m(ω) = û_m(k1·ω) · v̂_m(k2·ω) · conj ŵ_m(ω) · e^{−2πiω·shift/P},
 *
 *     T(k1, k2, shift) = Σ_ω Σ_m n(ω) Re t_m(ω) / sqrt( ½ Σ_ω Σ_m n(ω)² |t_m(ω)|² · r(ω) ),
 *
 * over the merged ω = 1…half (⌊P/2⌋ on Z_P) without those where k1·ω = 0 or k2·ω = 0; on another group
 * than Z_P the last factor is conj χ_ω(shift). n = r = 1 where ω and −ω are two characters. A real character,
 * such as the Nyquist frequency of even P, has no partner, n = ½, and its triads are real, r = 2. T has mean 0
 * and variance 1 where phases are independent and uniform; it is bounded by sqrt(2·M·half).
 *
 * Needs no data, no labels, no activation; assumes the order of the tokens. Independent of the order
 * of the neurons and of the scale of each matrix. Float32 products, 8·half³·M multiply-adds.
 */
export function triadScores(network: Network, compute: AnalysisCompute, basis?: Basis): RuleScores {
  const { width } = network;
  const spectra = networkSpectra(network, basis);
  const U = byFrequency(normalise(spectra.U));
  const W = byFrequency(normalise(spectra.W));
  const V = normalise(spectra.V);
  const half = spectra.U.half;
  const v = byFrequency(V);
  const vPower = powers(V);
  const { group, element, folded, conjugated, multiplicity } = spectra.U.characters;
  const multipliers = multipliersOf(group);
  const rules = multipliers.length ** 2;
  // Per rule the complex sum over neurons at every ω, real parts first: [rules, 2·half].
  const sums = new Float32Array(rules * 2 * half);
  const variance = new Float64Array(rules);
  const products = new Float32Array(4 * half * width);
  const productPowers = new Float32Array(half * width);
  for (let omega = 1; omega <= half; omega++) {
    fillProducts(U, W, width, half, omega, products, productPowers);
    const sum = compute.multiply(products, v, 4 * half, width, 2 * half, { transposeB: true });
    const power = compute.multiply(productPowers, vPower, half, width, half);
    const isReal = multiplicity[omega] === 1;
    const weight = isReal ? 0.5 : 1;
    const varianceWeight = weight * weight * (isReal ? 1 : 0.5);
    multipliers.forEach((k1, first) => {
      const i = group.scale(k1, element[omega]);
      if (i === 0) return;
      const foldedI = folded[i] - 1;
      // Rows of `sum`: û·conj ŵ (real, imaginary), then conj û·conj ŵ (real, imaginary).
      const row = (conjugated[i] === 1 ? 2 * half : 0) + foldedI;
      multipliers.forEach((k2, second) => {
        const j = group.scale(k2, element[omega]);
        if (j === 0) return;
        const foldedJ = folded[j] - 1;
        const sign = conjugated[j] === 1 ? -1 : 1;
        const rule = first * multipliers.length + second;
        const real = row * 2 * half + foldedJ;
        const imaginary = (row + half) * 2 * half + foldedJ;
        const at = rule * 2 * half + omega - 1;
        sums[at] = weight * (sum[real] - sign * sum[imaginary + half]);
        sums[at + half] = weight * (sign * sum[real + half] + sum[imaginary]);
        variance[rule] += varianceWeight * power[foldedI * half + foldedJ];
      });
    });
  }
  const values = overShifts(sums, group, compute);
  for (let rule = 0; rule < rules; rule++) {
    const scale = variance[rule] > 0 ? 1 / Math.sqrt(variance[rule]) : 0;
    for (let shift = 0; shift < group.order; shift++) values[rule * group.order + shift] *= scale;
  }
  return { group, values, statistic: values };
}

/**
 * T of one rule as `triadScores` has it, without all the others: what a rule that is already named
 * has for evidence in another network. In double precision, P²·M multiply-adds; 0 where no triad has
 * any strength.
 */
export function triadStatistic(network: Network, { k1, k2, shift }: Rule, basis?: Basis): number {
  const { width } = network;
  const { U, V, W } = networkSpectra(network, basis);
  const { group, folded, multiplicity } = U.characters;
  const [u, v, w] = [U, V, W].map(normalise);
  let sum = 0;
  let variance = 0;
  for (const { omega, a, b, c } of joinedFrequencies(group, { k1, k2 })) {
    const turn = (2 * Math.PI * group.pairing(c, shift)) / group.exponent;
    const isReal = multiplicity[omega] === 1;
    const weight = isReal ? 0.5 : 1;
    for (let m = 0; m < width; m++) {
      const squared = power(u, m, folded[a]) * power(v, m, folded[b]) * power(w, m, omega);
      const phase = argument(u, m, a) + argument(v, m, b) - argument(w, m, c) - turn;
      sum += weight * Math.sqrt(squared) * Math.cos(phase);
      variance += weight * weight * (isReal ? 1 : 0.5) * squared;
    }
  }
  return variance > 0 ? sum / Math.sqrt(variance) : 0;
}

/** Scales to mean power 1, so that products of three stay far from the ends of single precision. */
function normalise(spectra: Spectra): Spectra {
  let sum = 0;
  const stride = spectra.half + 1;
  for (let i = 0; i < spectra.re.length; i++) {
    if (i % stride !== 0) sum += spectra.re[i] ** 2 + spectra.im[i] ** 2;
  }
  const scale = sum === 0 ? 0 : Math.sqrt((spectra.count * spectra.half) / sum);
  const times = (x: number) => x * scale;
  return { ...spectra, re: spectra.re.map(times), im: spectra.im.map(times) };
}

/** Frequencies 1…half in single precision: [2·half, M], real parts, then imaginary parts. */
function byFrequency({ re, im, count, half }: Spectra): Float32Array {
  const result = new Float32Array(2 * half * count);
  for (let row = 0; row < count; row++) {
    for (let omega = 1; omega <= half; omega++) {
      result[(omega - 1) * count + row] = re[row * (half + 1) + omega];
      result[(half + omega - 1) * count + row] = im[row * (half + 1) + omega];
    }
  }
  return result;
}

/** |x̂|²: [M, half]. */
function powers({ re, im, count, half }: Spectra): Float32Array {
  const result = new Float32Array(count * half);
  for (let row = 0; row < count; row++) {
    for (let omega = 1; omega <= half; omega++) {
      const at = row * (half + 1) + omega;
      result[row * half + omega - 1] = re[at] ** 2 + im[at] ** 2;
    }
  }
  return result;
}

/**
 * For all i = 1…half: û(i)·conj ŵ(ω) and conj û(i)·conj ŵ(ω), real and imaginary rows apart, into
 * `products` [4·half, M], and |û(i)|²·|ŵ(ω)|² into `productPowers` [half, M].
 */
function fillProducts(
  U: Float32Array,
  W: Float32Array,
  width: number,
  half: number,
  omega: number,
  products: Float32Array,
  productPowers: Float32Array,
): void {
  const block = half * width;
  const w = (omega - 1) * width;
  for (let i = 0; i < half; i++) {
    for (let m = 0; m < width; m++) {
      const at = i * width + m;
      const [ur, ui, wr, wi] = [U[at], U[block + at], W[w + m], W[block + w + m]];
      products[at] = ur * wr + ui * wi;
      products[block + at] = ui * wr - ur * wi;
      products[2 * block + at] = ur * wr - ui * wi;
      products[3 * block + at] = -(ui * wr + ur * wi);
      productPowers[at] = (ur * ur + ui * ui) * (wr * wr + wi * wi);
    }
  }
}

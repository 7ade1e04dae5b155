import type { Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import { charactersOf, type GroupOrOrder, groupOf } from './characters.ts';
import { type NetworkSpectra, networkSpectra, power, type Spectra } from './dft.ts';

/**
 * Which frequencies of U, V and W belong together: û at k1·ω, v̂ at k2·ω, ŵ at ω. On another group than Z_P a
 * frequency is a character and k·ω is ω + … + ω.
 */
export interface FrequencyRule {
  readonly k1: number;
  readonly k2: number;
}

export const addition: FrequencyRule = { k1: 1, k2: 1 };

/** A merged frequency ω and the elements k1·ω and k2·ω of the group, not merged. */
export interface JoinedFrequency {
  readonly omega: number;
  readonly a: number;
  readonly b: number;
  /** The element ω itself. */
  readonly c: number;
}

/**
 * The frequencies that a rule can join: ω = 1…half with k1·ω ≠ 0 and k2·ω ≠ 0. All of them where k1 and k2
 * are units, as on Z_P for prime P.
 */
export function joinedFrequencies(group: GroupOrOrder, rule: FrequencyRule): JoinedFrequency[] {
  const { scale } = groupOf(group);
  const { element } = charactersOf(groupOf(group));
  return Array.from(element, (c, omega) => ({
    omega,
    a: scale(rule.k1, c),
    b: scale(rule.k2, c),
    c,
  })).filter(({ omega, a, b }) => omega > 0 && a !== 0 && b !== 0);
}

/**
 * The joint energy of every neuron at every frequency 1…half, ω and −ω merged:
 *
 *     E_m(ω) = ½ [ n(k1ω)·|û_m(k1ω)|² + n(k2ω)·|v̂_m(k2ω)|² + n(ω)·|ŵ_m(ω)|² ],   n = `multiplicity`
 *
 * For odd N that is |û|² + |v̂|² + |ŵ|²; a real character, such as the Nyquist frequency of even P, has no
 * partner and counts half, as Parseval has it. Frequencies outside `joinedFrequencies` get 0. [M, half], at
 * ω − 1.
 */
export function jointEnergies(
  spectra: NetworkSpectra,
  rule: FrequencyRule = addition,
): Float64Array {
  const { half, count, characters } = spectra.U;
  const { folded, multiplicity } = characters;
  const energies = new Float64Array(count * half);
  for (const { omega, a, b } of joinedFrequencies(characters.group, rule)) {
    const parts: [Spectra, number][] = [
      [spectra.U, folded[a]],
      [spectra.V, folded[b]],
      [spectra.W, omega],
    ];
    for (const [part, character] of parts) {
      const factor = multiplicity[character] / 2;
      for (let neuron = 0; neuron < count; neuron++) {
        energies[neuron * half + omega - 1] += factor * power(part, neuron, character);
      }
    }
  }
  return energies;
}

/**
 * The dominant frequency of every neuron, chosen jointly: argmax over ω of `jointEnergies`; the lower
 * frequency on a tie. [paper: the dominant frequency; that U, V and W share it, and that the constant
 * term is left out, is assumed.] [M], each 1…half.
 */
export function dominantFrequency(
  spectra: NetworkSpectra,
  rule: FrequencyRule = addition,
): Uint16Array {
  const { half, count } = spectra.U;
  return argmaxRows(jointEnergies(spectra, rule), count, half);
}

/** The dominant frequency of every function on its own: [count], each 1…half. */
export function dominantFrequencyOf(spectra: Spectra): Uint16Array {
  const { count, half, characters } = spectra;
  const energies = new Float64Array(count * half);
  for (let row = 0; row < count; row++) {
    for (let frequency = 1; frequency <= half; frequency++) {
      energies[row * half + frequency - 1] =
        characters.multiplicity[frequency] * power(spectra, row, frequency);
    }
  }
  return argmaxRows(energies, count, half);
}

export interface SpectrumSparsity {
  /** Share of each neuron's energy that lies in its joint dominant frequency: [M], 0…1. */
  readonly share: Float64Array;
  /** The mean over neurons. */
  readonly mean: number;
}

/**
 * Spectrum sparsity: E_m(ω_m) / (energy of u_m, v_m and w_m without their constant terms); 0 for a
 * neuron without energy. White noise of one scale in all three gives 0.050 at P = 113, 0.15 at P = 31.
 */
export function spectrumSparsity(
  network: Network,
  rule: FrequencyRule = addition,
  basis?: Basis,
): SpectrumSparsity {
  const spectra = networkSpectra(network, basis);
  const { half, count, characters } = spectra.U;
  const joint = jointEnergies(spectra, rule);
  const dominant = argmaxRows(joint, count, half);
  const share = new Float64Array(count);
  for (let neuron = 0; neuron < count; neuron++) {
    let total = 0;
    for (let frequency = 1; frequency <= half; frequency++) {
      const factor = characters.multiplicity[frequency] / 2;
      for (const part of [spectra.U, spectra.V, spectra.W]) {
        total += factor * power(part, neuron, frequency);
      }
    }
    share[neuron] = total === 0 ? 0 : joint[neuron * half + dominant[neuron] - 1] / total;
  }
  return { share, mean: share.reduce((sum, value) => sum + value, 0) / count };
}

/** 1 + the index of the largest value in every row of [count, columns]. */
export function argmaxRows(values: Float64Array, count: number, columns: number): Uint16Array {
  const best = new Uint16Array(count);
  for (let row = 0; row < count; row++) {
    let at = 0;
    for (let column = 1; column < columns; column++) {
      if (values[row * columns + column] > values[row * columns + at]) at = column;
    }
    best[row] = at + 1;
  }
  return best;
}

import { copyNetwork, emptyNetwork, type Network } from '../model/network.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import { characterValue } from './characters.ts';
import { argument, type NetworkSpectra, networkSpectra, power, type Spectra } from './dft.ts';
import {
  addition,
  argmaxRows,
  dominantFrequency,
  dominantFrequencyOf,
  type FrequencyRule,
  joinedFrequencies,
} from './spectrum.ts';

/**
 * How the frequency that a neuron keeps is chosen:
 *
 * - energy: the most energy. Jointly, argmax of |û(k1ω)|² + |v̂(k2ω)|² + |ŵ(ω)|² (the paper's frequency
 *   filtration; that U, V and W share ω is assumed), or per matrix, each its own.
 * - triad: argmax of |û(k1ω)||v̂(k2ω)||ŵ(ω)| (ours). Looks at no phase.
 * - aligned: argmax of Re[û(k1ω) v̂(k2ω) conj ŵ(ω) e^{−2πiω·shift/P}]. NOT a method: it picks the very
 *   alignment that a rule would show, and so "finds" any rule in an untrained network. It is here as
 *   the negative control that the tests keep.
 *
 * ω and −ω are merged, so a real character (the Nyquist frequency of even P), which has no partner, counts half.
 */
export type FiltrationOptions = {
  /** The group that the tokens form; default Z_P. Tokens that it sets apart stay in G as they are. */
  readonly basis?: Basis;
  /** Also keep the constant term (frequency 0) of every row of U, V and column of W [assumed: no]. */
  readonly keepConstant?: boolean;
  /** The coefficients that join frequencies; default k1 = k2 = 1. `shift` matters to "aligned" only. */
  readonly rule?: FrequencyRule & { readonly shift?: number };
} & (
  | { readonly select: 'energy'; readonly frequency?: 'joint' | 'per-matrix' }
  | { readonly select: 'triad' | 'aligned'; readonly frequency?: 'joint' }
);

export interface Filtration {
  /** The kept frequency of every neuron, with all of μ and of the hidden bias. */
  readonly G: Network;
  /** The rest, without μ and hidden bias: G + R is the full network to float rounding. */
  readonly R: Network;
  /** Kept frequencies, merged to 1…half: [M] each; k1·ω, k2·ω and ω unless chosen per matrix. */
  readonly frequencies: {
    readonly U: Uint16Array;
    readonly V: Uint16Array;
    readonly W: Uint16Array;
  };
}

/**
 * Frequency filtration (paper, section 4): splits a network into G, in which each neuron keeps one
 * frequency, and R = full − G. The projection of a row on frequency ω is (n/N) Re[x̂(ω) χ_ω(x)], on Z_P
 * (n/P) Re[x̂(ω) e^{2πiωx/P}], with n = 2, or 1 for a real character such as the Nyquist frequency of even P.
 */
export function filterFrequencies(network: Network, options: FiltrationOptions): Filtration {
  const { modulus, width } = network;
  const { basis = cyclicBasis(modulus) } = options;
  const spectra = networkSpectra(network, basis);
  const frequencies = chooseFrequencies(spectra, options);
  const G = copyNetwork(network);
  const constant = options.keepConstant ?? false;
  const { tokens } = basis;
  project(spectra.U, frequencies.U, constant, (neuron, x) => neuron * modulus + tokens[x], G.U);
  project(spectra.V, frequencies.V, constant, (neuron, x) => neuron * modulus + tokens[x], G.V);
  project(spectra.W, frequencies.W, constant, (neuron, x) => tokens[x] * width + neuron, G.W);
  const bias = network.hiddenBias;
  const R: Network = {
    ...emptyNetwork(modulus, width),
    U: network.U.map((weight, i) => weight - G.U[i]),
    V: network.V.map((weight, i) => weight - G.V[i]),
    W: network.W.map((weight, i) => weight - G.W[i]),
    hiddenBias: bias === null ? null : new Float32Array(width),
  };
  return { G, R, frequencies };
}

/** G + λR, weight by weight: the full network at λ = 1, G at λ = 0. */
export function mix(G: Network, R: Network, lambda: number): Network {
  const add = (g: Float32Array, r: Float32Array) => g.map((weight, i) => weight + lambda * r[i]);
  return {
    modulus: G.modulus,
    width: G.width,
    U: add(G.U, R.U),
    V: add(G.V, R.V),
    W: add(G.W, R.W),
    mu: add(G.mu, R.mu),
    hiddenBias:
      G.hiddenBias === null || R.hiddenBias === null
        ? G.hiddenBias
        : add(G.hiddenBias, R.hiddenBias),
  };
}

function chooseFrequencies(
  spectra: NetworkSpectra,
  options: FiltrationOptions,
): Filtration['frequencies'] {
  if (options.select === 'energy' && options.frequency === 'per-matrix') {
    return {
      U: dominantFrequencyOf(spectra.U),
      V: dominantFrequencyOf(spectra.V),
      W: dominantFrequencyOf(spectra.W),
    };
  }
  const rule = options.rule ?? addition;
  const { group, element, folded } = spectra.U.characters;
  const W =
    options.select === 'energy'
      ? dominantFrequency(spectra, rule)
      : dominantTriad(spectra, rule, options.select);
  return {
    U: W.map((omega) => folded[group.scale(rule.k1, element[omega])]),
    V: W.map((omega) => folded[group.scale(rule.k2, element[omega])]),
    W,
  };
}

function dominantTriad(
  spectra: NetworkSpectra,
  rule: FrequencyRule & { readonly shift?: number },
  select: 'triad' | 'aligned',
): Uint16Array {
  const { half, count, characters } = spectra.U;
  const { group, folded, multiplicity } = characters;
  const scores = new Float64Array(count * half).fill(Number.NEGATIVE_INFINITY);
  for (const { omega, a, b, c } of joinedFrequencies(group, rule)) {
    const factor = multiplicity[omega];
    const turn = (-2 * Math.PI * group.pairing(c, rule.shift ?? 0)) / group.exponent;
    for (let neuron = 0; neuron < count; neuron++) {
      const magnitude = Math.sqrt(
        power(spectra.U, neuron, folded[a]) *
          power(spectra.V, neuron, folded[b]) *
          power(spectra.W, neuron, omega),
      );
      const angle =
        argument(spectra.U, neuron, a) +
        argument(spectra.V, neuron, b) -
        argument(spectra.W, neuron, c) +
        turn;
      scores[neuron * half + omega - 1] =
        factor * (select === 'triad' ? magnitude : magnitude * Math.cos(angle));
    }
  }
  return argmaxRows(scores, count, half);
}

function project(
  spectra: Spectra,
  frequencies: Uint16Array,
  keepConstant: boolean,
  index: (neuron: number, x: number) => number,
  target: Float32Array,
): void {
  const { modulus, half, re, im, characters } = spectra;
  const waves = Array.from({ length: half + 1 }, (_, omega) =>
    Array.from({ length: modulus }, (_, x) => characterValue(characters, omega, x)),
  );
  frequencies.forEach((frequency, neuron) => {
    const row = neuron * (half + 1);
    const scale = characters.multiplicity[frequency] / modulus;
    const real = scale * re[row + frequency];
    const imaginary = scale * im[row + frequency];
    const constant = keepConstant ? re[row] / modulus : 0;
    for (let x = 0; x < modulus; x++) {
      const wave = waves[frequency][x];
      target[index(neuron, x)] = constant + real * wave.re - imaginary * wave.im;
    }
  });
}

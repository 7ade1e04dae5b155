import type { Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import { argument, networkSpectra, power } from './dft.ts';
import { addition, dominantFrequency, type FrequencyRule } from './spectrum.ts';

export interface Phases {
  /** The joint dominant frequency ω_m of every neuron, merged: [M]. */
  readonly frequency: Uint16Array;
  /** arg û_m(k1·ω_m), arg v̂_m(k2·ω_m), arg ŵ_m(ω_m) in (−π, π]: [M] each. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  /** φa + φb − φc − 2πω_m·shift/P (on any group − arg χ_ω(shift)), wrapped to (−π, π]: [M]. */
  readonly residual: Float64Array;
  /** |û||v̂||ŵ| at the dominant frequency: [M]. */
  readonly magnitude: Float64Array;
  /** Phase MSE: the mean over neurons of residual², rad². Unrelated phases give π²/3 ≈ 3.29. */
  readonly meanSquaredError: number;
}

/**
 * Phases at each neuron's joint dominant frequency. With u = λ cos(2πωx/P + φ) the phase is
 * φ = arg û(ω). The analytic solution has φa + φb = φc for addition (paper, R4.1). For c = k1·a + k2·b
 * + shift the residual is the phase of the triad û(k1ω) v̂(k2ω) conj ŵ(ω) e^{−2πiω·shift/P}: for
 * subtraction, k2 = P − 1, φb is the phase at −ω, so the relation reads φa − φb = φc in the paper's
 * terms. Phases of real characters are 0 or π. The unit (rad², plain mean over all neurons) is assumed.
 */
export function phases(
  network: Network,
  rule: FrequencyRule & { readonly shift?: number } = addition,
  basis?: Basis,
): Phases {
  const spectra = networkSpectra(network, basis);
  const { width } = network;
  const { group, element, folded } = spectra.U.characters;
  const frequency = dominantFrequency(spectra, rule);
  const a = new Float64Array(width);
  const b = new Float64Array(width);
  const c = new Float64Array(width);
  const residual = new Float64Array(width);
  const magnitude = new Float64Array(width);
  let sum = 0;
  for (let neuron = 0; neuron < width; neuron++) {
    const omega = element[frequency[neuron]];
    const [atA, atB] = [group.scale(rule.k1, omega), group.scale(rule.k2, omega)];
    a[neuron] = wrapPhase(argument(spectra.U, neuron, atA));
    b[neuron] = wrapPhase(argument(spectra.V, neuron, atB));
    c[neuron] = wrapPhase(argument(spectra.W, neuron, omega));
    const turn = (2 * Math.PI * group.pairing(omega, rule.shift ?? 0)) / group.exponent;
    residual[neuron] = wrapPhase(a[neuron] + b[neuron] - c[neuron] - turn);
    magnitude[neuron] = Math.sqrt(
      power(spectra.U, neuron, folded[atA]) *
        power(spectra.V, neuron, folded[atB]) *
        power(spectra.W, neuron, folded[omega]),
    );
    sum += residual[neuron] ** 2;
  }
  return { frequency, a, b, c, residual, magnitude, meanSquaredError: sum / width };
}

/** The angle modulo 2π, in (−π, π]. */
export function wrapPhase(angle: number): number {
  const wrapped = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return wrapped <= -Math.PI ? wrapped + 2 * Math.PI : wrapped;
}

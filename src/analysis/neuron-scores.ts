import type { Activation, Network } from '../model/network.ts';
import { multiplicity, networkSpectra, power } from './dft.ts';
import { normalTail } from './tails.ts';

export type NeuronScore = 'ipr' | 'strength';

/**
 * Inverse participation ratio of every output column, IPR_m = ‖ŵ_m‖₄⁴ / ‖ŵ_m‖₂⁴ (paper, R5.1), over the
 * two-sided spectrum, all ω ∈ Z_P, the constant term included: ½ for a pure cosine, about 2/P for noise,
 * 1 for a constant. 0 for a neuron without output. [M]
 */
export function inverseParticipationRatio(network: Network): Float64Array {
  const { W } = networkSpectra(network);
  const ratio = new Float64Array(network.width);
  for (let neuron = 0; neuron < network.width; neuron++) {
    let squares = 0;
    let fourths = 0;
    for (let frequency = 0; frequency <= W.half; frequency++) {
      const energy = power(W, neuron, frequency);
      squares += multiplicity(frequency, network.modulus) * energy;
      fourths += multiplicity(frequency, network.modulus) * energy * energy;
    }
    ratio[neuron] = squares === 0 ? 0 : fourths / (squares * squares);
  }
  return ratio;
}

/**
 * Strength of every neuron, Str_m = ‖w_m‖_∞ · φ(‖u_m‖_∞ + ‖v_m‖_∞) (paper, R5.1): about the largest logit it
 * can give; task-agnostic. For reverse-ReLU, where that is 0, φ is taken at −(‖u_m‖_∞ + ‖v_m‖_∞)
 * [assumed]. A hidden bias, which the paper's network lacks, is left out. [M]
 */
export function strength(network: Network, activation: Activation): Float64Array {
  const { modulus, width, U, V, W } = network;
  return Float64Array.from({ length: width }, (_, neuron) => {
    let u = 0;
    let v = 0;
    let w = 0;
    for (let x = 0; x < modulus; x++) {
      u = Math.max(u, Math.abs(U[neuron * modulus + x]));
      v = Math.max(v, Math.abs(V[neuron * modulus + x]));
      w = Math.max(w, Math.abs(W[x * width + neuron]));
    }
    return w * largestActivation(activation, u + v);
  });
}

/** Neurons from the highest score to the lowest; by index on a tie. [M] */
export function rankNeurons(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores, (_, neuron) => neuron).sort(
    (x, y) => scores[y] - scores[x] || x - y,
  );
}

/** φ(x) for x ≥ 0; φ(−x) for reverse-ReLU. */
function largestActivation(activation: Activation, x: number): number {
  switch (activation) {
    case 'relu':
    case 'reverse-relu':
      return x;
    case 'quadratic':
      return x * x;
    case 'gelu':
      return x * normalTail(-x);
  }
}

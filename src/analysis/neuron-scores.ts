import type { Activation, Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import { networkSpectra, power } from './dft.ts';
import { normalTail } from './tails.ts';

export type NeuronScore = 'ipr' | 'strength';

/**
 * Inverse participation ratio of every output column, IPR_m = ‖ŵ_m‖₄⁴ / ‖ŵ_m‖₂⁴ (paper, R5.1), over the
 * two-sided spectrum, all ω of the group, the constant term included: ½ for a pure cosine, about 2/P for
 * noise, 1 for a constant or a real character. 0 for a neuron without output. [M]
 */
export function inverseParticipationRatio(network: Network, basis?: Basis): Float64Array {
  const { W } = networkSpectra(network, basis);
  const { multiplicity } = W.characters;
  const ratio = new Float64Array(network.width);
  for (let neuron = 0; neuron < network.width; neuron++) {
    let squares = 0;
    let fourths = 0;
    for (let frequency = 0; frequency <= W.half; frequency++) {
      const energy = power(W, neuron, frequency);
      squares += multiplicity[frequency] * energy;
      fourths += multiplicity[frequency] * energy * energy;
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

/**
 * Spearman's rank correlation of two scores of the same neurons, 1 − 6 Σ d² / (M(M² − 1)) with d the
 * difference of a neuron's ranks by `rankNeurons`: −1…1; 1 for fewer than two neurons.
 * @throws RangeError where their numbers of neurons differ.
 */
export function rankCorrelation(first: Float64Array, second: Float64Array): number {
  const count = first.length;
  if (second.length !== count) throw new RangeError('both scores must be of the same neurons');
  if (count < 2) return 1;
  const [x, y] = [ranksOf(first), ranksOf(second)];
  const squares = x.reduce((sum, rank, neuron) => sum + (rank - y[neuron]) ** 2, 0);
  return 1 - (6 * squares) / (count * (count * count - 1));
}

/** The place of every neuron in the ranking, 0 for the highest score: [M]. */
function ranksOf(scores: Float64Array): Float64Array {
  const ranks = new Float64Array(scores.length);
  rankNeurons(scores).forEach((neuron, rank) => {
    ranks[neuron] = rank;
  });
  return ranks;
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

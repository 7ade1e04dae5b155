import type { Generator } from '../task/generator.ts';
import { fillGaussian, inversePower } from './gaussian.ts';
import { emptyNetwork, type Network } from './network.ts';

export interface Initialization {
  /**
   * null: as PyTorch's Linear on the 2P-wide one-hot input, U, V and the hidden bias uniform in ±1/√(2P),
   * W and μ uniform in ±1/√M [assumed; the paper doesn't say].
   * γ: every weight, the biases too, from N(0, M^(−2γ)) [follow-up paper; that the biases are drawn
   * alike: assumed].
   */
  readonly gamma?: number | null;
  /**
   * V is a copy of U. V is drawn all the same, so that W and μ are those of the free network. The bound
   * stays 1/√(2P), which keeps the hidden layer's scale [assumed].
   */
  readonly tied?: boolean;
  readonly hiddenBias?: boolean;
}

/**
 * Initial weights, drawn from `generator` in the order U, V, W, μ and then, if there is one, the hidden
 * bias, each row-major: a hidden bias doesn't move the weights of a seed.
 */
export function initializeNetwork(
  modulus: number,
  width: number,
  generator: Generator,
  { gamma = null, tied = false, hiddenBias = false }: Initialization = {},
): Network {
  const network = {
    ...emptyNetwork(modulus, width),
    hiddenBias: hiddenBias ? new Float32Array(width) : null,
  };
  const fill = (weights: Float32Array, bound: number) => {
    if (gamma !== null) return fillGaussian(weights, inversePower(width, gamma), generator);
    for (let i = 0; i < weights.length; i++) weights[i] = (2 * generator.uniform() - 1) * bound;
  };
  const inputBound = 1 / Math.sqrt(2 * modulus);
  const outputBound = 1 / Math.sqrt(width);
  fill(network.U, inputBound);
  fill(network.V, inputBound);
  fill(network.W, outputBound);
  fill(network.mu, outputBound);
  if (network.hiddenBias !== null) fill(network.hiddenBias, inputBound);
  if (tied) network.V.set(network.U);
  return network;
}

import type { Generator } from '../task/generator.ts';
import { emptyNetwork, type Network } from './network.ts';

/**
 * Initial weights as PyTorch's Linear gives them on the 2P-wide one-hot input [assumed; the paper
 * doesn't say]: U, V uniform in ±1/√(2P), W and μ uniform in ±1/√M, no hidden bias. Drawn from
 * `generator` in the order U, V, W, μ, each row-major.
 */
export function initializeNetwork(modulus: number, width: number, generator: Generator): Network {
  const network = emptyNetwork(modulus, width);
  const inputBound = 1 / Math.sqrt(2 * modulus);
  const outputBound = 1 / Math.sqrt(width);
  const fill = (weights: Float32Array, bound: number) => {
    for (let i = 0; i < weights.length; i++) weights[i] = (2 * generator.uniform() - 1) * bound;
  };
  fill(network.U, inputBound);
  fill(network.V, inputBound);
  fill(network.W, outputBound);
  fill(network.mu, outputBound);
  return network;
}

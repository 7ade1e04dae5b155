/** A network on many pairs, and its copies between single and double precision. */
import type { Activation, Network } from '../../model/network.ts';
import { argmax, type DoubleNetwork, forwardPair } from './forward.ts';

/** The argmax class for every pair: [P²]. */
export function answersOf(network: DoubleNetwork, activation: Activation): Uint16Array {
  const answers = new Uint16Array(network.modulus ** 2);
  forEachPair(network, activation, 0, network.modulus, (pair, z) => {
    answers[pair] = argmax(z, 0, z.length);
  });
  return answers;
}

/** Calls `use` with the logits [P] of every pair (a, b), firstA ≤ a < firstA + countA; they are overwritten next. */
export function forEachPair(
  network: DoubleNetwork,
  activation: Activation,
  firstA: number,
  countA: number,
  use: (pair: number, logits: Float64Array) => void,
): void {
  const { modulus, width } = network;
  const preActivation = new Float64Array(width);
  const hidden = new Float64Array(width);
  const z = new Float64Array(modulus);
  for (let a = firstA; a < firstA + countA; a++) {
    for (let b = 0; b < modulus; b++) {
      forwardPair(network, activation, a, b, preActivation, hidden, z);
      use(a * modulus + b, z);
    }
  }
}

export function toDouble(network: Network): DoubleNetwork {
  return {
    modulus: network.modulus,
    width: network.width,
    U: Float64Array.from(network.U),
    V: Float64Array.from(network.V),
    W: Float64Array.from(network.W),
    mu: Float64Array.from(network.mu),
    hiddenBias: network.hiddenBias === null ? null : Float64Array.from(network.hiddenBias),
  };
}

export function toSingle(network: DoubleNetwork): Network {
  return {
    modulus: network.modulus,
    width: network.width,
    U: Float32Array.from(network.U),
    V: Float32Array.from(network.V),
    W: Float32Array.from(network.W),
    mu: Float32Array.from(network.mu),
    hiddenBias: network.hiddenBias === null ? null : Float32Array.from(network.hiddenBias),
  };
}

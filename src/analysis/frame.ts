/** A network, its pairs and its answers, in the order of a basis: token tokens[x] becomes x. */
import type { Network } from '../model/network.ts';
import { type Basis, elementsOf } from '../task/basis.ts';

/** The answer of a rule on a pair that it says nothing about; no token has that number. */
export const noAnswer = 65535;

/**
 * The network over the elements of a basis, of which it may have fewer than tokens: U and V [M, N], W [N, M].
 * The network itself where every token stands for itself.
 */
export function frameNetwork(network: Network, { tokens, group }: Basis): Network {
  const { modulus, width, U, V, W, mu, hiddenBias } = network;
  if (tokens.length === modulus && tokens.every((token, x) => token === x)) return network;
  const order = group.order;
  const columns = (matrix: Float32Array) =>
    Float32Array.from({ length: width * order }, (_, at) => {
      const neuron = Math.floor(at / order);
      return matrix[neuron * modulus + tokens[at % order]];
    });
  return {
    modulus: order,
    width,
    U: columns(U),
    V: columns(V),
    W: Float32Array.from(
      { length: order * width },
      (_, at) => W[tokens[Math.floor(at / width)] * width + (at % width)],
    ),
    mu: Float32Array.from(tokens, (token) => mu[token]),
    hiddenBias,
  };
}

/** The pairs a·P + b of tokens as pairs x·N + y of elements; those with a token set apart are left out. */
export function framePairs(pairs: Uint32Array, basis: Basis, modulus: number): Uint32Array {
  const elements = elementsOf(basis, modulus);
  const { order } = basis.group;
  const framed: number[] = [];
  for (const pair of pairs) {
    const x = elements[Math.floor(pair / modulus)];
    const y = elements[pair % modulus];
    if (x >= 0 && y >= 0) framed.push(x * order + y);
  }
  return Uint32Array.from(framed);
}

/** A table over elements, [N²], as one over tokens, [P²]; `noAnswer` where a token is set apart. */
export function unframeAnswers(
  table: ArrayLike<number>,
  { tokens, group }: Basis,
  modulus: number,
): Uint16Array {
  const { order } = group;
  const answers = new Uint16Array(modulus * modulus).fill(noAnswer);
  for (let x = 0; x < order; x++) {
    for (let y = 0; y < order; y++) {
      answers[tokens[x] * modulus + tokens[y]] = tokens[table[x * order + y]];
    }
  }
  return answers;
}

import type { Activation, Network } from '../model/network.ts';
import { add, elementwiseProduct, gelu, relu, scale } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { embedding, transpose } from './rearrange.ts';
import type { Tape } from './tape.ts';
import { parameter, type Tensor } from './tensor.ts';

/** The network of the paper on the tape: U, V [M, P], W [P, M], mu [P], hiddenBias [M] or null. */
export interface TwoLayer {
  readonly U: Tensor;
  readonly V: Tensor;
  readonly W: Tensor;
  readonly mu: Tensor;
  readonly hiddenBias: Tensor | null;
}

/** A network's weights as parameters; shares their arrays. */
export function twoLayer(network: Network): TwoLayer {
  const { modulus, width, U, V, W, mu, hiddenBias } = network;
  return {
    U: parameter(U, [width, modulus]),
    V: parameter(V, [width, modulus]),
    W: parameter(W, [modulus, width]),
    mu: parameter(mu, [modulus]),
    hiddenBias: hiddenBias === null ? null : parameter(hiddenBias, [width]),
  };
}

/** Logits W φ(U e_a + V e_b + h) + μ of the pairs (a_i, b_i): [n, P]. */
export function twoLayerLogits(
  tape: Tape,
  { U, V, W, mu, hiddenBias }: TwoLayer,
  activation: Activation,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): Tensor {
  const columns = (matrix: Tensor, tokens: ArrayLike<number>) =>
    embedding(tape, transpose(tape, matrix), tokens);
  const sum = add(tape, columns(U, a), columns(V, b));
  const input = hiddenBias === null ? sum : add(tape, sum, hiddenBias);
  const hidden = activate(tape, activation, input);
  return add(tape, matmul(tape, hidden, W, { transposeB: true }), mu);
}

function activate(tape: Tape, activation: Activation, x: Tensor): Tensor {
  switch (activation) {
    case 'relu':
      return relu(tape, x);
    case 'reverse-relu':
      return relu(tape, scale(tape, x, -1));
    case 'quadratic':
      return elementwiseProduct(tape, x, x);
    case 'gelu':
      return gelu(tape, x);
  }
}

/**
 * The one-layer transformer of Nanda et al. 2023 ("Progress measures for grokking via mechanistic
 * interpretability") for a ∘ b = c mod P [assumed: the paper filters "a transformer" and states no
 * architecture]. It reads the three tokens "a b =", with "=" token P, and answers at "=":
 *
 *     x_t = E[token_t] + p_t
 *     r   = x_= + W_O · attention(x)        four heads of 32, no layer normalisation, no biases
 *     z   = W_U · (r + W_out ReLU(W_in r + b_in) + b_out)
 *
 * As in their code: learned positions, biases in the MLP alone, no bias at the unembedding. Two things
 * differ: z has the P classes only, theirs also a logit for "="; and matrices stand [inputs, outputs].
 */
import { fillGaussian } from '../model/gaussian.ts';
import type { Generator } from '../task/generator.ts';
import { attention } from './attention.ts';
import { add, relu } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { embedding, reshape } from './rearrange.ts';
import type { Tape } from './tape.ts';
import { constant, parameter, type Tensor } from './tensor.ts';

export interface TransformerShape {
  readonly modulus: number;
  /** d_model. */
  readonly width: number;
  readonly heads: number;
  /** d_mlp. */
  readonly hiddenWidth: number;
}

/** Nanda et al.'s sizes. */
export const transformerSizes = { width: 128, heads: 4, hiddenWidth: 512 } as const;

/** In the order in which they are drawn, stepped and hashed; P the modulus, d the width, h the hidden width. */
export interface TransformerWeights {
  /** E [P + 1, d] and p [3, d]. */
  readonly tokens: Tensor;
  readonly positions: Tensor;
  /** [d, d] each; a head owns d/heads columns of the first three and as many rows of the last. */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly attentionOutput: Tensor;
  /** W_in [d, h], b_in [h], W_out [h, d], b_out [d]. */
  readonly hidden: Tensor;
  readonly hiddenBias: Tensor;
  readonly output: Tensor;
  readonly outputBias: Tensor;
  /** W_U [d, P]. */
  readonly unembedding: Tensor;
}

export interface Transformer {
  readonly shape: TransformerShape;
  readonly weights: TransformerWeights;
}

/**
 * Initial weights as in Nanda et al.'s code [assumed]: every matrix from N(0, 1/d), W_U from N(0, 1/P),
 * biases 0. (Their W_out, too, has the deviation 1/√d_model.)
 */
export function initializeTransformer(shape: TransformerShape, generator: Generator): Transformer {
  const { modulus, width, hiddenWidth } = shape;
  const gaussian = (rows: number, columns: number, deviation = 1 / Math.sqrt(width)) => {
    const data = new Float32Array(rows * columns);
    fillGaussian(data, deviation, generator);
    return parameter(data, [rows, columns]);
  };
  const zeros = (length: number) => parameter(new Float32Array(length), [length]);
  // Properties of a literal are evaluated in order, which fixes the order of the draws.
  const weights: TransformerWeights = {
    tokens: gaussian(modulus + 1, width),
    positions: gaussian(3, width),
    query: gaussian(width, width),
    key: gaussian(width, width),
    value: gaussian(width, width),
    attentionOutput: gaussian(width, width),
    hidden: gaussian(width, hiddenWidth),
    hiddenBias: zeros(hiddenWidth),
    output: gaussian(hiddenWidth, width),
    outputBias: zeros(width),
    unembedding: gaussian(width, modulus, 1 / Math.sqrt(modulus)),
  };
  return { shape, weights };
}

/** The same weights, to compute with and not to train: nothing of them goes onto a tape. */
export function frozen(transformer: Transformer): Transformer {
  const entries = Object.entries(transformer.weights) as [keyof TransformerWeights, Tensor][];
  const constants = entries.map(([name, { data, shape }]) => [name, constant(data, shape)]);
  return { shape: transformer.shape, weights: Object.fromEntries(constants) };
}

/**
 * What stands at "=" before the unembedding, for the sequences "a_i b_i =": [n, d].
 *
 * Only "=" is read out, so only "=" asks, and only there is an MLP. And only 2P + 1 different vectors x_t
 * exist (a token at the first place, a token at the second, "=" at the third), so keys and values are
 * projected once for each of them. Both leave every product of a row as it is.
 */
export function transformerResidual(
  tape: Tape,
  { shape, weights }: Transformer,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): Tensor {
  const { modulus, width, heads } = shape;
  const n = a.length;
  const equals = 2 * modulus;
  const count = equals + 1;
  const x = add(
    tape,
    embedding(tape, weights.tokens, Uint32Array.from({ length: count }, tokenOf)),
    embedding(tape, weights.positions, Uint32Array.from({ length: count }, positionOf)),
  );
  const keyRows = new Uint32Array(3 * n);
  for (let i = 0; i < n; i++) {
    keyRows[3 * i] = a[i];
    keyRows[3 * i + 1] = modulus + b[i];
    keyRows[3 * i + 2] = equals;
  }
  const atEquals = embedding(tape, x, [equals]);
  const mixed = attention(
    tape,
    matmul(tape, atEquals, weights.query),
    matmul(tape, x, weights.key),
    matmul(tape, x, weights.value),
    heads,
    { sequences: n, queries: 1, keys: 3, queryRows: new Uint32Array(n), keyRows },
  );
  const residual = add(
    tape,
    matmul(tape, mixed, weights.attentionOutput),
    reshape(tape, atEquals, [width]),
  );
  const hidden = relu(tape, add(tape, matmul(tape, residual, weights.hidden), weights.hiddenBias));
  const output = add(tape, matmul(tape, hidden, weights.output), weights.outputBias);
  return add(tape, residual, output);

  function tokenOf(_: unknown, row: number) {
    return row === equals ? modulus : row % modulus;
  }
  function positionOf(_: unknown, row: number) {
    return Math.floor(row / modulus);
  }
}

/** Logits at "=" of the sequences "a_i b_i =": [n, P]. */
export function transformerLogits(
  tape: Tape,
  transformer: Transformer,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): Tensor {
  const residual = transformerResidual(tape, transformer, a, b);
  return matmul(tape, residual, transformer.weights.unembedding);
}

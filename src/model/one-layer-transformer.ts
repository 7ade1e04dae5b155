/**
 * A one-layer transformer that reads two tokens, and perhaps "=", and answers at the last of them; the
 * superset of what others train on modular arithmetic. The training of `tape/transformer.ts` has a part of it.
 *
 *     x_t = E[token_t] + p_t
 *     r   = x_last + b_O + Σ_heads W_O · softmax(q·k/√h) v,   q, k, v = W·N₁(x) + b
 *     s   = r + W_out φ(W_in N₂(r) + b_in) + b_out
 *     z   = W_U · N(s) + b_U
 *
 * P the modulus, d the width, H heads of h columns each, m the hidden width; matrices stand [inputs, outputs].
 */
export interface OneLayerTransformer {
  readonly modulus: number;
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
  /** 0 where there is no MLP. */
  readonly hiddenWidth: number;
  /** E of the tokens 0…P−1, [P, d], and of "=", [d]; null where the sequence is "a b". */
  readonly tokens: Float32Array;
  readonly equals: Float32Array | null;
  /** p of the places of a, b and "=": [3, d], or [2, d] without "=". */
  readonly positions: Float32Array;
  /** [d, H·h] each, head by head; their biases [H·h], zeros where a file has none. */
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly queryBias: Float32Array;
  readonly keyBias: Float32Array;
  readonly valueBias: Float32Array;
  /** W_O [H·h, d] and b_O [d]. */
  readonly attentionOutput: Float32Array;
  readonly attentionOutputBias: Float32Array;
  /** W_in [d, m], b_in [m], W_out [m, d], b_out [d]. */
  readonly hidden: Float32Array;
  readonly hiddenBias: Float32Array;
  readonly output: Float32Array;
  readonly outputBias: Float32Array;
  /** W_U [d, P] and b_U [P]: the outputs 0…P−1 alone, without one for "=". */
  readonly unembedding: Float32Array;
  readonly unembeddingBias: Float32Array;
  /** N₁, N₂ and N; null: none. */
  readonly attentionNorm: Normalization | null;
  readonly hiddenNorm: Normalization | null;
  readonly finalNorm: Normalization | null;
}

/** gain ∘ (x − mean)/√(variance + ε) + bias over the d entries of a row; "rms" subtracts no mean. */
export interface Normalization {
  readonly kind: 'layer' | 'rms';
  readonly gain: Float32Array;
  readonly bias: Float32Array;
  readonly epsilon: number;
}

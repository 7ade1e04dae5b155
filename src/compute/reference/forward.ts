import { activationFunctions } from '../../model/activation.ts';
import type { Activation } from '../../model/network.ts';

/** Weights in double precision, shapes as in `Network`. */
export interface DoubleNetwork {
  readonly modulus: number;
  readonly width: number;
  readonly U: Float64Array;
  readonly V: Float64Array;
  readonly W: Float64Array;
  readonly mu: Float64Array;
  readonly hiddenBias: Float64Array | null;
}

/**
 * One pair through the network: writes pre-activations x = U e_a + V e_b + h [M], hidden = φ(x) [M]
 * and logits W·hidden + μ [P].
 */
export function forwardPair(
  network: DoubleNetwork,
  activation: Activation,
  a: number,
  b: number,
  preActivation: Float64Array,
  hidden: Float64Array,
  logits: Float64Array,
): void {
  const { modulus, width, U, V, W, mu, hiddenBias } = network;
  const { value } = activationFunctions[activation];
  for (let m = 0; m < width; m++) {
    const x = U[m * modulus + a] + V[m * modulus + b] + (hiddenBias === null ? 0 : hiddenBias[m]);
    preActivation[m] = x;
    hidden[m] = value(x);
  }
  for (let p = 0; p < modulus; p++) {
    let z = mu[p];
    for (let m = 0; m < width; m++) z += W[p * width + m] * hidden[m];
    logits[p] = z;
  }
}

/** Index of the largest of `count` values from `offset` on; ties go to the smaller index. */
export function argmax(values: ArrayLike<number>, offset: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[offset + i] > values[offset + best]) best = i;
  return best;
}

/**
 * The two-layer network of the paper: f(a, b) = W φ(U e_a + V e_b + h) + μ.
 *
 * P is the modulus (tokens 0…P−1 and as many classes), M the width. All arrays are row-major, as in
 * the file format: U and V are [M, P], W is [P, M], μ is [P], the optional hidden bias h is [M]
 * (the paper's network has none; networks trained elsewhere may).
 */
export interface Network {
  readonly modulus: number;
  readonly width: number;
  readonly U: Float32Array;
  readonly V: Float32Array;
  readonly W: Float32Array;
  readonly mu: Float32Array;
  readonly hiddenBias: Float32Array | null;
}

/** φ: ReLU max(0, x), quadratic x², exact GELU x·Φ(x) with the error function, reverse-ReLU max(0, −x). */
export const activations = ['relu', 'quadratic', 'gelu', 'reverse-relu'] as const;
export type Activation = (typeof activations)[number];

/** A network of zeros with the given shape. */
export function emptyNetwork(modulus: number, width: number): Network {
  return {
    modulus,
    width,
    U: new Float32Array(width * modulus),
    V: new Float32Array(width * modulus),
    W: new Float32Array(modulus * width),
    mu: new Float32Array(modulus),
    hiddenBias: null,
  };
}

/** A deep copy. */
export function copyNetwork(network: Network): Network {
  return {
    modulus: network.modulus,
    width: network.width,
    U: network.U.slice(),
    V: network.V.slice(),
    W: network.W.slice(),
    mu: network.mu.slice(),
    hiddenBias: network.hiddenBias?.slice() ?? null,
  };
}

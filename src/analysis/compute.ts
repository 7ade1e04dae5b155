/**
 * What the analysis needs from outside: an evaluation and a fast matrix product. Analysis imports no
 * backend; every backend of `compute/` fits this shape.
 */
import type { Activation, Network } from '../model/network.ts';

export interface AnalysisCompute {
  /** The argmax class for every pair, at index a·P + b: [P²]. */
  answers(network: Network, activation: Activation): Uint16Array;
  /** Logits of the pairs (a, b) with firstA ≤ a < firstA + countA and all b: [countA·P, P]. */
  logits(network: Network, activation: Activation, firstA: number, countA: number): Float32Array;
  /** C [m, n] = A [m, k] · B [k, n], all row-major; `a` is Aᵀ [k, m], `b` Bᵀ [n, k] where transposed. */
  multiply(
    a: Float32Array,
    b: Float32Array,
    m: number,
    k: number,
    n: number,
    transposed?: { readonly transposeA?: boolean; readonly transposeB?: boolean },
  ): Float32Array;
}

import type { Activation } from './network.ts';

/** φ and its derivative in double precision. At the kink of ReLU and reverse-ReLU the derivative is 0, as in PyTorch. */
export interface ActivationFunction {
  readonly value: (x: number) => number;
  readonly derivative: (x: number) => number;
}

export const activationFunctions: Record<Activation, ActivationFunction> = {
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  'reverse-relu': { value: (x) => Math.max(-x, 0), derivative: (x) => (x < 0 ? -1 : 0) },
  quadratic: { value: (x) => x * x, derivative: (x) => 2 * x },
  gelu: {
    value: (x) => x * normalCdf(x),
    derivative: (x) => normalCdf(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
  },
};

function normalCdf(x: number): number {
  return 0.5 * (1 + erf(x / Math.SQRT2));
}

/**
 * The error function by its series of positive terms (no cancellation; NIST DLMF 7.6.2):
 * erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5⋯(2n+1)). Beyond |x| = 6 it is ±1 in double precision.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}

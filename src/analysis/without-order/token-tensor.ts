/** A table over three kinds of tokens, of which only equality is known: the order of none is used here. */
import type { Network } from '../../model/network.ts';
import type { LabelledPairs } from '../../task/dataset.ts';
import type { AnalysisCompute } from '../compute.ts';

/** The modes of the table: tokens of a, of b, of c. */
export const modes = [0, 1, 2] as const;
export type Mode = (typeof modes)[number];

/** The other two modes, in the order in which `TokenTensor.layouts` has them. */
export function otherModes(mode: Mode): readonly [Mode, Mode] {
  return [((mode + 2) % 3) as Mode, ((mode + 1) % 3) as Mode];
}

/**
 * X[a, b, c], centred over each mode and scaled to mean square 1, once for each mode with that mode
 * outermost: layouts[i] is [i, i + 2, i + 1] (mod 3), [P, P, P] row-major, so that a product with a
 * matrix contracts mode i + 1.
 */
export interface TokenTensor {
  readonly modulus: number;
  readonly layouts: readonly [Float32Array, Float32Array, Float32Array];
}

/**
 * What the weights say of three tokens together: A[a, b, c] = Σ_m U[m, a] V[m, b] W[c, m]. It
 * is, up to terms of fewer than three tokens, half of what the network with φ(x) = x² answers. Its rule
 * part, as far as there is one, is Σ_ω λ_ω χ_ω(a) χ_ω(b) χ̄_ω(c), whatever the tokens are called.
 *
 * Whitened: each mode is multiplied by the inverse square root of its covariance (ridge 10⁻³ of the
 * mean). That takes down directions that a few tokens own; a rule whose characters are all alike stays as
 * it is.
 */
export function weightTensor(network: Network, compute: AnalysisCompute): TokenTensor {
  const { modulus, width, U, V, W } = network;
  const values = new Float32Array(modulus ** 3);
  const products = new Float32Array(modulus * width);
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      for (let m = 0; m < width; m++) {
        products[b * width + m] = U[m * modulus + a] * V[m * modulus + b];
      }
    }
    const block = compute.multiply(products, W, modulus, width, modulus, { transposeB: true });
    values.set(block, a * modulus * modulus);
  }
  return tensorOf(whiten(centre(values, modulus), modulus, compute), modulus);
}

/** 1 where (a, b) has the label c, −1/P off it, 0 on pairs that aren't listed. */
export function labelTensor({ pair, label }: LabelledPairs, modulus: number): TokenTensor {
  const values = new Float32Array(modulus ** 3);
  pair.forEach((index, row) => {
    values.fill(-1 / modulus, index * modulus, (index + 1) * modulus);
    values[index * modulus + label[row]] += 1;
  });
  return tensorOf(centre(values, modulus), modulus);
}

function tensorOf(values: Float32Array, modulus: number): TokenTensor {
  let squares = 0;
  for (const value of values) squares += value * value;
  const scale = squares > 0 ? Math.sqrt(values.length / squares) : 0;
  const byA = new Float32Array(values.length);
  const byB = new Float32Array(values.length);
  const byC = new Float32Array(values.length);
  let at = 0;
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      for (let c = 0; c < modulus; c++) {
        const value = values[at++] * scale;
        byA[(a * modulus + c) * modulus + b] = value;
        byB[(b * modulus + a) * modulus + c] = value;
        byC[(c * modulus + b) * modulus + a] = value;
      }
    }
  }
  return { modulus, layouts: [byA, byB, byC] };
}

/** Takes the mean over each mode away, in place. */
function centre(values: Float32Array, modulus: number): Float32Array {
  for (const stride of [1, modulus, modulus * modulus]) {
    for (let start = 0; start < values.length; start++) {
      if (Math.floor(start / stride) % modulus !== 0) continue;
      let sum = 0;
      for (let i = 0; i < modulus; i++) sum += values[start + i * stride];
      const mean = sum / modulus;
      for (let i = 0; i < modulus; i++) values[start + i * stride] -= mean;
    }
  }
  return values;
}

/** Whitens the last mode and moves it to the front, three times: [a, b, c] again. */
function whiten(values: Float32Array, modulus: number, compute: AnalysisCompute): Float32Array {
  const square = modulus * modulus;
  let turned: Float32Array = values;
  for (let turn = 0; turn < 3; turn++) {
    const covariance = compute.multiply(turned, turned, modulus, square, modulus, {
      transposeA: true,
    });
    const root = inverseRoot(covariance, modulus, compute);
    // C [P, P²]: the whitened mode first, then the other two in their order.
    turned = compute.multiply(root, turned, modulus, modulus, square, { transposeB: true });
  }
  return turned;
}

const ridge = 1e-3;
/** A small eigenvalue grows 2.25-fold a round: 25 rounds are ample from 10⁻³/P of the trace, P < 1000. */
const rounds = 25;

/**
 * C^(−½) of a covariance whose constant direction is empty and gets the mean eigenvalue; up to scale. By the
 * coupled Newton–Schulz iteration (Higham 2008, Functions of Matrices, 6.35).
 */
function inverseRoot(
  covariance: Float32Array,
  size: number,
  compute: AnalysisCompute,
): Float32Array {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += covariance[i * size + i];
  const identity = new Float32Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  if (!(trace > 0)) return identity;
  const mean = trace / size;
  let y: Float32Array = covariance.map(
    (value, i) => (value + mean / size + ridge * mean * identity[i]) / (trace * (1 + 2 * ridge)),
  );
  let z: Float32Array = identity;
  for (let round = 0; round < rounds; round++) {
    const product = compute.multiply(z, y, size, size, size);
    const step = product.map((value, i) => 0.5 * (3 * identity[i] - value));
    y = compute.multiply(y, step, size, size, size);
    z = compute.multiply(step, z, size, size, size);
  }
  return z;
}

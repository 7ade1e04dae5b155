/**
 * Kernels K(a, a') that depend on the difference of two tokens alone, found without knowing any difference.
 *
 * Two tokens of b that are d apart go, for every c, with two tokens of a that are d apart. So the map
 * K ↦ Σ_c X_c K X_cᵀ (X_c the matrix of one c) takes functions of b − b' to functions of a − a', the same
 * ones for every character: on them it has the largest singular value, λ² for a rule of strength λ, against
 * 2·P^(3/2) of noise with entries 1. Following it around the three modes and starting from random Hermitian
 * kernels, what is left is Σ_ω f_ω χ_ω χ_ω*, f real and random: its eigenvectors are characters.
 */
import type { Generator } from '../../task/generator.ts';
import type { AnalysisCompute } from '../compute.ts';
import { type Complex, normalise, zeros } from './complex.ts';
import type { Mode, TokenTensor } from './token-tensor.ts';

/** The way around: kernels of b to kernels of a, of a to c, of c to b. */
const around: readonly Mode[] = [0, 2, 1];

/**
 * `count` orthonormal Hermitian kernels over the tokens of b, [P, P] each, after `cycles` ways around all
 * three modes. Their diagonals, which hold the squares of noise, are 0, and so are the means of rows and
 * columns before each step.
 */
export function differenceKernels(
  tensor: TokenTensor,
  count: number,
  cycles: number,
  generator: Generator,
  compute: AnalysisCompute,
): Complex[] {
  const { modulus } = tensor;
  let kernels = Array.from({ length: count }, () => randomHermitian(modulus, generator));
  for (let cycle = 0; cycle < cycles; cycle++) {
    kernels = kernels.map((kernel) =>
      around.reduce((from, mode) => carry(tensor, mode, from, compute), kernel),
    );
    orthonormalise(kernels);
  }
  return kernels;
}

/** Σ over the middle mode of X K Xᵀ: from kernels of the last mode of the layout to those of its first. */
function carry(
  { modulus, layouts }: TokenTensor,
  mode: Mode,
  kernel: Complex,
  compute: AnalysisCompute,
): Complex {
  const layout = layouts[mode];
  const square = modulus * modulus;
  const part = (values: Float64Array) => {
    const inner = compute.multiply(layout, Float32Array.from(values), square, modulus, modulus);
    const outer = compute.multiply(inner, layout, modulus, square, modulus, { transposeB: true });
    return Float64Array.from(outer);
  };
  const carried = { re: part(kernel.re), im: part(kernel.im) };
  tidy(carried, modulus);
  return carried;
}

/** Makes a kernel Hermitian with empty diagonal and no means, of norm 1, in place. */
function tidy(kernel: Complex, modulus: number): void {
  for (let i = 0; i < modulus; i++) {
    for (let j = 0; j <= i; j++) {
      const [at, mirror] = [i * modulus + j, j * modulus + i];
      const real = i === j ? 0 : (kernel.re[at] + kernel.re[mirror]) / 2;
      const imaginary = (kernel.im[at] - kernel.im[mirror]) / 2;
      kernel.re[at] = real;
      kernel.re[mirror] = real;
      kernel.im[at] = imaginary;
      kernel.im[mirror] = -imaginary;
    }
  }
  for (const values of [kernel.re, kernel.im]) {
    for (const [outer, inner] of [
      [modulus, 1],
      [1, modulus],
    ]) {
      for (let i = 0; i < modulus; i++) {
        let sum = 0;
        for (let j = 0; j < modulus; j++) sum += values[i * outer + j * inner];
        for (let j = 0; j < modulus; j++) values[i * outer + j * inner] -= sum / modulus;
      }
    }
  }
  normalise(kernel);
}

function randomHermitian(modulus: number, generator: Generator): Complex {
  const kernel = zeros(modulus * modulus);
  for (let i = 0; i < kernel.re.length; i++) {
    kernel.re[i] = generator.uniform() - 0.5;
    kernel.im[i] = generator.uniform() - 0.5;
  }
  tidy(kernel, modulus);
  return kernel;
}

/** Gram–Schmidt over the reals: Hermitian kernels are a real space. */
function orthonormalise(kernels: readonly Complex[]): void {
  kernels.forEach((kernel, index) => {
    for (const before of kernels.slice(0, index)) {
      let product = 0;
      for (let i = 0; i < kernel.re.length; i++) {
        product += before.re[i] * kernel.re[i] + before.im[i] * kernel.im[i];
      }
      for (let i = 0; i < kernel.re.length; i++) {
        kernel.re[i] -= product * before.re[i];
        kernel.im[i] -= product * before.im[i];
      }
    }
    normalise(kernel);
  });
}

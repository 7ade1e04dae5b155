import type { Network } from '../model/network.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import { type Characters, charactersOf, type GroupOrOrder, groupOf } from './characters.ts';
import { frameNetwork } from './frame.ts';

/**
 * The Fourier transforms of many real functions on a group of N elements, one number for each merged
 * character; the rest follows from x̂(−ω) = conj x̂(ω).
 */
export interface Spectra {
  readonly characters: Characters;
  /** N. */
  readonly modulus: number;
  /** Number of functions. */
  readonly count: number;
  /** The highest merged character: ⌊P/2⌋ on Z_P. */
  readonly half: number;
  /** Real and imaginary parts: [count, half + 1]. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Spectra of the rows of U and V and of the columns of W: one function a neuron. */
export interface NetworkSpectra {
  readonly U: Spectra;
  readonly V: Spectra;
  readonly W: Spectra;
}

/**
 * x̂(ω) = Σ_x row[x] conj χ_ω(x) of every row of a matrix [count, N], in double precision; on Z_P the
 * discrete Fourier transform Σ_x row[x] e^{−2πiωx/P}. A dense transform, so that P may be prime: folding x
 * with −x leaves N²/2 multiply-adds a row.
 */
export function transformRows(
  rows: ArrayLike<number>,
  count: number,
  group: GroupOrOrder,
): Spectra {
  const characters = charactersOf(groupOf(group));
  const { half, folded, conjugated, multiplicity, cosine, sine } = characters;
  const modulus = characters.group.order;
  const stride = half + 1;
  const re = new Float64Array(count * stride);
  const im = new Float64Array(count * stride);
  const even = new Float64Array(stride);
  const odd = new Float64Array(stride);
  for (let row = 0; row < count; row++) {
    const start = row * modulus;
    for (let x = 0; x < modulus; x++) {
      const value = rows[start + x];
      const at = folded[x];
      if (conjugated[x] === 1) {
        even[at] += value;
        odd[at] -= value;
      } else {
        even[at] = value;
        // Characters are real at an element that is its own mirror image.
        odd[at] = multiplicity[at] === 1 ? 0 : value;
      }
    }
    for (let character = 0; character < stride; character++) {
      const table = character * stride;
      let real = 0;
      let imaginary = 0;
      for (let x = 0; x < stride; x++) {
        real += even[x] * cosine[table + x];
        imaginary -= odd[x] * sine[table + x];
      }
      re[row * stride + character] = real;
      im[row * stride + character] = imaginary;
    }
  }
  return { characters, modulus, count, half, re, im };
}

/**
 * û, v̂ (rows of U and V) and ŵ (columns of W, over the output index) of every neuron, in the characters of a
 * basis; the default is the cyclic one, Z_P. Tokens that the basis sets apart don't count.
 */
export function networkSpectra(
  network: Network,
  basis: Basis = cyclicBasis(network.modulus),
): NetworkSpectra {
  const { modulus, width, U, V, W } = frameNetwork(network, basis);
  return {
    U: transformRows(U, width, basis.group),
    V: transformRows(V, width, basis.group),
    W: transformRows(transpose(W, modulus, width), width, basis.group),
  };
}

/** The frequency in 0…⌊P/2⌋ that ω ∈ Z is merged with on Z_P: min(ω mod P, P − ω mod P). */
export function foldFrequency(frequency: number, modulus: number): number {
  const residue = frequency % modulus;
  return Math.min(residue, modulus - residue);
}

/** |x̂_row|² of a merged character. */
export function power({ re, im, half }: Spectra, row: number, character: number): number {
  const at = row * (half + 1) + character;
  return re[at] * re[at] + im[at] * im[at];
}

/** arg x̂_row(ω) in [−π, π] for any element ω of the group, merged or not. */
export function argument(spectra: Spectra, row: number, omega: number): number {
  const { folded, conjugated } = spectra.characters;
  const at = row * (spectra.half + 1) + folded[omega];
  const phase = Math.atan2(spectra.im[at], spectra.re[at]);
  return conjugated[omega] === 1 ? -phase : phase;
}

/** A [rows, columns] → [columns, rows]. */
function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = matrix[row * columns + column];
    }
  }
  return result;
}

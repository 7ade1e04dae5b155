import type { Network } from '../model/network.ts';

/**
 * The discrete Fourier transforms of many real sequences of length P, ω = 0…⌊P/2⌋; the rest follows
 * from x̂(−ω) = conj x̂(ω).
 */
export interface Spectra {
  readonly modulus: number;
  /** Number of sequences. */
  readonly count: number;
  /** ⌊P/2⌋: the highest frequency kept. */
  readonly half: number;
  /** Real and imaginary parts: [count, half + 1]. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Spectra of the rows of U and V and of the columns of W: one sequence a neuron. */
export interface NetworkSpectra {
  readonly U: Spectra;
  readonly V: Spectra;
  readonly W: Spectra;
}

/**
 * x̂(ω) = Σ_x row[x] e^{−2πiωx/P} of every row of a matrix [count, P], in double precision. A dense
 * transform, so that P may be prime: folding x with P − x leaves P²/2 multiply-adds a row.
 */
export function transformRows(rows: ArrayLike<number>, count: number, modulus: number): Spectra {
  const half = Math.floor(modulus / 2);
  const stride = half + 1;
  const { cosine, sine } = halfTables(modulus);
  const re = new Float64Array(count * stride);
  const im = new Float64Array(count * stride);
  const even = new Float64Array(stride);
  const odd = new Float64Array(stride);
  for (let row = 0; row < count; row++) {
    const start = row * modulus;
    even[0] = rows[start];
    for (let x = 1; x <= half; x++) {
      const mirror = modulus - x;
      // For even P, x = P/2 is its own mirror image and counts once.
      even[x] = rows[start + x] + (mirror === x ? 0 : rows[start + mirror]);
      odd[x] = mirror === x ? 0 : rows[start + x] - rows[start + mirror];
    }
    for (let frequency = 0; frequency <= half; frequency++) {
      const table = frequency * stride;
      let real = 0;
      let imaginary = 0;
      for (let x = 0; x <= half; x++) {
        real += even[x] * cosine[table + x];
        imaginary -= odd[x] * sine[table + x];
      }
      re[row * stride + frequency] = real;
      im[row * stride + frequency] = imaginary;
    }
  }
  return { modulus, count, half, re, im };
}

/** û, v̂ (rows of U and V) and ŵ (columns of W, over the output index) of every neuron. */
export function networkSpectra(network: Network): NetworkSpectra {
  const { modulus, width, U, V, W } = network;
  return {
    U: transformRows(U, width, modulus),
    V: transformRows(V, width, modulus),
    W: transformRows(transpose(W, modulus, width), width, modulus),
  };
}

/** The frequency in 0…⌊P/2⌋ that ω ∈ Z is merged with: min(ω mod P, P − ω mod P). */
export function foldFrequency(frequency: number, modulus: number): number {
  const residue = frequency % modulus;
  return Math.min(residue, modulus - residue);
}

/** Whether folding ω ∈ Z conjugates: x̂(ω) = conj x̂(fold ω). */
function isConjugated(frequency: number, modulus: number): boolean {
  return 2 * (frequency % modulus) > modulus;
}

/** |x̂_row(ω)|² for ω in 0…⌊P/2⌋. */
export function power({ re, im, half }: Spectra, row: number, folded: number): number {
  const at = row * (half + 1) + folded;
  return re[at] * re[at] + im[at] * im[at];
}

/** arg x̂_row(ω) in [−π, π] for any integer ω ≥ 0. */
export function argument(spectra: Spectra, row: number, frequency: number): number {
  const at = row * (spectra.half + 1) + foldFrequency(frequency, spectra.modulus);
  const phase = Math.atan2(spectra.im[at], spectra.re[at]);
  return isConjugated(frequency, spectra.modulus) ? -phase : phase;
}

/**
 * How many of ω and −ω are distinct: 2, or 1 for ω = 0 and the Nyquist frequency P/2. By Parseval
 * P · Σ_x x² = Σ_{ω=0}^{⌊P/2⌋} multiplicity(ω) · |x̂(ω)|².
 */
export function multiplicity(folded: number, modulus: number): number {
  return folded === 0 || 2 * folded === modulus ? 1 : 2;
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

/** cos and sin of 2πωx/P for ω, x = 0…⌊P/2⌋: [half + 1, half + 1] each. */
function halfTables(modulus: number): { cosine: Float64Array; sine: Float64Array } {
  const stride = Math.floor(modulus / 2) + 1;
  const cosine = new Float64Array(stride * stride);
  const sine = new Float64Array(stride * stride);
  for (let frequency = 0; frequency < stride; frequency++) {
    for (let x = 0; x < stride; x++) {
      const angle = (2 * Math.PI * ((frequency * x) % modulus)) / modulus;
      cosine[frequency * stride + x] = Math.cos(angle);
      sine[frequency * stride + x] = Math.sin(angle);
    }
  }
  return { cosine, sine };
}

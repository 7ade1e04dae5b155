/** Frequency filtration of a transformer's unembedding (paper, App. D.2). */
import { characterValue } from './characters.ts';
import { type Spectra, transformRows } from './dft.ts';

export interface UnembeddingFiltration {
  /** W_U with the kept frequencies alone: [width, P]. */
  readonly weights: Float32Array;
  /** The kept frequencies, in 1…⌊P/2⌋, rising. */
  readonly frequencies: Uint16Array;
  /** Energy of the frequencies 1…⌊P/2⌋ of the full W_U: [⌊P/2⌋], frequency ω at ω − 1. */
  readonly energies: Float64Array;
}

export interface UnembeddingOptions {
  /** Share of the frequencies that are kept; default 20/56, the paper's 20 at P = 113. */
  readonly share?: number;
  /**
   * Also keep the constant term [assumed: no]. It moves the logits of all classes alike, so no answer and
   * no cross-entropy depends on it.
   */
  readonly keepConstant?: boolean;
}

/** The paper's share: the top 20 of the 56 frequencies at P = 113; at another P the same share [assumed]. */
export const paperShare = 20 / 56;

/**
 * Keeps the frequencies of W_U [width, P] (row-major) that hold the most energy over the output tokens,
 * energy(ω) = Σ_rows n·|Ŵ_row(ω)|² with ω and −ω merged (n = 2, or 1 at the Nyquist frequency of even P),
 * and sets the others to zero. round(share · ⌊P/2⌋) are kept, at least one; ties go to the smaller ω.
 *
 * Throws RangeError for weights that don't fill whole rows of P, or a share outside (0, 1].
 */
export function filterUnembedding(
  weights: Float32Array,
  modulus: number,
  { share = paperShare, keepConstant = false }: UnembeddingOptions = {},
): UnembeddingFiltration {
  const width = weights.length / modulus;
  if (!Number.isInteger(width)) {
    throw new RangeError(`${weights.length} weights don't fill whole rows of ${modulus}`);
  }
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`the share of kept frequencies must be in (0, 1], not ${share}`);
  }
  const spectra = transformRows(weights, width, modulus);
  const energies = energiesOf(spectra);
  const count = Math.max(1, Math.round(share * spectra.half));
  const frequencies = Uint16Array.from(energies, (_, i) => i + 1)
    .sort((x, y) => energies[y - 1] - energies[x - 1] || x - y)
    .slice(0, count)
    .sort();
  const kept = keepConstant ? [0, ...frequencies] : [...frequencies];
  return { weights: synthesise(spectra, kept), frequencies, energies };
}

/**
 * Energy of the frequencies 1…⌊P/2⌋ over all rows of a matrix [rows, P], as `filterUnembedding` counts it: for
 * an unembedding over its outputs, for an embedding turned to [d, P] over its tokens.
 */
export function frequencyEnergies(weights: Float32Array, modulus: number): Float64Array {
  return energiesOf(transformRows(weights, weights.length / modulus, modulus));
}

function energiesOf({ re, im, count, half, characters }: Spectra): Float64Array {
  const energies = new Float64Array(half);
  for (let row = 0; row < count; row++) {
    for (let frequency = 1; frequency <= half; frequency++) {
      const at = row * (half + 1) + frequency;
      energies[frequency - 1] += characters.multiplicity[frequency] * (re[at] ** 2 + im[at] ** 2);
    }
  }
  return energies;
}

/** The rows that these frequencies alone make up: Σ_ω (n/P) Re[x̂(ω) e^{2πiωx/P}]. */
function synthesise(spectra: Spectra, frequencies: readonly number[]): Float32Array {
  const { re, im, count, half, modulus, characters } = spectra;
  const rows = new Float64Array(count * modulus);
  for (const frequency of frequencies) {
    const factor = characters.multiplicity[frequency] / modulus;
    for (let x = 0; x < modulus; x++) {
      const wave = characterValue(characters, frequency, x);
      for (let row = 0; row < count; row++) {
        const at = row * (half + 1) + frequency;
        rows[row * modulus + x] += factor * (re[at] * wave.re - im[at] * wave.im);
      }
    }
  }
  return new Float32Array(rows);
}

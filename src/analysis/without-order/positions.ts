/**
 * From one rough character to a place for every token: x(a) + y(b) + z(c) ≡ 0 (mod P) along the rule, where z
 * is minus the place of c in its order.
 */
import type { AnalysisCompute } from '../compute.ts';
import { bestAssignment } from './assignment.ts';
import type { CharacterCandidate } from './characters.ts';
import { type Mode, modes, otherModes, type TokenTensor } from './token-tensor.ts';

/** A place 0…P−1 for every token of a, b, c, each place once; along the rule they add up to 0 (mod P). */
export type Places = readonly [Uint16Array, Uint16Array, Uint16Array];

export interface Placement {
  readonly places: Places;
  /** Σ X over all a, b and the c they lead to, divided by P: N(0, 1) for places that don't look at X. */
  readonly score: number;
}

/** How sharply the angle of a candidate places a token at first: von Mises, e^{κ cos}. */
const concentration = 3;
const rounds = 40;
/** Beliefs are e^{g·z} with z the standardised message; g grows, so that they settle. */
const firstGain = 1;
const gainPerRound = 0.15;
const balancings = 5;
const assignments = 8;

/**
 * Every token holds a belief over places. In turn, the tokens of one mode hear from all pairs of the others
 *
 *     message(a, x) = Σ_{b,c} X[a, b, c] · P(y(b) + z(c) = −x),
 *
 * by the Fourier transform over places: all characters at once, each as far as beliefs are sharp enough for
 * it (mean-field message passing over Z_P; Perry et al. 2018 for pairs). Rows and columns are balanced,
 * since each place is taken once. At the end every token gets one place, by assignment, some rounds more.
 */
export function placeTokens(
  tensor: TokenTensor,
  { vectors }: CharacterCandidate,
  compute: AnalysisCompute,
): Placement {
  const { modulus } = tensor;
  const beliefs = vectors.map(({ re, im }) => {
    const belief = new Float64Array(modulus * modulus);
    for (let token = 0; token < modulus; token++) {
      const angle = Math.atan2(im[token], re[token]);
      for (let place = 0; place < modulus; place++) {
        const turn = (2 * Math.PI * place) / modulus;
        belief[token * modulus + place] = concentration * Math.cos(angle - turn);
      }
    }
    return balanced(belief, modulus, 0);
  });
  for (let round = 0; round < rounds; round++) {
    const gain = firstGain + gainPerRound * round;
    for (const mode of modes) {
      const message = messages(tensor, mode, beliefs, compute);
      const factor = gain / Math.max(deviation(message), Number.MIN_VALUE);
      beliefs[mode] = balanced(
        message.map((value) => value * factor),
        modulus,
        balancings,
      );
    }
  }
  let places: [Uint16Array, Uint16Array, Uint16Array] = [
    new Uint16Array(modulus),
    new Uint16Array(modulus),
    new Uint16Array(modulus),
  ];
  for (let round = 0; round < assignments; round++) {
    const before = places;
    places = [before[0], before[1], before[2]];
    for (const mode of modes) {
      places[mode] = bestAssignment(messages(tensor, mode, beliefs, compute), modulus);
      beliefs[mode].fill(0);
      places[mode].forEach((place, token) => {
        beliefs[mode][token * modulus + place] = 1;
      });
    }
    if (modes.every((mode) => places[mode].every((place, i) => place === before[mode][i]))) break;
  }
  return { places, score: placementScore(tensor, places) };
}

/** `Placement.score` of any places. */
function placementScore({ modulus, layouts }: TokenTensor, places: Places): number {
  const tokenOfC = new Uint16Array(modulus);
  places[2].forEach((place, token) => {
    tokenOfC[place] = token;
  });
  let sum = 0;
  for (let a = 0; a < modulus; a++) {
    for (let b = 0; b < modulus; b++) {
      const c = tokenOfC[(2 * modulus - places[0][a] - places[1][b]) % modulus];
      sum += layouts[0][(a * modulus + c) * modulus + b];
    }
  }
  return sum / modulus;
}

/** message(token, place) of one mode: [P, P]. */
function messages(
  { modulus, layouts }: TokenTensor,
  mode: Mode,
  beliefs: readonly Float64Array[],
  compute: AnalysisCompute,
): Float64Array {
  const [middle, last] = otherModes(mode);
  const { toWaves, toPlaces, half } = waves(modulus);
  const columns = 2 * half;
  const transform = (belief: Float64Array) =>
    compute.multiply(Float32Array.from(belief), toWaves, modulus, modulus, columns);
  const ofLast = transform(beliefs[last]);
  const ofMiddle = transform(beliefs[middle]);
  const square = modulus * modulus;
  const products = compute.multiply(layouts[mode], ofLast, square, modulus, columns);
  const inWaves = new Float32Array(modulus * columns);
  for (let token = 0; token < modulus; token++) {
    for (let other = 0; other < modulus; other++) {
      const row = (token * modulus + other) * columns;
      for (let k = 0; k < half; k++) {
        const [re, im] = [products[row + k], products[row + half + k]];
        const [otherRe, otherIm] = [
          ofMiddle[other * columns + k],
          ofMiddle[other * columns + half + k],
        ];
        inWaves[token * columns + k] += re * otherRe - im * otherIm;
        inWaves[token * columns + half + k] += re * otherIm + im * otherRe;
      }
    }
  }
  return Float64Array.from(compute.multiply(inWaves, toPlaces, modulus, columns, modulus));
}

/**
 * e^{−2πikx/P} for k = 1…⌊P/2⌋, real parts first: [P, 2·half]; and back to places −x, the message's own
 * place being minus the sum of the others: [2·half, P]. The Nyquist frequency of even P counts once.
 */
function waves(modulus: number): { toWaves: Float32Array; toPlaces: Float32Array; half: number } {
  const half = Math.floor(modulus / 2);
  const toWaves = new Float32Array(modulus * 2 * half);
  const toPlaces = new Float32Array(2 * half * modulus);
  for (let k = 1; k <= half; k++) {
    const weight = (2 * k === modulus ? 1 : 2) / modulus;
    for (let x = 0; x < modulus; x++) {
      const angle = (2 * Math.PI * ((k * x) % modulus)) / modulus;
      toWaves[x * 2 * half + k - 1] = Math.cos(angle);
      toWaves[x * 2 * half + half + k - 1] = -Math.sin(angle);
      toPlaces[(k - 1) * modulus + x] = weight * Math.cos(angle);
      toPlaces[(half + k - 1) * modulus + x] = weight * Math.sin(angle);
    }
  }
  return { toWaves, toPlaces, half };
}

/** e^values with rows that add up to 1, after so many turns of columns and rows; in place. */
function balanced(values: Float64Array, size: number, turns: number): Float64Array {
  for (let row = 0; row < size; row++) {
    const part = values.subarray(row * size, (row + 1) * size);
    let largest = Number.NEGATIVE_INFINITY;
    for (const value of part) largest = Math.max(largest, value);
    for (let i = 0; i < size; i++) part[i] = Math.exp(part[i] - largest);
  }
  scaleLines(values, size, size, 1);
  for (let turn = 0; turn < turns; turn++) {
    scaleLines(values, size, 1, size);
    scaleLines(values, size, size, 1);
  }
  return values;
}

function scaleLines(values: Float64Array, size: number, outer: number, inner: number): void {
  for (let line = 0; line < size; line++) {
    let sum = Number.MIN_VALUE;
    for (let i = 0; i < size; i++) sum += values[line * outer + i * inner];
    for (let i = 0; i < size; i++) values[line * outer + i * inner] /= sum;
  }
}

function deviation(values: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return Math.sqrt(Math.max(0, squares / values.length - (sum / values.length) ** 2));
}

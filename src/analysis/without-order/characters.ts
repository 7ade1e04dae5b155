/** Single characters of the hidden group: X ≈ λ x ⊗ y ⊗ z + the rest, complex, one vector a mode. */
import type { Generator } from '../../task/generator.ts';
import type { AnalysisCompute } from '../compute.ts';
import { type Complex, conjugate, normalise, overlap, times, zeros } from './complex.ts';
import { type Mode, otherModes, type TokenTensor } from './token-tensor.ts';

export interface CharacterCandidate {
  /** Unit vectors over the tokens of a, b and c: [P] each. z carries the conjugate: x·y·z ≈ 1 along a rule. */
  readonly vectors: readonly [Complex, Complex, Complex];
  /** λ, in units of the tensor's entries. */
  readonly strength: number;
}

/** Rounds of the power iterations; the strongest direction stands out by far where there is one. */
const powerRounds = 40;
const alternations = 10;
/** Two candidates whose vectors over a overlap by more are one. */
const sameCharacter = 0.7;

/**
 * Candidates from vectors over the tokens of b, strongest first: completed to the other modes and improved
 * by alternating contractions; what comes out twice is there once.
 */
export function characterCandidates(
  tensor: TokenTensor,
  starts: readonly Complex[],
  generator: Generator,
  compute: AnalysisCompute,
): CharacterCandidate[] {
  const improved = improve(tensor, starts, generator, compute);
  improved.sort((one, other) => other.strength - one.strength);
  const distinct: CharacterCandidate[] = [];
  for (const one of improved) {
    const known = distinct.some(({ vectors: [x] }) => {
      const same = overlap(x, one.vectors[0]);
      const mirrored = overlap(conjugate(x), one.vectors[0]);
      return Math.max(same, mirrored) > sameCharacter;
    });
    if (!known) distinct.push(one);
  }
  return distinct;
}

/** e^{2πiu·place/P} for u = 1…⌊P/2⌋: the characters that an order of tokens has. */
export function charactersOfPlaces(places: ArrayLike<number>): Complex[] {
  const modulus = places.length;
  return Array.from({ length: Math.floor(modulus / 2) }, (_, index) => {
    const vector = zeros(modulus);
    for (let token = 0; token < modulus; token++) {
      const angle = (2 * Math.PI * (((index + 1) * places[token]) % modulus)) / modulus;
      vector.re[token] = Math.cos(angle);
      vector.im[token] = Math.sin(angle);
    }
    normalise(vector);
    return vector;
  });
}

/**
 * The eigenvectors of a Hermitian kernel [P, P] with the largest |eigenvalue|, by power iteration, each after
 * taking those before it away.
 */
export function leadingVectors(kernel: Complex, count: number, generator: Generator): Complex[] {
  const rest = { re: kernel.re.slice(), im: kernel.im.slice() };
  const modulus = Math.sqrt(kernel.re.length);
  return Array.from({ length: count }, () => {
    let vector = randomVector(modulus, generator);
    // The square, so that eigenvalues of either sign settle.
    for (let round = 0; round < powerRounds; round++) {
      vector = times(rest, times(rest, vector));
      normalise(vector);
    }
    const image = times(rest, vector);
    let eigenvalue = 0;
    for (let i = 0; i < modulus; i++) {
      eigenvalue += vector.re[i] * image.re[i] + vector.im[i] * image.im[i];
    }
    for (let i = 0; i < modulus; i++) {
      for (let j = 0; j < modulus; j++) {
        const at = i * modulus + j;
        rest.re[at] -= eigenvalue * (vector.re[i] * vector.re[j] + vector.im[i] * vector.im[j]);
        rest.im[at] -= eigenvalue * (vector.im[i] * vector.re[j] - vector.re[i] * vector.im[j]);
      }
    }
    return vector;
  });
}

function improve(
  tensor: TokenTensor,
  starts: readonly Complex[],
  generator: Generator,
  compute: AnalysisCompute,
): CharacterCandidate[] {
  const { modulus } = tensor;
  const vectors: [Complex[], Complex[], Complex[]] = [[], [...starts], []];
  // The matrix over (a, c) that each start leaves; its leading singular pair starts x and z.
  const partial = contractLast(tensor, 0, starts, compute);
  for (const matrix of partial) {
    let z = randomVector(modulus, generator);
    let x = z;
    for (let round = 0; round < powerRounds; round++) {
      x = times(matrix, conjugate(z));
      normalise(x);
      z = times(matrix, conjugate(x), true);
      normalise(z);
    }
    vectors[0].push(x);
    vectors[2].push(z);
  }
  let strengths: number[] = [];
  for (let round = 0; round < alternations; round++) {
    for (const mode of [1, 0, 2] as const) {
      const [middle, last] = otherModes(mode);
      const matrices = contractLast(tensor, mode, vectors[last], compute);
      vectors[mode] = matrices.map((matrix, i) => times(matrix, conjugate(vectors[middle][i])));
      strengths = vectors[mode].map(normalise);
    }
  }
  return starts.map((_, i) => ({
    vectors: [vectors[0][i], vectors[1][i], vectors[2][i]],
    strength: strengths[i],
  }));
}

/** Σ over the last mode of a layout of X · conj(vector): a matrix [P, P] for each vector. */
function contractLast(
  { modulus, layouts }: TokenTensor,
  mode: Mode,
  vectors: readonly Complex[],
  compute: AnalysisCompute,
): Complex[] {
  const columns = 2 * vectors.length;
  const stacked = new Float32Array(modulus * columns);
  vectors.forEach(({ re, im }, i) => {
    for (let token = 0; token < modulus; token++) {
      stacked[token * columns + 2 * i] = re[token];
      stacked[token * columns + 2 * i + 1] = -im[token];
    }
  });
  const square = modulus * modulus;
  const products = compute.multiply(layouts[mode], stacked, square, modulus, columns);
  return vectors.map((_, i) => {
    const matrix = zeros(square);
    for (let at = 0; at < square; at++) {
      matrix.re[at] = products[at * columns + 2 * i];
      matrix.im[at] = products[at * columns + 2 * i + 1];
    }
    return matrix;
  });
}

function randomVector(length: number, generator: Generator): Complex {
  const vector = zeros(length);
  for (let i = 0; i < length; i++) {
    vector.re[i] = generator.uniform() - 0.5;
    vector.im[i] = generator.uniform() - 0.5;
  }
  normalise(vector);
  return vector;
}

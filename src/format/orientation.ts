/**
 * Which way round the matrices of a file lie. Some multiply weights from the left, some from the right, so
 * every matrix may be stored as documented or transposed; the shapes together say which.
 */
import type { Fail } from './zip.ts';

/** The documented dimensions of a tensor by our or PyTorch's name: M neurons, modulus P. */
const documented = {
  U: ['M', 'P'],
  V: ['M', 'P'],
  W: ['P', 'M'],
  mu: ['P'],
  hidden_bias: ['M'],
  'fc1.weight': ['M', '2P'],
  'fc2.weight': ['P', 'M'],
  'fc2.bias': ['P'],
  'fc1.bias': ['M'],
} as const;

export type TensorName = keyof typeof documented;
export type Shapes = ReadonlyMap<TensorName, readonly number[]>;

export interface Layout {
  readonly modulus: number;
  readonly width: number;
  readonly transposed: ReadonlySet<TensorName>;
  /** A sentence for every matrix that lies the other way or could. */
  readonly notices: readonly string[];
}

/** As in a run's settings: beyond it the table of all P² rows of logits passes 4 GB. */
const largestModulus = 1024;

interface Candidate {
  readonly modulus: number;
  readonly width: number;
}

/**
 * The only modulus and width that fit all shapes. Where two pairs do (no bias says which of two numbers is
 * P), the one that transposes fewer matrices is taken; a square matrix is read as documented. Notices say so.
 *
 * @param first U or fc1.weight, which has both P and M.
 */
export function findLayout(shapes: Shapes, first: 'U' | 'fc1.weight', fail: Fail): Layout {
  const shape = shapes.get(first) ?? [];
  const [wanted, other] = [documented[first], [...documented[first]].reverse()];
  if (shape.length !== 2) {
    fail(
      `expected ${first} to be ${show(wanted)} or its transpose ${show(other)}, got ${show(shape)}`,
    );
  }
  const halves = first === 'U' ? 1 : 2;
  const candidates = [
    { width: shape[0], modulus: shape[1] / halves },
    { width: shape[1], modulus: shape[0] / halves },
  ].filter(({ modulus }) => Number.isInteger(modulus));
  const misfits = (candidate: Candidate) =>
    [...shapes].filter(([name, got]) => !fits(name, got, candidate)).length;
  const transposed = (candidate: Candidate) =>
    [...shapes].filter(([name, got]) => fits(name, got, candidate) === 'transposed').length;
  // A file of modulus 2 as documented is refused as such, not read as one of width 2 the other way round.
  const isTooSmall = (candidate: Candidate) =>
    candidate.modulus < 3 && misfits(candidate) + transposed(candidate) === 0;
  const possible = candidates.filter((known) => isPossible(known) || isTooSmall(known));
  if (possible.length === 0 && !Number.isInteger(shape[1] / halves)) {
    fail(
      `expected ${first} to be ${show(wanted)} or ${show(other)} (one-hot a beside one-hot b), got ${show(shape)}`,
    );
  }
  // Where nothing fits, the error speaks of what comes nearest.
  const [best, second] = (possible.length > 0 ? possible : candidates).sort(
    (x, y) => misfits(x) - misfits(y) || transposed(x) - transposed(y),
  );
  checkFit(shapes, first, best, fail);
  const names = [...shapes.keys()];
  const fit = new Map([...shapes].map(([name, got]) => [name, fits(name, got, best)]));
  const notices: string[] = [];
  for (const name of names) {
    const [stored, meant] = [shapes.get(name) ?? [], documented[name]];
    if (fit.get(name) === 'transposed') {
      notices.push(
        `${name} is stored as ${show([...meant].reverse())} = ${show(stored)}: transposed to ${show(meant)}.`,
      );
    } else if (fit.get(name) === 'both') {
      notices.push(
        `${name} is ${show(stored)}, which fits ${show(meant)} and its transpose: read as ${show(meant)}, as documented.`,
      );
    }
  }
  const square = best.modulus === second?.modulus && best.width === second.width;
  if (second !== undefined && !square && misfits(second) === 0) {
    notices.push(
      `The shapes fit P = ${best.modulus} with M = ${best.width} and P = ${second.modulus} with M = ${second.width}: read as the first; a bias in the file would decide.`,
    );
  }
  const turned = names.filter((name) => fit.get(name) === 'transposed');
  return { ...best, transposed: new Set(turned), notices };
}

function isPossible({ modulus, width }: Candidate): boolean {
  return modulus >= 3 && modulus <= largestModulus && width >= 1;
}

/** How a stored shape fits the documented one; false where it fits neither way. */
function fits(name: TensorName, got: readonly number[], candidate: Candidate) {
  const wanted = sizes(name, candidate);
  const straight = equal(got, wanted);
  if (wanted.length === 1) return straight && 'documented';
  const turned = equal(got, [...wanted].reverse());
  if (straight && turned) return 'both';
  return straight ? 'documented' : turned && 'transposed';
}

function checkFit(shapes: Shapes, first: TensorName, best: Candidate, fail: Fail): void {
  const { modulus, width } = best;
  if (modulus < 3 || modulus > largestModulus) {
    fail(`expected a modulus from 3 to ${largestModulus}, the shapes say P = ${modulus}`);
  }
  if (width < 1) fail('expected at least one neuron, the shapes say M = 0');
  for (const [name, got] of shapes) {
    if (fits(name, got, best)) continue;
    const wanted = sizes(name, best);
    const matrix = wanted.length === 2 && wanted[0] !== wanted[1];
    const either = `${show(wanted)}${matrix ? ` or ${show([...wanted].reverse())}` : ''}`;
    fail(
      `expected ${name} to be ${either} as ${first} is ${show(shapes.get(first) ?? [])}, got ${show(got)}`,
    );
  }
}

function sizes(name: TensorName, { modulus, width }: Candidate): number[] {
  const size = { M: width, P: modulus, '2P': 2 * modulus };
  return documented[name].map((dimension) => size[dimension]);
}

function equal(x: readonly number[], y: readonly number[]): boolean {
  return x.length === y.length && x.every((size, i) => size === y[i]);
}

function show(shape: readonly (number | string)[]): string {
  return shape.length <= 4 ? `[${shape.join(', ')}]` : `a shape of ${shape.length} dimensions`;
}

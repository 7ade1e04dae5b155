/**
 * What comes from callers is checked here, with messages for people, before a kernel sees it.
 */
import { InputError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import type { Optimizer, TrainingProblem, TrainingRows } from './port.ts';

/** The kernel's limits: tokens are 16 bits wide and pairs are counted in 31 bits. */
const mostModulus = 32768;
const mostWidth = 2 ** 24;

/** An integer in least…most. */
export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError(`${name} must be an integer from ${least} to ${most}, not ${value}.`);
  }
}

function checkArray(
  name: string,
  value: unknown,
  type: typeof Float32Array | typeof Uint16Array,
  length: number,
): void {
  if (!(value instanceof type)) throw new InputError(`${name} must be a ${type.name}.`);
  if (value.length !== length) {
    throw new InputError(`${name} must hold ${length} numbers, not ${value.length}.`);
  }
}

/** `value` is a Float32Array of that length. */
function checkFloats(name: string, value: Float32Array, length: number): void {
  checkArray(name, value, Float32Array, length);
}

/** Sizes and lengths of the factors of a matrix product, transposed or not. */
export function checkProduct(
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  out?: Float32Array,
): void {
  for (const [name, size] of Object.entries({ m, k, n })) checkInteger(name, size, 0, 2 ** 30);
  checkFloats('a', a, m * k);
  checkFloats('b', b, k * n);
  if (out === undefined) return;
  checkFloats('out', out, m * n);
  if (out.buffer === a.buffer || out.buffer === b.buffer) {
    throw new InputError('The result of a matrix product needs an array apart from its factors.');
  }
}

/** Sizes and lengths of a network's arrays. */
export function checkNetwork(network: Network): void {
  const { modulus, width } = network;
  checkInteger('the modulus', modulus, 2, mostModulus);
  checkInteger('the width', width, 1, mostWidth);
  checkFloats('U', network.U, width * modulus);
  checkFloats('V', network.V, width * modulus);
  checkFloats('W', network.W, modulus * width);
  checkFloats('mu', network.mu, modulus);
  if (network.hiddenBias !== null) checkFloats('hiddenBias', network.hiddenBias, width);
}

/** Equal lengths, at least one row, every token and label in 0…P−1. */
function checkRows(rows: TrainingRows, modulus: number): void {
  const count = rows.a.length;
  if (count === 0) throw new InputError('training needs at least one row, and there is none.');
  for (const name of ['a', 'b', 'label'] as const) {
    const column = rows[name];
    checkArray(`column ${name} of the training rows`, column, Uint16Array, count);
    const wrong = column.findIndex((token) => token >= modulus);
    if (wrong >= 0) {
      throw new InputError(
        `column ${name} of the training rows must hold 0…${modulus - 1}, and row ${wrong} has ${column[wrong]}.`,
      );
    }
  }
}

/** Finite, non-negative hyper-parameters; the decay rates of Adam below 1. */
function checkOptimizer(optimizer: Optimizer): void {
  for (const [name, value] of Object.entries(optimizer)) {
    if (name === 'name') continue;
    const below = name === 'beta1' || name === 'beta2' ? 1 : Number.POSITIVE_INFINITY;
    if (!(typeof value === 'number' && value >= 0 && value < below)) {
      throw new InputError(
        `${name} of ${optimizer.name} must be a number ${below === 1 ? 'in [0, 1)' : 'that is finite and not negative'}, not ${value}.`,
      );
    }
  }
}

/** Sizes, rows and numbers of a training problem. */
export function checkProblem(problem: TrainingProblem): void {
  const { initial } = problem;
  checkNetwork(initial);
  checkRows(problem.rows, initial.modulus);
  checkOptimizer(problem.optimizer);
  if (problem.tied && initial.V.some((value, i) => value !== initial.U[i])) {
    throw new InputError('A tied network needs V equal to U, and its initial V differs.');
  }
}

/** Bytes that this process may use; a browser doesn't say, so there without bound. */
export function machineMemory(): number {
  if (typeof process === 'undefined') return Number.POSITIVE_INFINITY;
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = process.getBuiltinModule('node:os').totalmem();
  return constrained > 0 && constrained < total ? constrained : total;
}

/** Refuses what `available` bytes can't hold, with the memory it would need. */
export function checkMemory(what: string, bytes: number, available = machineMemory()): void {
  if (bytes > available) throw outOfMemory(what, bytes, available);
}

/** The error for work that needs `bytes` where there are at most `available`. */
export function outOfMemory(what: string, bytes: number, available: number): InputError {
  const gigabytes = (count: number) => `${(count / 2 ** 30).toFixed(1)} GB`;
  return new InputError(
    `${what} needs ${gigabytes(bytes)} of memory and there are ${gigabytes(available)}: choose a smaller modulus or width.`,
  );
}

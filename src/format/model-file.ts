/**
 * A network in a safetensors file, in our own names (U, V, W, mu, hidden_bias) or in those of a PyTorch
 * module with two Linear layers (fc1.weight = [U V], fc1.bias, fc2.weight = W, fc2.bias = μ).
 */
import { InputError } from '../errors.ts';
import { type Activation, activations, type Network } from '../model/network.ts';
import { readSafetensors, type Safetensors, toFloat32, writeSafetensors } from './safetensors.ts';

export interface Model {
  readonly network: Network;
  /** φ where the metadata names it under `activation`, else null. */
  readonly activation: Activation | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** As in a run's settings: beyond it the table of all P² rows of logits passes 4 GB. */
const largestModulus = 1024;

/**
 * Reads a network: U, V [M, P], W [P, M], and optionally mu [P] (zeros where missing) and hidden_bias [M];
 * or fc1.weight [M, 2P], fc2.weight [P, M], and optionally fc1.bias [M] and fc2.bias [P].
 *
 * Other tensors of integers (counters, say) are ignored. Other tensors of floating-point numbers are
 * refused: another layer would change what the network computes.
 *
 * @param filename only names the file in errors.
 * @throws InputError for a damaged file, missing or superfluous tensors, shapes that don't fit each
 *   other, P < 3, M < 1, weights that aren't finite in single precision, an activation we don't have.
 */
export function readModel(bytes: Uint8Array, filename: string): Model {
  const file = readSafetensors(bytes, filename);
  const fail = (problem: string): never => {
    throw new InputError(`${filename}: ${problem}.`);
  };
  const names = nameSet(file, fail);
  const known = new Set(Object.values(names));
  for (const [name, { dtype }] of file.tensors) {
    if (!known.has(name) && /^B?F\d/.test(dtype)) {
      fail(
        `expected a network of two layers (${[...known].join(', ')}), but there is a tensor ${quote(name)} as well`,
      );
    }
  }
  const values = (name: string) => {
    const tensor = file.tensors.get(name);
    if (tensor === undefined) return null;
    return finite(toFloat32(tensor, name, filename), name, tensor.shape, fail);
  };
  const read = names === pytorchNames ? fromPytorch : fromOwnNames;
  return {
    network: read(file, values, fail),
    activation: readActivation(file.metadata.activation, fail),
    metadata: file.metadata,
  };
}

/** Writes a network in our own names; `hidden_bias` only where the network has one. Deterministic. */
export function writeModel(
  network: Network,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { modulus: P, width: M, U, V, W, mu, hiddenBias } = network;
  const tensors = new Map([
    ['U', { shape: [M, P], data: U }],
    ['V', { shape: [M, P], data: V }],
    ['W', { shape: [P, M], data: W }],
    ['mu', { shape: [P], data: mu }],
  ]);
  if (hiddenBias !== null) tensors.set('hidden_bias', { shape: [M], data: hiddenBias });
  return writeSafetensors(tensors, metadata);
}

const ownNames = {
  U: 'U',
  V: 'V',
  W: 'W',
  mu: 'mu',
  hiddenBias: 'hidden_bias',
};
const pytorchNames = {
  U: 'fc1.weight',
  W: 'fc2.weight',
  mu: 'fc2.bias',
  hiddenBias: 'fc1.bias',
};

type Fail = (problem: string) => never;
type Values = (name: string) => Float32Array | null;

function nameSet(file: Safetensors, fail: Fail) {
  const own = ['U', 'V', 'W'].filter((name) => file.tensors.has(name));
  const pytorch = ['fc1.weight', 'fc2.weight'].filter((name) => file.tensors.has(name));
  if (own.length > 0 && pytorch.length > 0) {
    fail(
      `expected one network, but there are tensors in two sets of names (${own[0]} and ${pytorch[0]})`,
    );
  }
  const missing = (names: string[]) => names.filter((name) => !file.tensors.has(name)).join(', ');
  if (own.length > 0) {
    if (own.length < 3)
      fail(`expected the tensors U, V and W, missing: ${missing(['U', 'V', 'W'])}`);
    return ownNames;
  }
  if (pytorch.length < 2) {
    const found = [...file.tensors.keys()].slice(0, 6).map(quote).join(', ') || 'none';
    fail(
      `expected the tensors U, V and W, or fc1.weight and fc2.weight, but its tensors are ${found}; rename them`,
    );
  }
  return pytorchNames;
}

function fromOwnNames(file: Safetensors, values: Values, fail: Fail): Network {
  const [width, modulus] = matrixShape(file, 'U', '[M, P]', fail);
  const u = `as U is [${width}, ${modulus}]`;
  checkSize(modulus, width, fail);
  expectShape(file, 'V', [width, modulus], u, fail);
  expectShape(file, 'W', [modulus, width], u, fail);
  expectShape(file, 'mu', [modulus], u, fail);
  expectShape(file, 'hidden_bias', [width], u, fail);
  return {
    modulus,
    width,
    U: values('U') as Float32Array,
    V: values('V') as Float32Array,
    W: values('W') as Float32Array,
    mu: values('mu') ?? new Float32Array(modulus),
    hiddenBias: values('hidden_bias'),
  };
}

function fromPytorch(file: Safetensors, values: Values, fail: Fail): Network {
  const [width, columns] = matrixShape(file, 'fc1.weight', '[M, 2P]', fail);
  if (columns % 2 === 1) {
    fail(
      `expected fc1.weight to be [M, 2P] (one-hot a beside one-hot b), got [${width}, ${columns}]`,
    );
  }
  const modulus = columns / 2;
  const first = `as fc1.weight is [${width}, ${columns}]`;
  checkSize(modulus, width, fail);
  expectShape(file, 'fc2.weight', [modulus, width], first, fail);
  expectShape(file, 'fc2.bias', [modulus], first, fail);
  expectShape(file, 'fc1.bias', [width], first, fail);
  const both = values('fc1.weight') as Float32Array;
  const half = (offset: number) => {
    const matrix = new Float32Array(width * modulus);
    for (let m = 0; m < width; m++) {
      const start = m * columns + offset;
      matrix.set(both.subarray(start, start + modulus), m * modulus);
    }
    return matrix;
  };
  return {
    modulus,
    width,
    U: half(0),
    V: half(modulus),
    W: values('fc2.weight') as Float32Array,
    mu: values('fc2.bias') ?? new Float32Array(modulus),
    hiddenBias: values('fc1.bias'),
  };
}

function matrixShape(
  file: Safetensors,
  name: string,
  wanted: string,
  fail: Fail,
): [number, number] {
  const shape = file.tensors.get(name)?.shape ?? [];
  if (shape.length !== 2) fail(`expected ${name} to be ${wanted}, got ${showShape(shape)}`);
  return [shape[0], shape[1]];
}

function checkSize(modulus: number, width: number, fail: Fail): void {
  if (modulus < 3 || modulus > largestModulus) {
    fail(`expected a modulus from 3 to ${largestModulus}, the shapes say P = ${modulus}`);
  }
  if (width < 1) fail('expected at least one neuron, the shapes say M = 0');
}

/** A tensor that isn't there passes: whether it must be was checked by name. */
function expectShape(file: Safetensors, name: string, wanted: number[], why: string, fail: Fail) {
  const shape = file.tensors.get(name)?.shape;
  if (shape === undefined) return;
  if (shape.length !== wanted.length || shape.some((size, i) => size !== wanted[i])) {
    fail(`expected ${name} to be ${showShape(wanted)} ${why}, got ${showShape(shape)}`);
  }
}

function finite(values: Float32Array, name: string, shape: readonly number[], fail: Fail) {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const index = shape.length === 2 ? [Math.floor(bad / shape[1]), bad % shape[1]] : [bad];
    fail(
      `expected finite weights in single precision, ${name}[${index.join(', ')}] is ${values[bad]} (a training that diverged?)`,
    );
  }
  return values;
}

function readActivation(name: string | undefined, fail: Fail): Activation | null {
  if (name === undefined) return null;
  const activation = activations.find((known) => known === name.toLowerCase());
  return (
    activation ??
    fail(
      `expected the activation in its metadata to be ${activations.join(', ')}, got ${quote(name)}`,
    )
  );
}

function showShape(shape: readonly number[]): string {
  return shape.length <= 4 ? `[${shape.join(', ')}]` : `a shape of ${shape.length} dimensions`;
}

function quote(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > 60 ? `${quoted.slice(0, 60)}…` : quoted;
}

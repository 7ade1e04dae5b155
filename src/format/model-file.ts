/**
 * A network in a file of tensors (safetensors, npz, PyTorch's own), in our own names (U, V, W, mu, hidden_bias) or in those of a PyTorch
 * module with two Linear layers (fc1.weight = [U V], fc1.bias, fc2.weight = W, fc2.bias = μ).
 */
import { InputError } from '../errors.ts';
import { type Activation, activations, type Network } from '../model/network.ts';
import { findLayout, type Layout, type TensorName } from './orientation.ts';
import { quote } from './quote.ts';
import { type StoredTensor, toFloat32, toFloat64, writeSafetensors } from './safetensors.ts';
import { holdsTransformer, requiredNames, withoutPrefix } from './state-dict.ts';
import { readTensorFile } from './tensor-file.ts';
import type { Fail } from './zip.ts';

export interface Model {
  readonly network: Network;
  /** φ where the metadata names it under `activation`, else null. */
  readonly activation: Activation | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Sentences on how the file was read: a matrix transposed, precision lost, a dict within a dict. */
  readonly notices: readonly string[];
}

/**
 * Reads a network: U, V [M, P], W [P, M], and optionally mu [P] (zeros where missing) and hidden_bias [M];
 * or fc1.weight [M, 2P], fc2.weight [P, M], and optionally fc1.bias [M] and fc2.bias [P]. Each matrix may
 * be stored transposed, and the names may have a common prefix; notices say what was found.
 *
 * Other tensors of integers (counters, say) are ignored. Other tensors of floating-point numbers are
 * refused: another layer would change what the network computes.
 *
 * @param filename only names the file in errors.
 * @throws InputError for a damaged file, missing or superfluous tensors, shapes that don't fit each
 *   other, P < 3, M < 1, weights that aren't finite in single precision, an activation we don't have.
 */
export function readModel(bytes: Uint8Array, filename: string): Model {
  const file = readTensorFile(bytes, filename);
  const fail = (problem: string): never => {
    throw new InputError(`${filename}: ${problem}.`);
  };
  const notices = [...file.notices];
  if (holdsTransformer(file.tensors.keys())) {
    fail(
      'expected a network of two layers, but it holds a transformer: extract and scan read those',
    );
  }
  const tensors = withoutPrefix(file.tensors, notices, fail);
  const names = nameSet(tensors, fail);
  const known = new Set<string>(Object.values(names));
  for (const [name, { dtype }] of tensors) {
    if (!known.has(name) && /^B?F\d/.test(dtype)) {
      fail(
        `expected a network of two layers (${[...known].join(', ')}), but there is a tensor ${quote(name)} as well`,
      );
    }
  }
  const shapes = new Map<TensorName, readonly number[]>();
  for (const name of Object.values(names)) {
    const tensor = tensors.get(name);
    if (tensor !== undefined) shapes.set(name, tensor.shape);
  }
  const layout = findLayout(shapes, names.U, fail);
  notices.push(...layout.notices);
  return {
    network: readValues(tensors, layout, notices, filename, fail),
    activation: readActivation(file.metadata.activation, fail),
    metadata: file.metadata,
    notices,
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
} as const;
const pytorchNames = {
  U: 'fc1.weight',
  W: 'fc2.weight',
  mu: 'fc2.bias',
  hiddenBias: 'fc1.bias',
} as const;

type Tensors = ReadonlyMap<string, StoredTensor>;

function nameSet(tensors: Tensors, fail: Fail) {
  const [own, pytorch] = requiredNames.map((set) => set.filter((name) => tensors.has(name)));
  if (own.length > 0 && pytorch.length > 0) {
    fail(
      `expected one network, but there are tensors in two sets of names (${own[0]} and ${pytorch[0]})`,
    );
  }
  if (own.length > 0) {
    const missing = requiredNames[0].filter((name) => !tensors.has(name));
    if (missing.length > 0) {
      fail(`expected the tensors U, V and W, missing: ${missing.join(', ')}`);
    }
    return ownNames;
  }
  if (pytorch.length < 2) {
    const found = [...tensors.keys()].slice(0, 6).map(quote).join(', ') || 'none';
    fail(
      `expected the tensors U, V and W, or fc1.weight and fc2.weight, but its tensors are ${found}; rename them`,
    );
  }
  return pytorchNames;
}

/** A file's tensors in single precision, the way round they are documented; null where there is none. */
function readValues(
  tensors: Tensors,
  layout: Layout,
  notices: string[],
  filename: string,
  fail: Fail,
) {
  const rounded: string[] = [];
  const read = (name: TensorName): Float32Array | null => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return null;
    const values = finite(toFloat32(tensor, name, filename), name, tensor.shape, fail);
    if (
      tensor.dtype === 'F64' &&
      toFloat64(tensor, name, filename).some((x, i) => x !== values[i])
    ) {
      rounded.push(name);
    }
    if (!layout.transposed.has(name)) return values;
    const [rows, columns] = tensor.shape;
    return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
  };
  const both = tensors.has('fc1.weight');
  const fc1 = both ? (read('fc1.weight') as Float32Array) : null;
  const { modulus, width } = layout;
  const half = (offset: number) => {
    const matrix = new Float32Array(width * modulus);
    for (let m = 0; m < width; m++) {
      const start = 2 * m * modulus + offset;
      matrix.set((fc1 as Float32Array).subarray(start, start + modulus), m * modulus);
    }
    return matrix;
  };
  const names = both ? pytorchNames : ownNames;
  const network: Network = {
    modulus,
    width,
    U: both ? half(0) : (read('U') as Float32Array),
    V: both ? half(modulus) : (read('V') as Float32Array),
    W: read(names.W) as Float32Array,
    mu: read(names.mu) ?? new Float32Array(modulus),
    hiddenBias: read(names.hiddenBias),
  };
  if (rounded.length > 0) {
    notices.push(`${rounded.join(', ')}: double precision, rounded to single.`);
  }
  return network;
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

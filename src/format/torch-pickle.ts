/**
 * What the pickle of a PyTorch state dict may ask for: ordered dicts, tensors with the storages they lie in,
 * their sizes, and numpy's scalars. Everything else is refused by name.
 */
import { callNumpy, isLittleEndianState, NumpyDtype, numpyNames } from './numpy-scalars.ts';
import { kindOf, PickleGlobal, type PickleHost, PickleTuple, refusePickle } from './pickle.ts';
import { quote } from './quote.ts';
import { type Dtype, elementSize, type StoredTensor } from './safetensors.ts';
import { gather, rowMajorStrides } from './strided.ts';
import type { Fail } from './zip.ts';

const storageTypes: Readonly<Record<string, Dtype>> = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
};

const builders = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'torch.Size',
  ...numpyNames,
];

/** Tensors with stride 0 are larger than their storage; beyond this many elements that is an attack. */
const largestExpansion = 2 ** 20;
const mostDimensions = 64;

/** Where tensors lie. Its bytes come after the pickle that names it. */
export class TorchStorage {
  readonly key: string;
  readonly dtype: Dtype;
  /** Elements. */
  readonly length: number;
  bytes: Uint8Array = new Uint8Array(0);
  constructor(key: string, dtype: Dtype, length: number) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
  }
}

/** A view of a storage; a copy in row-major order is made when its bytes are asked for. */
export class TorchTensor implements StoredTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(
    storage: TorchStorage,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
  get dtype(): Dtype {
    return this.storage.dtype;
  }
  get bytes(): Uint8Array {
    const size = elementSize[this.dtype];
    const rowMajor = rowMajorStrides(this.shape);
    const bytes = this.storage.bytes.subarray(this.offset * size);
    return this.shape.every((length, d) => length === 1 || this.strides[d] === rowMajor[d])
      ? bytes.subarray(0, product(this.shape) * size)
      : gather(bytes, size, this.shape, this.strides, false);
  }
}

/**
 * Pairs that calls of OrderedDict may copy in all. Each copies a list that the pickle has but once, so without
 * a bound few bytes would ask for any amount of memory.
 */
const mostPairs = 100_000;

/** A host for `unpickle`, and the storages that it was asked for, by key. */
export function torchHost(fail: Fail) {
  const storages = new Map<string, TorchStorage>();
  const refuse = (what: string) => refusePickle(what, fail);
  let pairs = 0;
  const host: PickleHost = {
    ignoresState,
    global(name) {
      if (!builders.includes(name) && storageType(name) === null) {
        refuse(`it asks for ${quote(name)}`);
      }
      return new PickleGlobal(name);
    },
    call({ name }, args) {
      if (name === 'collections.OrderedDict') {
        pairs += Array.isArray(args[0]) ? args[0].length : 0;
        if (pairs > mostPairs) fail(`it makes OrderedDicts of more than ${mostPairs} pairs`);
        return orderedDict(args, refuse);
      }
      if (name === 'torch._utils._rebuild_parameter') {
        const [data] = args;
        return data instanceof TorchTensor
          ? data
          : refuse(`it makes a parameter of ${kindOf(data)}`);
      }
      if (name === 'torch.Size') {
        const [sizes] = args;
        return sizesOf(sizes) === null ? refuse(`it makes a size of ${kindOf(sizes)}`) : sizes;
      }
      if (numpyNames.includes(name)) return callNumpy(name, args, refuse);
      if (!builders.includes(name)) return refuse(`it calls ${quote(name)}`);
      return rebuildTensor(args, refuse, fail);
    },
    persistent(id) {
      const items = id instanceof PickleTuple ? id.items : [];
      const [kind, type, key, , length, view] = items;
      const dtype = type instanceof PickleGlobal ? storageType(type.name) : null;
      if (kind !== 'storage' || dtype === null || typeof key !== 'string' || !isSize(length)) {
        return refuse(
          `it asks for an outside object ${items.length > 0 ? `(${items.slice(0, 3).map(showId).join(', ')}, …)` : kindOf(id)}`,
        );
      }
      if (view !== undefined && view !== null) {
        return refuse('it asks for a view of a storage, as PyTorch before 0.4 wrote them');
      }
      const known = storages.get(key);
      if (known !== undefined && (known.dtype !== dtype || known.length !== length)) {
        fail(`its storage ${quote(key)} is asked for in two types or sizes`);
      }
      const storage = known ?? new TorchStorage(key, dtype, length);
      storages.set(key, storage);
      return storage;
    },
  };
  return { host, storages };
}

/** A module's state dict keeps the versions of its layers as an attribute; a dtype has its byte order. */
function ignoresState(object: unknown, state: unknown): boolean {
  if (object instanceof NumpyDtype) return isLittleEndianState(state);
  return object instanceof Map && state instanceof Map;
}

/** "torch.FloatStorage", or "torch.cuda.FloatStorage" from a graphics card. */
function storageType(name: string): Dtype | null {
  const type = /^torch\.(?:cuda\.)?(\w+)$/.exec(name)?.[1] ?? '';
  return Object.hasOwn(storageTypes, type) ? storageTypes[type] : null;
}

/** OrderedDict() or, from Python 2, OrderedDict([[key, value], …]). */
function orderedDict(
  args: readonly unknown[],
  refuse: (what: string) => never,
): Map<unknown, unknown> {
  const dict = new Map<unknown, unknown>();
  const [pairs = []] = args;
  if (args.length > 1 || !Array.isArray(pairs)) {
    return refuse(`it makes an OrderedDict of ${args.map(kindOf).slice(0, 3).join(' and ')}`);
  }
  for (const pair of pairs) {
    const items = pair instanceof PickleTuple ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2 || typeof items[0] !== 'string') {
      return refuse(`it makes an OrderedDict of a list with ${kindOf(pair)}`);
    }
    dict.set(items[0], items[1]);
  }
  return dict;
}

/** (storage, offset, shape, strides[, requires_grad, hooks[, metadata]]). */
function rebuildTensor(
  args: readonly unknown[],
  refuse: (what: string) => never,
  fail: Fail,
): TorchTensor {
  const [storage, offset, shape, strides, , hooks, metadata] = args;
  if (!(storage instanceof TorchStorage)) return refuse(`it makes a tensor of ${kindOf(storage)}`);
  if (hooks instanceof Map && hooks.size > 0) refuse('it has a tensor with hooks');
  if (metadata instanceof Map ? metadata.size > 0 : metadata !== undefined && metadata !== null) {
    refuse('it has a tensor with flags of its own (conjugate or negative)');
  }
  const sizes = sizesOf(shape);
  const steps = sizesOf(strides);
  if (!isSize(offset) || sizes === null || steps?.length !== sizes.length) {
    return fail('it has a tensor whose offset, shape or strides are not whole numbers from 0 up');
  }
  const count = product(sizes);
  const last = sizes.reduce((sum, size, d) => sum + (size - 1) * steps[d], offset);
  if (count > 0 && !(last < storage.length)) {
    fail(
      `it has a tensor of shape [${sizes.slice(0, 8).join(', ')}] that reaches beyond the ${storage.length} elements of its storage`,
    );
  }
  if (count > Math.max(storage.length, largestExpansion)) {
    fail(
      `it has a tensor of ${count} elements in a storage of ${storage.length} (expanded?); save a contiguous copy`,
    );
  }
  return new TorchTensor(storage, count > 0 ? offset : 0, sizes, steps);
}

function sizesOf(value: unknown): readonly number[] | null {
  if (!(value instanceof PickleTuple) || value.items.length > mostDimensions) return null;
  return value.items.every(isSize) ? value.items : null;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

function showId(value: unknown): string {
  return typeof value === 'string' ? quote(value) : kindOf(value);
}

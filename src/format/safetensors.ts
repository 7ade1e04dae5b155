/**
 * Safetensors: an 8-byte little-endian header length, a JSON header, then the tensors' bytes without
 * gaps. The page of MUST and MAY is docs/formats.md. Reading allocates nothing beyond the header:
 * each tensor is a view into the bytes that were passed in, so no header can ask for memory.
 */
import { InputError } from '../errors.ts';
import { duplicateKey } from './duplicate-key.ts';

/** Bytes per element of every whole-byte dtype of the format. */
export const elementSize = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const;

export type Dtype = keyof typeof elementSize;

/** One tensor of a file: `bytes` is a view of its elements, little-endian and row-major. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's own limit on a header. */
const longestHeader = 100_000_000;

/**
 * Reads a safetensors file. Every tensor is checked against its dtype, its shape and the others,
 * whether or not anybody asks for it; values are converted on demand by `toFloat32`.
 *
 * @param filename only names the file in errors.
 * @throws InputError for anything the format forbids; the message says what and where.
 */
export function readSafetensors(bytes: Uint8Array, filename: string): Safetensors {
  const fail = (problem: string): never => {
    throw new InputError(`${filename}: expected a safetensors file, but ${problem}.`);
  };
  if (bytes.length === 0) fail('it is empty');
  if (bytes.length < 8) fail(`it has only ${bytes.length} bytes, fewer than the 8 it begins with`);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    fail('it is a zip archive (as .npz and .pt files are); save the tensors as safetensors');
  }
  const header = readHeader(bytes, fail);
  const data = bytes.subarray(8 + header.length);
  const tensors = new Map<string, StoredTensor>();
  const ranges: Range[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header.entries)) {
    if (name === '__metadata__') {
      metadata = checkMetadata(entry, fail);
      continue;
    }
    const { dtype, shape, begin, end } = checkEntry(name, entry, data.length, fail);
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    ranges.push({ name, begin, end });
  }
  checkRanges(ranges, data.length, fail);
  return { tensors, metadata };
}

/**
 * The values of a tensor in single precision (F64 is rounded; F16 and BF16 are exact).
 *
 * @throws InputError if the dtype isn't F32, F64, F16 or BF16.
 */
export function toFloat32(tensor: StoredTensor, name: string, filename: string): Float32Array {
  const { bytes, dtype } = tensor;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / elementSize[dtype]);
  // DataView, since the data's position in the file need not be a multiple of the element size.
  if (dtype === 'F32') {
    for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
  } else if (dtype === 'F64') {
    for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(8 * i, true);
  } else if (dtype === 'F16') {
    for (let i = 0; i < values.length; i++) values[i] = halfToNumber(view.getUint16(2 * i, true));
  } else if (dtype === 'BF16') {
    // BF16 is the upper half of an F32.
    const bits = new Uint32Array(values.buffer);
    for (let i = 0; i < values.length; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  } else {
    throw new InputError(
      `${filename}: tensor ${quote(name)} has dtype ${dtype}, expected F32, F64, F16 or BF16; convert it.`,
    );
  }
  return values;
}

/** The values of an F64 tensor, which `toFloat32` would round. Throws InputError for another dtype. */
export function toFloat64(tensor: StoredTensor, name: string, filename: string): Float64Array {
  const { bytes, dtype } = tensor;
  if (dtype !== 'F64') {
    throw new InputError(`${filename}: tensor ${quote(name)} has dtype ${dtype}, expected F64.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/**
 * Writes F32 and F64 tensors: the same input always gives the same bytes (tensors and metadata sorted by name,
 * the header padded with spaces so that the data begins at a multiple of 8).
 *
 * @throws RangeError if a tensor's length isn't the product of its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array }
  >,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const byName = <T>([x]: [string, T], [y]: [string, T]) => (x < y ? -1 : 1);
  const sorted = [...tensors].sort(byName);
  const header: [string, unknown][] = [];
  const metadataEntries = Object.entries(metadata).sort(byName);
  if (metadataEntries.length > 0)
    header.push(['__metadata__', Object.fromEntries(metadataEntries)]);
  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    if (shape.reduce((product, size) => product * size, 1) !== data.length) {
      throw new RangeError(`tensor ${name}: ${data.length} values for shape [${shape.join(', ')}]`);
    }
    const end = offset + data.byteLength;
    const dtype: Dtype = data instanceof Float64Array ? 'F64' : 'F32';
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const unpadded = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(unpadded.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(unpadded, 8);
  let position = 8 + headerLength;
  for (const [, { data }] of sorted) {
    if (data instanceof Float64Array) {
      for (let i = 0; i < data.length; i++) view.setFloat64(position + 8 * i, data[i], true);
    } else {
      for (let i = 0; i < data.length; i++) view.setFloat32(position + 4 * i, data[i], true);
    }
    position += data.byteLength;
  }
  return bytes;
}

type Fail = (problem: string) => never;

interface Range {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array, fail: Fail): { entries: object; length: number } {
  const announced = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const available = bytes.length - 8;
  if (announced > BigInt(available)) {
    fail(`it announces a header of ${announced} bytes and only ${available} follow`);
  }
  const length = Number(announced);
  if (length > longestHeader) {
    fail(`its header of ${length} bytes is longer than the ${longestHeader} allowed`);
  }
  let entries: unknown;
  let text = '';
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    text = decoder.decode(bytes.subarray(8, 8 + length));
    entries = JSON.parse(text);
  } catch {
    fail('its header is not JSON');
  }
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) {
    return fail('its header is not a JSON object');
  }
  // JSON.parse keeps the last of two equal names without a word.
  const twice = duplicateKey(text);
  if (twice !== null) fail(`its header has the name ${quote(twice)} twice in one object`);
  return { entries, length };
}

function checkMetadata(entry: unknown, fail: Fail): Record<string, string> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return fail('its __metadata__ is not a JSON object');
  }
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string')
      fail(`the value of ${quote(key)} in __metadata__ is not a string`);
  }
  return entry as Record<string, string>;
}

function checkEntry(name: string, entry: unknown, dataLength: number, fail: Fail) {
  const label = `tensor ${quote(name)}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return fail(`${label} is not described by a JSON object`);
  }
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  if (!isDtype(dtype)) return fail(`${label} has the unknown dtype ${quote(dtype)}`);
  if (!isSizes(shape)) {
    return fail(`the shape of ${label} is ${quote(shape)}, not a list of whole numbers from 0 up`);
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail(`the offsets of ${label} are ${quote(offsets)}, not two whole numbers from 0 up`);
  }
  const [begin, end] = offsets;
  if (begin > end || end > dataLength) {
    fail(
      `the offsets of ${label} are ${begin} to ${end} and its data is ${dataLength} bytes long (it may be truncated)`,
    );
  }
  const size = shape.reduce((product, length) => product * length, 1) * elementSize[dtype];
  if (size !== end - begin) {
    fail(
      `${label} occupies ${end - begin} bytes and its shape [${shape.slice(0, 8).join(', ')}] in ${dtype} wants ${size}`,
    );
  }
  return { dtype, shape, begin, end };
}

/** The tensors must tile the data: no byte in two of them, none in no tensor. */
function checkRanges(ranges: Range[], dataLength: number, fail: Fail): void {
  ranges.sort((x, y) => x.begin - y.begin || x.end - y.end);
  let position = 0;
  let previous = '';
  for (const { name, begin, end } of ranges) {
    if (begin < position) fail(`tensors ${quote(previous)} and ${quote(name)} overlap`);
    if (begin > position) fail(`bytes ${position} to ${begin} of its data belong to no tensor`);
    position = end;
    previous = name;
  }
  if (position < dataLength) {
    fail(`bytes ${position} to ${dataLength} of its data belong to no tensor`);
  }
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(elementSize, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A value from the file as it may stand in a one-line message: quoted, escaped, cut short. */
function quote(value: unknown): string {
  if (Array.isArray(value)) {
    // Not JSON.stringify of the whole: it recurses, and a file may nest without end.
    return `[${value.slice(0, 4).map(quoteScalar).join(', ')}${value.length > 4 ? ', …' : ''}]`;
  }
  return quoteScalar(value);
}

function quoteScalar(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

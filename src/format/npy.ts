/**
 * One array as numpy writes it (.npy, versions 1 to 3): a header that is a Python dict literal, read by a
 * parser that knows these three keys and evaluates nothing, then the elements.
 */
import { quote } from './quote.ts';
import { type Dtype, elementSize, type StoredTensor } from './safetensors.ts';
import { gather, rowMajorStrides } from './strided.ts';
import type { Fail } from './zip.ts';

const dtypes: Readonly<Record<string, Dtype>> = {
  b1: 'BOOL',
  i1: 'I8',
  u1: 'U8',
  i2: 'I16',
  u2: 'U16',
  i4: 'I32',
  u4: 'U32',
  i8: 'I64',
  u8: 'U64',
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
};

/** numpy's arrays have at most 64 dimensions. */
const mostDimensions = 64;

/** Three entries need a hundred bytes; numpy itself trusts 10,000. */
const longestHeader = 65_535;

/** Whether bytes begin as an .npy file does. */
export function looksLikeNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === 'NUMPY';
}

/**
 * Reads an array; null for one of strings, which is no tensor. What already lies in row-major order,
 * little-endian, is a view; other arrays are copied when they are asked for.
 *
 * @param name of the array, for errors.
 */
export function readNpy(bytes: Uint8Array, name: string, fail: Fail): StoredTensor | null {
  const label = `array ${quote(name)}`;
  if (!looksLikeNpy(bytes)) fail(`${label} is not in numpy's npy format`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  const start = version === 1 ? 10 : 12;
  if (!(version >= 1 && version <= 3)) fail(`${label} has the unknown npy version ${version}`);
  if (bytes.length < start) fail(`${label} is truncated`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader) {
    fail(`${label} has a header of ${length} bytes, longer than the ${longestHeader} allowed`);
  }
  if (start + length > bytes.length) {
    fail(`${label} announces a header of ${length} bytes and only ${bytes.length - start} follow`);
  }
  const { descr, fortranOrder, shape } = parseHeader(bytes.subarray(start, start + length), () =>
    fail(`the header of ${label} is not the dict of descr, fortran_order and shape it should be`),
  );
  if (/^[<>|=]?[US]\d+$/.test(descr)) return null;
  const dtype = dtypeOf(descr, label, fail);
  const size = elementSize[dtype];
  const data = bytes.subarray(start + length);
  const wanted = shape.reduce((product, extent) => product * extent, size);
  if (shape.length > mostDimensions || wanted !== data.length) {
    fail(
      `${label} has ${data.length} bytes and its shape [${shape.slice(0, 8).join(', ')}] in ${descr} wants ${wanted}`,
    );
  }
  const swap = descr[0] === '>' && size > 1;
  if (!swap && !(fortranOrder && shape.length > 1)) return { dtype, shape, bytes: data };
  const strides = fortranOrder
    ? rowMajorStrides([...shape].reverse()).reverse()
    : rowMajorStrides(shape);
  return {
    dtype,
    shape,
    get bytes() {
      return gather(data, size, shape, strides, swap);
    },
  };
}

function dtypeOf(descr: string, label: string, fail: Fail): Dtype {
  if (descr.slice(-1) === 'O') {
    fail(
      `${label} has the dtype object: its elements are a pickle, which is not read and nothing in it executed; save numbers`,
    );
  }
  const kind = descr.slice(1);
  if (!/^[<>|=]/.test(descr) || !Object.hasOwn(dtypes, kind)) {
    fail(
      `${label} has the dtype ${quote(descr)}, expected float16, float32 or float64; convert it`,
    );
  }
  return dtypes[kind];
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (5, 8), }`, keys in any order, each once. */
function parseHeader(bytes: Uint8Array, damaged: () => never): Header {
  const text = new TextDecoder('latin1').decode(bytes);
  let position = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match === null) return null;
    position = pattern.lastIndex;
    return match[1] ?? match[0];
  };
  const demand = (pattern: RegExp) => take(pattern) ?? damaged();
  let descr: string | null = null;
  let fortranOrder: boolean | null = null;
  let shape: number[] | null = null;
  demand(/\s*\{/y);
  while (take(/\s*\}/y) === null) {
    const key = demand(/\s*'(\w+)'\s*:/y);
    if (key === 'descr' && descr === null) {
      // A list of fields describes a structured dtype: named as such, its fields are not read.
      descr = take(/\s*'([^'\\]*)'/y) ?? (take(/\s*\[[^{}]*\]/y) === null ? damaged() : '[fields]');
    } else if (key === 'fortran_order' && fortranOrder === null) {
      fortranOrder = demand(/\s*(True|False)\b/y) === 'True';
    } else if (key === 'shape' && shape === null) {
      const sizes = demand(/\s*\(([\dL,\s]*)\)/y).trim();
      shape =
        sizes === ''
          ? []
          : sizes
              .replace(/,$/, '')
              .split(',')
              .map((size) => wholeNumber(size, damaged));
    } else {
      damaged();
    }
    if (take(/\s*,/y) === null && !/^\s*\}/.test(text.slice(position, position + 20))) damaged();
  }
  if (descr === null || fortranOrder === null || shape === null) return damaged();
  if (text.slice(position).trim() !== '') damaged();
  return { descr, fortranOrder, shape };
}

/** Python 2 wrote 5L. */
function wholeNumber(text: string, damaged: () => never): number {
  const digits = /^\s*(\d{1,16})L?\s*$/.exec(text)?.[1];
  const value = Number(digits ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : damaged();
}

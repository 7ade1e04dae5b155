import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../errors.ts';
import {
  readSafetensors,
  type StoredTensor,
  toFloat32,
  toFloat64,
  writeSafetensors,
} from './safetensors.ts';

/** A file with the given header text and that many bytes of data. */
function container(header: string | object, dataLength = 0, announced?: bigint): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

/** The file is refused with this sentence, and the sentence is one line that names the file. */
function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => readSafetensors(bytes, 'x.safetensors'),
    (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^x\.safetensors: [^\n]{10,300}\.$/);
      return true;
    },
  );
}

function stored(dtype: StoredTensor['dtype'], bytes: ArrayBuffer, count: number): StoredTensor {
  return { dtype, shape: [count], bytes: new Uint8Array(bytes) };
}

test('refuses an empty file', () => refuses(new Uint8Array(0), /it is empty/));

test('refuses a file shorter than its header length field', () =>
  refuses(new Uint8Array(7), /only 7 bytes/));

test('refuses a header longer than the file', () =>
  refuses(container('{}', 0, 3n), /header of 3 bytes and only 2 follow/));

test('refuses an absurd header length without allocating it', () =>
  refuses(container('{}', 0, 2n ** 64n - 1n), /header of 18446744073709551615 bytes/));

test('refuses a header that is not JSON', () => refuses(container('{"a":'), /header is not JSON/));

test('refuses a header that is not UTF-8', () => {
  const bytes = container('{"a":1}');
  bytes[10] = 0xff;
  refuses(bytes, /header is not JSON/);
});

test('refuses a header that is not a JSON object', () => {
  refuses(container('[]'), /not a JSON object/);
  refuses(container('null'), /not a JSON object/);
  refuses(container('7'), /not a JSON object/);
});

test('refuses a tensor that is not described by an object', () =>
  refuses(container({ x: 7 }), /"x" is not described by a JSON object/));

test('refuses an unknown dtype', () => {
  refuses(container({ x: entry([1], 0, 4, 'F33') }, 4), /"x" has the unknown dtype "F33"/);
  refuses(container({ x: entry([1], 0, 4, 'toString') }, 4), /unknown dtype "toString"/);
  refuses(container({ x: { shape: [1], data_offsets: [0, 4] } }, 4), /unknown dtype missing/);
});

test('refuses a shape that is not a list of whole numbers from 0 up', () => {
  for (const shape of [[-1], [1.5], ['1'], [1e300], [null], 1, null, { 0: 1 }]) {
    refuses(container({ x: entry(shape, 0, 4) }, 4), /the shape of tensor "x" is/);
  }
});

test('refuses a shape nested beyond any depth', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  refuses(
    container(`{"x":{"dtype":"F32","shape":${deep},"data_offsets":[0,4]}}`, 4),
    /shape of tensor "x" is \[a list\]/,
  );
});

test('refuses offsets that are not two whole numbers from 0 up', () => {
  refuses(container({ x: entry([1], -4, 0) }, 4), /the offsets of tensor "x" are \[-4, 0\]/);
  refuses(container({ x: { dtype: 'F32', shape: [1], data_offsets: [4] } }, 4), /are \[4\]/);
  refuses(container({ x: { dtype: 'F32', shape: [1] } }, 4), /are missing/);
});

test('refuses offsets out of range', () => {
  refuses(container({ x: entry([2], 0, 8) }, 4), /offsets of tensor "x" are 0 to 8 .* 4 bytes/);
  refuses(container({ x: entry([1], 4, 0) }, 4), /offsets of tensor "x" are 4 to 0/);
});

test('refuses tensors that overlap', () =>
  refuses(
    container({ x: entry([2], 0, 8), y: entry([2], 4, 12) }, 12),
    /tensors "x" and "y" overlap/,
  ));

test('refuses a hole between tensors', () =>
  refuses(
    container({ x: entry([1], 0, 4), y: entry([1], 8, 12) }, 12),
    /bytes 4 to 8 .* no tensor/,
  ));

test('refuses bytes after the last tensor', () =>
  refuses(container({ x: entry([1], 0, 4) }, 5), /bytes 4 to 5 .* no tensor/));

test('refuses a size that is not shape times dtype', () =>
  refuses(
    container({ x: entry([3], 0, 8) }, 8),
    /occupies 8 bytes and its shape \[3\] in F32 wants 12/,
  ));

test('refuses a shape whose product is beyond exact integers', () =>
  refuses(container({ x: entry([2 ** 40, 2 ** 40], 0, 4) }, 4), /wants \d/));

test('refuses duplicated names', () => {
  const one = JSON.stringify(entry([1], 0, 4));
  refuses(container(`{"x":${one},"x":${one}}`, 4), /the name "x" twice/);
  refuses(container(`{"x":${one}, "\\u0078" :${one}}`, 4), /the name "x" twice/);
  refuses(
    container('{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    /the name "dtype" twice/,
  );
});

test('refuses metadata that are not strings', () => {
  refuses(container({ __metadata__: { steps: 7 } }), /value of "steps" in __metadata__/);
  refuses(container({ __metadata__: [] }), /__metadata__ is not a JSON object/);
});

test('says so when the file is a zip archive', () =>
  refuses(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0), /it is a zip archive/));

test('reads a header padded with spaces, scalars and tensors without elements', () => {
  const { tensors, metadata } = readSafetensors(
    container(`${JSON.stringify({ x: entry([], 0, 4), y: entry([0, 3], 4, 4) })}   `, 4),
    'x',
  );
  assert.deepEqual(tensors.get('x')?.shape, []);
  assert.equal(tensors.get('y')?.bytes.length, 0);
  assert.deepEqual(metadata, {});
});

test('keeps a name that is special in JavaScript', () => {
  const header = `{"__proto__":${JSON.stringify(entry([1], 0, 4))}}`;
  assert.deepEqual([...readSafetensors(container(header, 4), 'x').tensors.keys()], ['__proto__']);
  const data = Float32Array.of(1);
  const written = writeSafetensors(new Map([['__proto__', { shape: [1], data }]]));
  assert.deepEqual([...readSafetensors(written, 'x').tensors.keys()], ['__proto__']);
});

test('reads data at a position that is not a multiple of the element size', () => {
  const bytes = container(`${JSON.stringify({ x: entry([1], 0, 4) })}`.padEnd(61), 4);
  new DataView(bytes.buffer).setFloat32(8 + 61, 1.5, true);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const tensor = readSafetensors(shifted.subarray(3), 'x').tensors.get('x');
  assert.ok(tensor);
  assert.deepEqual(toFloat32(tensor, 'x', 'x'), Float32Array.of(1.5));
});

test('converts F64 by rounding to single precision', () => {
  const tensor = stored('F64', Float64Array.of(0.1, -2, 1e300).buffer, 3);
  assert.deepEqual(toFloat32(tensor, 'x', 'x'), Float32Array.of(0.1, -2, 1e300));
});

test('converts F16: zeros, subnormals, normals, infinities', () => {
  // Bit patterns and values of IEEE 754 binary16.
  const bits = Uint16Array.of(
    0x0000,
    0x0001,
    0x03ff,
    0x0400,
    0x3c00,
    0xc000,
    0x3555,
    0x7bff,
    0x7c00,
  );
  const values = toFloat32(stored('F16', bits.buffer, bits.length), 'x', 'x');
  const third = 0x555 / 0x1000;
  const expected = [0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -2, third, 65504, Infinity];
  assert.deepEqual([...values], expected);
  const nan = toFloat32(stored('F16', Uint16Array.of(0x7e00).buffer, 1), 'x', 'x');
  assert.ok(Number.isNaN(nan[0]));
});

test('converts BF16: the upper half of an F32', () => {
  const bits = Uint16Array.of(0x3f80, 0xc000, 0x3eab, 0x0001);
  const values = toFloat32(stored('BF16', bits.buffer, bits.length), 'x', 'x');
  assert.deepEqual([...values], [1, -2, 171 / 512, 2 ** -133]);
});

test('refuses to convert integers, by name', () => {
  assert.throws(() => toFloat32(stored('I64', new ArrayBuffer(8), 1), 'steps', 'f'), {
    name: 'InputError',
    message: /^f: tensor "steps" has dtype I64, expected F32, F64, F16 or BF16/,
  });
});

test('reads back what it wrote, in the same bytes whatever the order', () => {
  const y = { shape: [2, 2], data: Float32Array.of(1, -0, 2 ** -149, 3.4e38) };
  const x = { shape: [1], data: Float32Array.of(0.1) };
  const one = writeSafetensors(new Map(Object.entries({ y, x })), { seed: '0', alpha: '0.8 “µ”' });
  const two = writeSafetensors(new Map(Object.entries({ x, y })), { alpha: '0.8 “µ”', seed: '0' });
  assert.deepEqual(one, two);
  const { tensors, metadata } = readSafetensors(one, 'x');
  assert.deepEqual(metadata, { seed: '0', alpha: '0.8 “µ”' });
  assert.deepEqual([...tensors.keys()], ['x', 'y']);
  for (const [name, { shape, data }] of Object.entries({ x, y })) {
    const tensor = tensors.get(name);
    assert.ok(tensor);
    assert.deepEqual(tensor.shape, shape);
    assert.deepEqual(toFloat32(tensor, name, 'x'), data);
  }
});

test('writes data at a multiple of 8 bytes', () => {
  for (const name of ['x', 'xy', 'xyz', 'wxyz', 'vwxyz', 'uvwxyz', 'tuvwxyz', 'stuvwxyz']) {
    const data = Float32Array.of(1);
    const bytes = writeSafetensors(new Map([[name, { shape: [1], data }]]));
    assert.equal((bytes.length - 4) % 8, 0);
  }
});

test('refuses to write a tensor whose length is not its shape', () => {
  const tensor = { shape: [2, 2], data: new Float32Array(3) };
  assert.throws(() => writeSafetensors(new Map([['x', tensor]])), RangeError);
});

test('writes double precision as F64 and reads it back with every bit', () => {
  const data = Float64Array.of(1 / 3, -0, 5e-324, 1.7e308);
  const file = new Map(Object.entries({ x: { shape: [2, 2], data } }));
  const { tensors } = readSafetensors(writeSafetensors(file), 'x.safetensors');
  const tensor = tensors.get('x');
  assert.ok(tensor !== undefined);
  assert.equal(tensor.dtype, 'F64');
  assert.deepEqual(toFloat64(tensor, 'x', 'x.safetensors'), data);
  assert.throws(() => toFloat64(stored('F32', new ArrayBuffer(4), 1), 'x', 'x.safetensors'), {
    name: 'InputError',
    message: /dtype F32, expected F64/,
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { InputError } from '../errors.ts';
import { readModel } from './model-file.ts';
import { readTensorFile } from './tensor-file.ts';
import { type ZipOptions, zip } from './test-zip.ts';

const shipped = (name: string) =>
  readFileSync(new URL(`../../test/checkpoints/${name}`, import.meta.url));
const twin = readModel(shipped('small.safetensors'), 'm').network;

/** An .npy file with this header. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  bytes.set(data, start + header.length);
  return bytes;
}

const dict = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
const archive = (content: Uint8Array, options: ZipOptions = {}) =>
  zip([{ name: 'U.npy', content }], options);

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => readTensorFile(bytes, 'x.npz'),
    (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /^x\.npz: [^\n]{10,300}\.$/);
      return true;
    },
  );
}

for (const name of ['stored', 'compressed', 'fortran', 'big-endian', 'turned']) {
  test(`reads ${name}.npz, which numpy wrote, to the weights of its twin`, () => {
    const { network, notices } = readModel(shipped(`${name}.npz`), 'm');
    assert.deepEqual(network, twin);
    assert.equal(notices.length, name === 'turned' ? 3 : 0);
  });
}

test('reads half precision', () => {
  const half = readModel(shipped('half.safetensors'), 'm').network;
  assert.deepEqual(readModel(shipped('half.npz'), 'm').network, half);
});

test('leaves out arrays of strings and ignores integers', () => {
  const { tensors } = readTensorFile(shipped('big-endian.npz'), 'm');
  assert.equal(tensors.get('step')?.dtype, 'I64');
  assert.equal(tensors.has('task'), false);
});

test('refuses an object array by name, executing nothing', () =>
  refuses(shipped('object.npz'), /array "U" has the dtype object: its elements are a pickle/));

test('a header in any order, of any version, of Python 2', () => {
  const data = new Uint8Array(24);
  for (const header of [
    dict("'<f4'", '(2, 3)'),
    "{'shape': (2L, 3L,), 'fortran_order':False,'descr':'<f4'}",
  ]) {
    for (const version of [1, 2, 3]) {
      const { tensors } = readTensorFile(archive(npy(header, data, version)), 'm');
      assert.deepEqual(tensors.get('U')?.shape, [2, 3]);
    }
  }
  const scalar = readTensorFile(archive(npy(dict("'<f8'", '()'), new Uint8Array(8))), 'm');
  assert.deepEqual(scalar.tensors.get('U')?.shape, []);
});

test('refuses what is not a header', () => {
  const data = new Uint8Array(24);
  for (const header of [
    '',
    '{}',
    '{',
    "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} or exit()",
    "{'descr': __import__('os').system('x'), 'fortran_order': False, 'shape': (2, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 99999999999999999)}",
  ]) {
    refuses(archive(npy(header, data)), /the header of array "U" is not the dict/);
  }
  refuses(archive(npy('', data, 9)), /unknown npy version 9/);
  refuses(archive(npy(dict("'<f4'", '(2, 3)'), data).subarray(0, 40)), /and only 30 follow/);
  refuses(archive(npy(' '.repeat(70_000), data, 2)), /header of 70000 bytes, longer/);
  refuses(archive(new Uint8Array(50)), /not in numpy's npy format/);
});

test('refuses dtypes that are no weights', () => {
  for (const descr of ["'<c8'", "'<f16'", "'|V8'", "'<M8[ns]'", "[('x', '<f4')]", "''"]) {
    refuses(
      archive(npy(dict(descr, '(1,)'), new Uint8Array(8))),
      /"U" has the dtype .* convert it/,
    );
  }
});

test('refuses a shape that is not what there is, allocating nothing', () => {
  const data = new Uint8Array(24);
  refuses(
    archive(npy(dict("'<f4'", '(2, 4)'), data)),
    /has 24 bytes and its shape \[2, 4\] in <f4 wants 32/,
  );
  const huge = '(9007199254740991, 9007199254740991)';
  refuses(archive(npy(dict("'>f4'", huge, 'True'), data)), /has 24 bytes and its shape/);
});

test('one array alone is refused with a way out', () =>
  refuses(npy(dict("'<f4'", '(2, 3)'), new Uint8Array(24)), /it is one array .* numpy.savez/));

test('reads a deflated archive and one with zip64 fields', () => {
  const content = npy(dict("'<f4'", '(2, 3)'), new Uint8Array(24));
  for (const options of [{ deflate: true }, { zip64: true }, { comment: 'PK\x05\x06 by hand' }]) {
    const { tensors } = readTensorFile(archive(content, options), 'm');
    assert.deepEqual(tensors.get('U')?.shape, [2, 3]);
  }
});

test('refuses a zip bomb by its declared size, unpacking nothing', () => {
  const packed = deflateRawSync(new Uint8Array(1000));
  const bomb = zip([{ name: 'U.npy', content: new Uint8Array(0), packed, size: 2 ** 30, crc: 0 }]);
  refuses(bomb, /would unpack to 1073741824 \(a zip bomb\?\); it was not unpacked/);
});

test('refuses a zip bomb that declares less than it is, at the declared size', () => {
  const packed = deflateRawSync(new Uint8Array(50_000_000));
  refuses(
    zip([{ name: 'U.npy', content: new Uint8Array(0), packed, size: 1000, crc: 0 }]),
    /unpacks to more than the 1000 bytes it declares/,
  );
  refuses(
    zip([{ name: 'U.npy', content: new Uint8Array(0), packed: packed.subarray(0, 9), size: 9 }]),
    /"U.npy" is damaged: it does not unpack/,
  );
});

test('refuses members that overlap, as nested bombs have them', () => {
  const content = new Uint8Array(8);
  const bytes = zip([
    { name: 'U.npy', content },
    { name: 'V.npy', content },
  ]);
  const end = new DataView(bytes.buffer, bytes.length - 22).getUint32(16, true);
  const overlapping = bytes.slice();
  // The first member's length in the directory, stored and unpacked, reaches over the second's header.
  new DataView(overlapping.buffer).setUint32(end + 20, 48, true);
  new DataView(overlapping.buffer).setUint32(end + 24, 48, true);
  refuses(overlapping, /its members "U.npy" and "V.npy" overlap/);
});

test('refuses a damaged member, a damaged directory, encryption, other methods, equal names', () => {
  const content = npy(dict("'<f4'", '(2, 3)'), new Uint8Array(24));
  const member = { name: 'U.npy', content };
  refuses(zip([{ ...member, crc: crc32(content) ^ 1 }]), /"U.npy" is damaged: its checksum/);
  refuses(zip([member, member]), /two members "U.npy"/);
  refuses(zip([{ ...member, method: 12 }]), /compressed by method 12/);
  refuses(zip([{ ...member, flags: 1 }]), /"U.npy" is encrypted/);
  refuses(zip([member]).subarray(0, -1), /no directory at its end \(it may be truncated\)/);
  refuses(zip([{ ...member, size: 7 }]), /is stored in .* bytes and declares 7/);
});

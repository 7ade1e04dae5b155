/** numpy's scalars and torch.Size in a checkpoint are plain data; what is near them is refused by name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { unpickle } from './pickle.ts';
import { op, pickle } from './test-pickle.ts';
import { torchHost } from './torch-pickle.ts';
import { readZip, unpack } from './zip.ts';

const fail = (problem: string): never => {
  throw new Error(problem);
};
const read = (...parts: number[][]) =>
  unpickle(pickle(...parts), 0, torchHost(fail).host, fail).value;

const dtype = (kind: string, order = '<') =>
  [
    ...[op.global('numpy', 'dtype'), op.mark, op.text(kind), op.no, op.no, op.tuple, op.reduce],
    ...[op.mark, op.int(3), op.text(order), op.none, op.none, op.none, op.int(-1), op.tuple],
    op.build,
  ].flat();
/** As protocol 3 and later write bytes. */
const bytes = (...values: number[]) => [0x43, values.length, ...values];
const scalar = (type: number[], data: number[], module = 'numpy._core.multiarray') =>
  [op.global(module, 'scalar'), op.mark, type, data, op.tuple, op.reduce].flat();
const encoded = (text: string, encoding = 'latin1') =>
  [op.global('_codecs', 'encode'), op.text(text), op.text(encoding), op.tuple2, op.reduce].flat();

test('every kind of number that numpy has is read', () => {
  for (const [kind, data, value] of [
    ['b1', [1], true],
    ['i1', [255], -1],
    ['u1', [255], 255],
    ['i2', [0, 128], -32768],
    ['u2', [0, 128], 32768],
    ['i4', [254, 255, 255, 255], -2],
    ['u4', [0, 0, 0, 128], 2 ** 31],
    ['i8', [144, 1, 0, 0, 0, 0, 0, 0], 400],
    ['u8', [255, 255, 255, 255, 255, 255, 255, 255], 2n ** 64n - 1n],
    ['f2', [0, 0x3e], 1.5],
    ['f4', [0, 0, 0xa0, 0x3f], 1.25],
    ['f8', [0, 0, 0, 0, 0, 0, 4, 64], 2.5],
  ] as const) {
    assert.equal(read(scalar(dtype(kind), bytes(...data))), value);
  }
  assert.equal(read(scalar(dtype('i1', '|'), bytes(7), 'numpy.core.multiarray')), 7);
  assert.equal(read(scalar(dtype('f8'), encoded('\0\0\0\0\0\0\x04@'))), 2.5);
});

test('PyTorch’s own file of them is read: losses, a size, an epoch', () => {
  const path = new URL('../../test/checkpoints/transformer-checkpoint.pt', import.meta.url);
  const members = readZip(new Uint8Array(readFileSync(path)), fail);
  const member = members.get('transformer-checkpoint/data.pkl');
  assert.ok(member !== undefined);
  const { value } = unpickle(unpack(member, fail), 0, torchHost(fail).host, fail);
  assert.ok(value instanceof Map);
  assert.deepEqual(value.get('train_losses'), [2.5, 1.25]);
  assert.deepEqual(value.get('shape').items, [12, 12]);
  assert.equal(value.get('epoch'), 400);
});

test('other dtypes, other byte orders, other lengths, other codecs are refused', () => {
  const refuses = (part: number[], message: RegExp) => assert.throws(() => read(part), { message });
  refuses(dtype('O8'), /makes a numpy dtype of "O8"; nothing was executed/);
  refuses(dtype('V16'), /numpy dtype of "V16"/);
  refuses(dtype('toString'), /numpy dtype of "toString"/);
  refuses(dtype('f8', '>'), /sets the state of/);
  refuses(scalar(dtype('f8'), bytes(1, 2, 3)), /scalar of 3 bytes in f8/);
  refuses(scalar(op.text('f8'), bytes(1)), /makes a numpy scalar of a string and bytes/);
  refuses(encoded('x'.repeat(17)), /encodes a string other than the few bytes/);
  refuses(encoded('x', 'rot13'), /encodes a string other/);
  refuses(encoded('∞'), /not latin-1/);
  refuses(op.global('numpy', 'ndarray'), /it asks for "numpy\.ndarray"/);
  refuses(op.global('numpy._core.multiarray', '_reconstruct'), /_reconstruct"; nothing was/);
  refuses(op.global('_codecs', 'decode'), /it asks for "_codecs\.decode"/);
  const size = [op.global('torch', 'Size'), op.text('12'), op.tuple1, op.reduce].flat();
  refuses(size, /makes a size of a string/);
});

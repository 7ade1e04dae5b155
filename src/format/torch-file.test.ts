import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from './model-file.ts';
import { toFloat32, writeSafetensors } from './safetensors.ts';
import { readTensorFile } from './tensor-file.ts';
import { op, pickle, storage, tensor, torchLegacy, torchZip } from './test-pickle.ts';
import { zip } from './test-zip.ts';

const shipped = (name: string) =>
  readFileSync(new URL(`../../test/checkpoints/${name}`, import.meta.url));
const network = (name: string) => readModel(shipped(name), 'm').network;

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => readModel(bytes, 'x.pt'), { name: 'InputError', message });
}

/** A dict from names to what the parts of a pickle make. */
const dict = (entries: Readonly<Record<string, number[]>>) =>
  [
    op.dict,
    ...Object.entries(entries).flatMap(([key, value]) => [op.text(key), value, op.setItem]),
  ].flat();
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

for (const [file, twin] of [
  ['zip.pt', 'small'],
  ['legacy.pth', 'small'],
  ['legacy4.pth', 'small'],
  ['protocol3.pt', 'small'],
  ['protocol4.pt', 'small'],
  ['protocol5.pt', 'small'],
  ['parameters.pt', 'small'],
  ['views.pt', 'small'],
  ['views-legacy.pt', 'small'],
  ['half.pt', 'half'],
  ['bfloat16.pt', 'bfloat16'],
]) {
  test(`reads ${file}, which PyTorch wrote, to the weights of its twin`, () => {
    const model = readModel(shipped(file), 'm');
    assert.deepEqual(model.network, network(`${twin}.safetensors`));
    assert.deepEqual(model.notices, []);
    assert.equal(model.activation, null);
  });
}

test('double precision is rounded to single, and that is said where it changes a weight', () => {
  const { network: read, notices } = readModel(shipped('double.pt'), 'm');
  assert.deepEqual(read, network('double.safetensors'));
  assert.deepEqual(notices, [
    'fc1.weight, fc2.weight, fc2.bias, fc1.bias: double precision, rounded to single.',
  ]);
  const exact = { shape: [1, 3], data: Float64Array.of(0.5, 0, 1) };
  const W = { shape: [3, 1], data: Float64Array.of(0.5, 0, 2 ** -60) };
  const mu = { shape: [3], data: new Float64Array(3) };
  const bytes = writeSafetensors(new Map(Object.entries({ U: exact, V: exact, W, mu })));
  assert.deepEqual(readModel(bytes, 'm').notices, []);
});

for (const name of ['training.pt', 'training-legacy.pt']) {
  test(`finds the state dict in ${name}, a checkpoint with an optimizer, and says so`, () => {
    const { network: read, notices } = readModel(shipped(name), 'm');
    assert.deepEqual(read, network('small.safetensors'));
    assert.deepEqual(notices, [
      'The network is the state dict "model_state_dict" of the file; not read: "epoch", "optimizer", "losses".',
      'The names of the tensors begin with "module.", which was left out.',
    ]);
  });
}

test('transposed matrices are found by shape and said', () => {
  const { network: read, notices } = readModel(shipped('turned.pt'), 'm');
  assert.deepEqual(read, network('small.safetensors'));
  assert.deepEqual(
    notices.map((sentence) => sentence.slice(0, 30)),
    [
      'U is stored as [P, M] = [5, 8]',
      'V is stored as [P, M] = [5, 8]',
      'W is stored as [M, P] = [8, 5]',
    ],
  );
});

test('refuses a whole module by the class it asks for', () =>
  refuses(shipped('module.pt'), /it asks for "__main__\.Net"; nothing was executed/));

test('lists the tensors where none is ours', () => {
  const other = dict({ a: dict({ 'fc3.weight': tensor(storage('0', 4), [2, 2], [2, 1]) }) });
  refuses(torchZip(pickle(other), { 0: floats(1, 2, 3, 4) }), /its tensors are "a\.fc3\.weight"/);
  refuses(torchZip(pickle(op.dict)), /there is no tensor in it, only a dict/);
});

test('refuses several networks in one file, and takes the outermost', () => {
  const layers = (key: string) =>
    dict({
      'fc1.weight': tensor(storage(key, 24), [4, 6], [6, 1]),
      'fc2.weight': tensor(storage(key, 24), [3, 4], [4, 1]),
    });
  const data = { 0: new Uint8Array(96), 1: new Uint8Array(96) };
  const both = dict({ model: layers('0'), ema: layers('1') });
  refuses(torchZip(pickle(both), data), /several networks in it \("model", "ema"\)/);
  assert.equal(readModel(torchZip(pickle(dict({ one: layers('0') })), data), 'm').network.width, 4);
});

test('honours strides, offsets and what tensors share', () => {
  const tensors = dict({
    row: tensor(storage('0', 6), [3], [1], 3),
    column: tensor(storage('0', 6), [2], [3], 1),
    transposed: tensor(storage('0', 6), [3, 2], [1, 3]),
    expanded: tensor(storage('0', 6), [2, 2], [0, 1], 4),
    empty: tensor(storage('0', 6), [0, 9], [9, 1], 70),
    scalar: tensor(storage('0', 6), [], [], 5),
  });
  const read = readTensorFile(torchZip(pickle(tensors), { 0: floats(0, 1, 2, 3, 4, 5) }), 'm');
  const values = Object.fromEntries(
    [...read.tensors].map(([name, stored]) => [name, [...toFloat32(stored, name, 'm')]]),
  );
  assert.deepEqual(values, {
    row: [3, 4, 5],
    column: [1, 4],
    transposed: [0, 3, 1, 4, 2, 5],
    expanded: [4, 5, 4, 5],
    empty: [],
    scalar: [5],
  });
});

test('refuses a tensor that reaches beyond its storage, allocating nothing', () => {
  const huge = 2 ** 31 - 1;
  for (const [shape, strides, offset] of [
    [[7], [1], 0],
    [[6], [1], 1],
    [[2, 2], [huge, 1], 0],
    [[huge, huge], [1, 1], 0],
    [[1], [1], huge],
  ] as const) {
    const content = pickle(dict({ U: tensor(storage('0', 6), shape, strides, offset) }));
    refuses(torchZip(content, { 0: new Uint8Array(24) }), /reaches beyond the 6 elements/);
  }
  const expanded = pickle(dict({ U: tensor(storage('0', 6), [huge, 3], [0, 1]) }));
  refuses(
    torchZip(expanded, { 0: new Uint8Array(24) }),
    /elements in a storage of 6 \(expanded\?\)/,
  );
  for (const [shape, strides] of [
    [[-1], [1]],
    [[1], [-1]],
    [[1, 1], [1]],
  ]) {
    const content = pickle(dict({ U: tensor(storage('0', 6), shape, strides) }));
    refuses(torchZip(content, { 0: new Uint8Array(24) }), /not whole numbers from 0 up/);
  }
});

test('refuses a storage that is missing, too short or of two sizes', () => {
  const one = pickle(dict({ U: tensor(storage('0', 6), [6], [1]) }));
  refuses(torchZip(one), /its storage "0" is not there/);
  refuses(torchZip(one, { 0: new Uint8Array(23) }), /has 23 bytes where 6 elements of F32 want 24/);
  refuses(torchLegacy(one), /its storage "0" is not there/);
  const two = pickle(
    dict({ U: tensor(storage('0', 6), [6], [1]), V: tensor(storage('0', 5), [5], [1]) }),
  );
  refuses(torchZip(two, { 0: new Uint8Array(24) }), /"0" is asked for in two types or sizes/);
});

test('refuses files of big-endian machines, TorchScript, and pickles that are not PyTorch’s', () => {
  refuses(torchZip(pickle(op.dict), {}, 'big'), /its byteorder is not little/);
  refuses(torchLegacy(pickle(op.dict), false), /saved on a big-endian machine/);
  const script = zip([
    { name: 'x/data.pkl', content: pickle(op.dict) },
    { name: 'x/constants.pkl', content: pickle(op.none) },
  ]);
  refuses(script, /it is a TorchScript program/);
  refuses(pickle(op.dict, op.text('a'), op.text('b'), op.setItem), /torch\.save did not write/);
});

test('refuses a tar archive of PyTorch before 0.1.10, and says how to convert it', () => {
  // The header of a tar's first member: its name at 0, "ustar" at 257.
  const tar = new Uint8Array(2048);
  tar.set(new TextEncoder().encode('sys_info'));
  tar.set(new TextEncoder().encode('ustar\0'), 257);
  refuses(
    tar,
    /it is a tar archive, as PyTorch before 0\.1\.10 saved them.*torch\.save\(torch\.load/,
  );
});

test('a checksum that does not hold is said', () => {
  const bytes = Uint8Array.from(shipped('zip.pt'));
  const weight = shipped('small.safetensors').subarray(-20);
  const at = Buffer.from(bytes).indexOf(weight);
  assert.ok(at > 0);
  bytes[at] ^= 1;
  assert.match(readModel(bytes, 'm').notices[0], /^The checksum of "zip\/data\/3" does not hold/);
});

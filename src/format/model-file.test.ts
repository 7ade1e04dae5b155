import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { emptyNetwork, type Network } from '../model/network.ts';
import { readModel, writeModel } from './model-file.ts';
import { readSafetensors, toFloat32, writeSafetensors } from './safetensors.ts';

const checkpoint = new URL(
  '../../test/checkpoints/pytorch-add-p59-noise80.safetensors',
  import.meta.url,
);

const tensor = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => i / 8),
});

const own = { U: tensor(2, 3), V: tensor(2, 3), W: tensor(3, 2), mu: tensor(3) };
const pytorch = {
  'fc1.weight': tensor(2, 6),
  'fc1.bias': tensor(2),
  'fc2.weight': tensor(3, 2),
  'fc2.bias': tensor(3),
};

function file(tensors: Record<string, ReturnType<typeof tensor>>, metadata = {}): Uint8Array {
  return writeSafetensors(new Map(Object.entries(tensors)), metadata);
}

function without<T extends object>(
  tensors: T,
  ...names: (keyof T)[]
): Record<string, ReturnType<typeof tensor>> {
  return Object.fromEntries(
    Object.entries(tensors).filter(([name]) => !names.includes(name as keyof T)),
  );
}

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => readModel(bytes, 'm.safetensors'), { name: 'InputError', message });
}

test('reads a network in its own names', () => {
  const { network, activation, metadata } = readModel(file(own, { activation: 'gelu' }), 'm');
  assert.equal(network.modulus, 3);
  assert.equal(network.width, 2);
  assert.deepEqual(network.U, own.U.data);
  assert.deepEqual(network.W, own.W.data);
  assert.deepEqual(network.mu, own.mu.data);
  assert.equal(network.hiddenBias, null);
  assert.equal(activation, 'gelu');
  assert.deepEqual(metadata, { activation: 'gelu' });
});

test('splits fc1.weight into U, its first P columns, and V, its last', () => {
  const { network, activation } = readModel(file(pytorch), 'm');
  assert.deepEqual(
    [...network.U],
    [0, 1, 2, 6, 7, 8].map((i) => i / 8),
  );
  assert.deepEqual(
    [...network.V],
    [3, 4, 5, 9, 10, 11].map((i) => i / 8),
  );
  assert.deepEqual(network.W, pytorch['fc2.weight'].data);
  assert.deepEqual(network.mu, pytorch['fc2.bias'].data);
  assert.deepEqual(network.hiddenBias, pytorch['fc1.bias'].data);
  assert.equal(activation, null);
});

test('reads a checkpoint that PyTorch wrote', () => {
  const bytes = readFileSync(checkpoint);
  const { network, activation, metadata } = readModel(bytes, 'm');
  assert.equal(network.modulus, 59);
  assert.equal(network.width, 513);
  assert.equal(activation, 'relu');
  assert.equal(metadata.made_with, 'pytorch');
  const stored = readSafetensors(bytes, 'm').tensors.get('fc1.weight');
  assert.ok(stored);
  const both = toFloat32(stored, 'fc1.weight', 'm');
  assert.equal(network.U[7 * 59 + 5], both[7 * 118 + 5]);
  assert.equal(network.V[512 * 59 + 58], both[512 * 118 + 117]);
});

test('takes a missing output bias for zeros, in both sets of names', () => {
  assert.deepEqual(readModel(file(without(own, 'mu')), 'm').network.mu, new Float32Array(3));
  const bytes = file(without(pytorch, 'fc1.bias', 'fc2.bias'));
  const { network } = readModel(bytes, 'm');
  assert.deepEqual(network.mu, new Float32Array(3));
  assert.equal(network.hiddenBias, null);
});

test('reads back what it wrote, the hidden bias included', () => {
  for (const hiddenBias of [null, Float32Array.of(0.5, -0.25)]) {
    const network: Network = {
      ...emptyNetwork(3, 2),
      U: own.U.data,
      V: own.V.data,
      W: own.W.data,
      hiddenBias,
    };
    const bytes = writeModel(network, { activation: 'quadratic', seed: '1' });
    const model = readModel(bytes, 'm');
    assert.deepEqual(model.network, network);
    assert.equal(model.activation, 'quadratic');
    assert.deepEqual(writeModel(network, { seed: '1', activation: 'quadratic' }), bytes);
  }
});

test('ignores tensors of integers that it does not need', () => {
  const header = JSON.stringify({
    U: { dtype: 'F32', shape: [1, 3], data_offsets: [0, 12] },
    V: { dtype: 'F32', shape: [1, 3], data_offsets: [12, 24] },
    W: { dtype: 'F32', shape: [3, 1], data_offsets: [24, 36] },
    steps: { dtype: 'I64', shape: [], data_offsets: [36, 44] },
  });
  const bytes = new Uint8Array(8 + header.length + 44);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(new TextEncoder().encode(header), 8);
  assert.equal(readModel(bytes, 'm').network.width, 1);
  const needed = new TextEncoder().encode(
    header.replace('"V":{"dtype":"F32"', '"V":{"dtype":"I32"'),
  );
  bytes.set(needed, 8);
  refuses(bytes, /"V" has dtype I32, expected F32/);
});

test('refuses a file with another layer', () => {
  refuses(file({ ...pytorch, 'fc3.weight': tensor(3, 3) }), /two layers .* tensor "fc3.weight"/);
});

test('refuses a file that lacks tensors, and says which', () => {
  refuses(file(without(own, 'V')), /missing: V\.$/);
  refuses(file(without(pytorch, 'fc2.weight')), /fc1.weight and fc2.weight, but its tensors are/);
  refuses(file({ embedding: tensor(3, 3) }), /but its tensors are "embedding"; rename them/);
  refuses(file({}), /but its tensors are none/);
});

test('refuses two networks in one file', () => {
  refuses(file({ ...own, ...pytorch }), /two sets of names/);
});

test('refuses shapes that do not fit each other', () => {
  refuses(
    file({ ...own, U: tensor(6) }),
    /expected U to be \[M, P\] or its transpose \[P, M\], got \[6\]/,
  );
  refuses(
    file({ ...own, V: tensor(3, 3) }),
    /expected V to be \[2, 3\] or \[3, 2\] as U is \[2, 3\], got \[3, 3\]/,
  );
  refuses(file({ ...own, W: tensor(2, 4) }), /expected W to be \[3, 2\]/);
  refuses(file({ ...own, mu: tensor(1, 3) }), /expected mu to be \[3\]/);
  refuses(file({ ...own, hidden_bias: tensor(3) }), /expected hidden_bias to be \[2\]/);
  refuses(
    file({ ...pytorch, 'fc1.weight': tensor(2, 7) }),
    /fc1.weight to be \[M, 2P\] .* \[2, 7\]/,
  );
  refuses(file({ ...pytorch, 'fc2.weight': tensor(2, 4) }), /expected fc2.weight to be \[3, 2\]/);
  refuses(file({ ...pytorch, 'fc2.bias': tensor(2) }), /expected fc2.bias to be \[3\]/);
  refuses(file({ ...pytorch, 'fc1.bias': tensor(3) }), /expected fc1.bias to be \[2\]/);
});

test('refuses a modulus below 3 and above 1024', () => {
  refuses(file({ U: tensor(1, 2), V: tensor(1, 2), W: tensor(2, 1) }), /modulus from 3 .* P = 2/);
  const large = { U: tensor(1, 1025), V: tensor(1, 1025), W: tensor(1025, 1) };
  refuses(file(large), /to 1024, the shapes say P = 1025/);
});

test('refuses a width of 0', () => {
  refuses(file({ U: tensor(0, 3), V: tensor(0, 3), W: tensor(3, 0) }), /at least one neuron/);
});

test('refuses weights that are not finite, and says where', () => {
  const broken = (name: keyof typeof own, index: number, value: number) => {
    const data = own[name].data.slice();
    data[index] = value;
    return file({ ...own, [name]: { shape: own[name].shape, data } });
  };
  refuses(broken('V', 4, Number.NaN), /V\[1, 1\] is NaN/);
  refuses(broken('W', 5, Number.POSITIVE_INFINITY), /W\[2, 1\] is Infinity/);
  refuses(broken('mu', 2, Number.NEGATIVE_INFINITY), /mu\[2\] is -Infinity/);
});

test('refuses an activation that it does not have', () => {
  refuses(file(own, { activation: 'tanh' }), /metadata to be relu, .*, got "tanh"/);
  assert.equal(readModel(file(own, { activation: 'ReLU' }), 'm').activation, 'relu');
});

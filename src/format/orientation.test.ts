import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModel } from './model-file.ts';
import { writeSafetensors } from './safetensors.ts';

/** [rows, columns] whose entry in row r, column c is r + c/100: transposed, it reads c + r/100. */
function matrix(rows: number, columns: number) {
  const data = Float32Array.from(
    { length: rows * columns },
    (_, i) => Math.floor(i / columns) + (i % columns) / 100,
  );
  return { shape: [rows, columns], data };
}

/** The transpose of what `matrix` gives. */
function turned(rows: number, columns: number) {
  const { data } = matrix(columns, rows);
  return {
    shape: [rows, columns],
    data: Float32Array.from(
      { length: rows * columns },
      (_, i) => data[(i % columns) * rows + Math.floor(i / columns)],
    ),
  };
}

const vector = (length: number) => ({ shape: [length], data: new Float32Array(length) });
const read = (tensors: Record<string, ReturnType<typeof matrix>>) =>
  readModel(writeSafetensors(new Map(Object.entries(tensors))), 'm');

const P = 5;
const M = 8;

test('every combination of transposed U, V and W is the same network, and each is said', () => {
  const expected = read({ U: matrix(M, P), V: matrix(M, P), W: matrix(P, M), mu: vector(P) });
  assert.deepEqual(expected.notices, []);
  for (let bits = 1; bits < 8; bits++) {
    const { network, notices } = read({
      U: bits & 1 ? turned(P, M) : matrix(M, P),
      V: bits & 2 ? turned(P, M) : matrix(M, P),
      W: bits & 4 ? turned(M, P) : matrix(P, M),
      mu: vector(P),
    });
    assert.deepEqual(network, expected.network);
    const said = notices.map((sentence) => sentence[0]).join('');
    assert.equal(said, ['U', 'V', 'W'].filter((_, i) => bits & (1 << i)).join(''));
    assert.match(notices[0], / is stored as \[[PM], [PM]\] = \[\d, \d\]: transposed to/);
  }
});

test('fc1.weight [2P, M] and fc2.weight [M, P] are transposed, with and without biases', () => {
  const expected = read({ 'fc1.weight': matrix(M, 2 * P), 'fc2.weight': matrix(P, M) });
  const { network, notices } = read({ 'fc1.weight': turned(2 * P, M), 'fc2.weight': turned(M, P) });
  assert.deepEqual(network, expected.network);
  assert.equal(network.modulus, P);
  assert.deepEqual(notices, [
    'fc1.weight is stored as [2P, M] = [10, 8]: transposed to [M, 2P].',
    'fc2.weight is stored as [M, P] = [8, 5]: transposed to [P, M].',
  ]);
  assert.deepEqual(expected.notices, []);
});

test('a square matrix is read as documented, and that is said', () => {
  const own = read({ U: matrix(P, P), V: matrix(P, P), W: matrix(P, P), mu: vector(P) });
  assert.equal(own.network.U[1], matrix(P, P).data[1]);
  assert.equal(own.notices.length, 3);
  assert.match(own.notices[0], /^U is \[5, 5\], which fits \[M, P\] and its transpose: read as/);
  const pytorch = read({ 'fc1.weight': matrix(2 * P, 2 * P), 'fc2.weight': turned(2 * P, P) });
  assert.equal(pytorch.network.modulus, P);
  assert.equal(pytorch.network.U[1], matrix(10, 10).data[1]);
  assert.match(pytorch.notices[0], /^fc1.weight is \[10, 10\], which fits \[M, 2P\]/);
  assert.match(pytorch.notices[1], /^fc2.weight is stored as \[M, P\] = \[10, 5\]/);
});

test('without a bias U, V and W are read as documented, and the other reading is named', () => {
  const { network, notices } = read({ U: matrix(M, P), V: matrix(M, P), W: matrix(P, M) });
  assert.deepEqual([network.modulus, network.width], [P, M]);
  assert.deepEqual(notices, [
    'The shapes fit P = 5 with M = 8 and P = 8 with M = 5: read as the first; a bias in the file would decide.',
  ]);
  // 1025 can't be a modulus: nothing is left open.
  const wide = read({ U: matrix(1025, P), V: matrix(1025, P), W: matrix(P, 1025) });
  assert.deepEqual(wide.notices, []);
});

test('hidden_bias alone decides which number is M', () => {
  const { network, notices } = read({
    U: turned(P, M),
    V: turned(P, M),
    W: turned(M, P),
    hidden_bias: vector(M),
  });
  assert.deepEqual([network.modulus, network.width], [P, M]);
  assert.equal(notices.length, 3);
});

test('a file of modulus 2 is refused, not read as one of width 2 the other way round', () => {
  assert.throws(() => read({ U: matrix(M, 2), V: matrix(M, 2), W: matrix(2, M) }), {
    name: 'InputError',
    message: /modulus from 3 to 1024, the shapes say P = 2/,
  });
});

/** Every operation: its value where it isn't obvious, its gradient by finite differences, its refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf } from './answers.ts';
import { attention } from './attention.ts';
import { crossEntropy } from './cross-entropy.ts';
import { add, elementwiseProduct, gelu, relu, scale } from './elementwise.ts';
import { layerNorm } from './layer-norm.ts';
import { matmul } from './matmul.ts';
import { embedding, reshape, transpose } from './rearrange.ts';
import { createTape, type Tape } from './tape.ts';
import { constant, parameter, ShapeError, type Tensor } from './tensor.ts';
import { checkGradients, random, randomParameter, referenceMultiply } from './test-tensors.ts';

const gradientOf = 'finite differences give the gradient of';
const newTape = () => createTape(referenceMultiply);
const zeros = (...shape: number[]) =>
  constant(new Float32Array(shape.reduce((x, y) => x * y, 1)), shape);

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    test(`${gradientOf} matmul, transposed: ${transposeA}, ${transposeB}`, () => {
      const a = randomParameter('a', transposeA ? [4, 3] : [3, 4]);
      const b = randomParameter('b', transposeB ? [5, 4] : [4, 5]);
      checkGradients((tape) => matmul(tape, a, b, { transposeA, transposeB }), { a, b });
    });
  }
}

test(`${gradientOf} add, of equal shapes and of a row`, () => {
  const x = randomParameter('x', [4, 3]);
  const y = randomParameter('y', [4, 3]);
  const row = randomParameter('row', [3]);
  checkGradients((tape) => add(tape, add(tape, x, y), row), { x, y, row });
});

test(`${gradientOf} elementwiseProduct and scale`, () => {
  const x = randomParameter('x', [3, 4]);
  const y = randomParameter('y', [3, 4]);
  checkGradients((tape) => scale(tape, elementwiseProduct(tape, x, y), -2.5), { x, y });
});

test('a tensor that is used twice gets the gradients of both uses', () => {
  const x = randomParameter('x', [3, 4]);
  checkGradients((tape) => elementwiseProduct(tape, x, add(tape, x, x)), { x });
});

test(`${gradientOf} relu away from its kink; at the kink it is 0`, () => {
  const x = randomParameter('x', [5, 6]);
  // Nothing within the step of the differences.
  x.data.forEach((value, i) => {
    if (Math.abs(value) < 0.02) x.data[i] = 0.5;
  });
  checkGradients((tape) => relu(tape, x), { x });
  const kink = parameter(Float32Array.of(0, -0, 2, -2), [4, 1]);
  const tape = newTape();
  const ones = constant(new Float32Array(4).fill(1), [1, 4]);
  tape.backward(matmul(tape, ones, relu(tape, kink)));
  assert.deepEqual([...(kink.gradient ?? [])], [0, 0, 1, 0]);
  assert.ok(Number.isNaN(relu(tape, constant(Float32Array.of(Number.NaN), [1])).data[0]));
});

test(`${gradientOf} gelu, whose values are tabulated`, () => {
  const x = randomParameter('x', [5, 6]);
  checkGradients((tape) => gelu(tape, scale(tape, x, 3)), { x });
  // Φ(1) = 0.8413447461, Φ(−2) = 0.0227501319; to the rounding of float32.
  const { data } = gelu(newTape(), constant(Float32Array.of(1, -2, 0, 9), [4]));
  for (const [i, expected] of [0.8413447461, -2 * 0.0227501319, 0, 9].entries()) {
    assert.ok(Math.abs(data[i] - expected) < 2 ** -24 * Math.max(1, expected));
  }
});

test(`${gradientOf} embedding, of rows that are used never, once and twice`, () => {
  const table = randomParameter('table', [4, 3]);
  checkGradients((tape) => embedding(tape, table, [2, 0, 2]), { table });
});

test(`${gradientOf} transpose and reshape`, () => {
  const x = randomParameter('x', [3, 40]);
  const y = randomParameter('y', [2, 2]);
  checkGradients((tape) => reshape(tape, transpose(tape, x), [60, 2]), { x });
  checkGradients((tape) => transpose(tape, reshape(tape, y, [1, 4])), { y });
});

test(`${gradientOf} cross-entropy, whose value is that of its formula`, () => {
  const z = randomParameter('z', [4, 5]);
  const labels = [3, 0, 0, 4];
  checkGradients((tape) => scale(tape, crossEntropy(tape, z, labels), 2), { z });
  const expected = labels.map((label, row) => {
    const exponentials = Array.from(z.data.subarray(5 * row, 5 * row + 5), Math.exp);
    return -Math.log(exponentials[label] / exponentials.reduce((x, y) => x + y));
  });
  const mean = expected.reduce((x, y) => x + y) / 4;
  // A number near 2, rounded to float32.
  assert.ok(Math.abs(crossEntropy(newTape(), z, labels).data[0] - mean) < 2 ** -23);
});

test('cross-entropy of huge logits is finite, and of logits that are no numbers it is none', () => {
  const loss = (...z: number[]) =>
    crossEntropy(newTape(), constant(Float32Array.from(z), [1, 2]), [0]).data[0];
  assert.equal(loss(1e30, -1e30), 0);
  assert.equal(loss(-3e4, 3e4), 6e4);
  assert.ok(Number.isNaN(loss(Number.NaN, 1)) && Number.isNaN(loss(1, Number.NaN)));
  assert.ok(Number.isNaN(loss(Number.POSITIVE_INFINITY, 1)));
});

test(`${gradientOf} layer norm, whose rows have mean 0 and variance 1`, () => {
  const x = randomParameter('x', [4, 6]);
  const gain = randomParameter('gain', [6]);
  const bias = randomParameter('bias', [6]);
  checkGradients((tape) => layerNorm(tape, scale(tape, x, 3), gain, bias), { x, gain, bias });
  const ones = constant(new Float32Array(6).fill(1), [6]);
  const { data } = layerNorm(newTape(), x, ones, zeros(6), 0);
  for (let row = 0; row < 4; row++) {
    const values = [...data.subarray(6 * row, 6 * row + 6)];
    // Six numbers of size 1 in float32.
    assert.ok(Math.abs(values.reduce((sum, y) => sum + y, 0)) < 6 * 2 ** -24);
    assert.ok(Math.abs(values.reduce((sum, y) => sum + y * y, 0) - 6) < 12 * 2 ** -23);
  }
});

test('results that no parameter went into leave nothing on the tape', () => {
  const tape = newTape();
  const x = add(tape, zeros(2, 2), zeros(2));
  assert.equal(x.isDifferentiable, false);
  const w = randomParameter('w', [2, 1]);
  const y = matmul(tape, constant(Float32Array.of(1, 1), [1, 2]), matmul(tape, x, w));
  tape.backward(y);
  assert.deepEqual([...(w.gradient ?? [])], [0, 0]);
});

test('a second backward pass adds to the gradient of a parameter', () => {
  const w = parameter(Float32Array.of(3), [1, 1]);
  const tape = newTape();
  for (let pass = 1; pass <= 2; pass++) {
    tape.backward(elementwiseProduct(tape, w, w));
    assert.deepEqual([...(w.gradient ?? [])], [6 * pass]);
  }
});

// By the product the gradient comes back in one of the tape's buffers.
const handedOn: [string, (tape: Tape, w: Tensor) => Tensor][] = [
  ['scale', (tape, w) => scale(tape, w, 2)],
  ['add', (tape, w) => add(tape, w, constantLike('summand'))],
  ['add of a row', (tape, w) => add(tape, w, zeros(6))],
  ['elementwiseProduct', (tape, w) => elementwiseProduct(tape, w, constantLike('factor'))],
  ['relu', relu],
  ['gelu', gelu],
  ['reshape', (tape, w) => reshape(tape, w, [4, 6])],
  ['layerNorm', (tape, w) => layerNorm(tape, w, constant(random('gain', 6), [6]), zeros(6))],
  ['embedding', (tape, w) => embedding(tape, w, [3, 0, 3, 1])],
];

function constantLike(name: string) {
  return constant(random(name, 24), [4, 6]);
}

for (const [name, operation] of handedOn) {
  test(`the gradient that ${name} gives a parameter is the parameter's own`, () => {
    const w = randomParameter('w', [4, 6]);
    const tape = newTape();
    const lossNow = () => {
      const logits = matmul(tape, operation(tape, w), constant(random('V', 36), [6, 6]));
      return crossEntropy(tape, logits, [4, 0, 2, 2]);
    };
    tape.backward(lossNow());
    const once = [...(w.gradient ?? [])];
    assert.ok(once.some((slope) => slope !== 0));
    const next = lossNow();
    assert.deepEqual([...(w.gradient ?? [])], once, 'a forward pass leaves it alone');
    tape.backward(next);
    const twice = once.map((slope) => 2 * slope);
    assert.deepEqual([...(w.gradient ?? [])], twice, 'a second pass adds to it');
    lossNow();
    assert.deepEqual([...(w.gradient ?? [])], twice);
  });
}

const more: typeof handedOn = [
  ['matmul', (tape, x) => matmul(tape, x, constant(random('V', 36), [6, 6]))],
  ['attention', (tape, x) => attention(tape, x, x, x, 2, positions(1, 4, 4))],
];

for (const [name, operation] of [...handedOn, ...more]) {
  test(`what ${name} computes of constants outlives the backward pass`, () => {
    const tape = newTape();
    const result = operation(tape, constantLike('x'));
    const before = [...result.data];
    const w = randomParameter('w', [...result.shape]);
    // The second pass needs more arrays of this length than the first, so every one of those is used again.
    for (const length of [1, 8]) {
      let product = elementwiseProduct(tape, w, result);
      for (let i = 0; i < length; i++) product = scale(tape, product, 1.5);
      tape.backward(crossEntropy(tape, product, new Uint8Array(result.shape[0])));
    }
    assert.deepEqual([...result.data], before);
  });
}

const mismatches: [string, () => unknown, RegExp][] = [
  ['tensor', () => parameter(new Float32Array(5), [2, 3]), /5 numbers don't fill .* \[2, 3\]/],
  ['matmul', () => matmul(newTape(), zeros(2, 3), zeros(4, 5)), /a is \[2, 3\] and b is \[4, 5\]/],
  [
    'matmul of transposed factors',
    () => matmul(newTape(), zeros(2, 3), zeros(3, 5), { transposeA: true }),
    /a is \[2, 3\] \(transposed\).* not 2 and 3/,
  ],
  ['matmul of three dimensions', () => matmul(newTape(), zeros(1, 2, 3), zeros(3, 5)), /a matrix/],
  ['add', () => add(newTape(), zeros(2, 3), zeros(2)), /x is \[2, 3\] and y is \[2\]/],
  ['add of a matrix to a row', () => add(newTape(), zeros(3), zeros(2, 3)), /add: x is \[3\]/],
  [
    'product',
    () => elementwiseProduct(newTape(), zeros(2, 3), zeros(3, 2)),
    /expected equal shapes/,
  ],
  ['reshape', () => reshape(newTape(), zeros(2, 3), [4, 2]), /reshape: 6 numbers don't fill/],
  ['layerNorm', () => layerNorm(newTape(), zeros(2, 3), zeros(2), zeros(3)), /gain is \[2\]/],
  ['cross-entropy', () => crossEntropy(newTape(), zeros(2, 3), [0]), /1 labels for 2 rows/],
  ['a loss that is no number', () => newTape().backward(zeros(2, 3)), /the loss is \[2, 3\]/],
  [
    'attention over other widths',
    () => attention(newTape(), zeros(3, 4), zeros(3, 2), zeros(3, 2), 2, positions(1, 3, 3)),
    /q is \[3, 4\], k is \[3, 2\]/,
  ],
  [
    'attention with heads that leave a rest',
    () => attention(newTape(), zeros(3, 4), zeros(3, 4), zeros(3, 4), 3, positions(1, 3, 3)),
    /4 columns don't divide into 3 heads/,
  ],
  [
    'attention over rows that are missing',
    () => attention(newTape(), zeros(3, 4), zeros(3, 4), zeros(3, 4), 2, positions(2, 3, 3)),
    /3 rows of q are named for 6 positions/,
  ],
  [
    'causal attention of more queries than keys',
    () =>
      attention(newTape(), zeros(3, 4), zeros(1, 4), zeros(1, 4), 2, {
        ...positions(1, 3, 1),
        causal: true,
      }),
    /3 queries for 1 keys/,
  ],
];

function positions(sequences: number, queries: number, keys: number) {
  return { sequences, queries, keys };
}

for (const [name, run, message] of mismatches) {
  test(`shapes that don't go together are refused by name: ${name}`, () => {
    assert.throws(run, (error) => error instanceof ShapeError && message.test(error.message));
  });
}

test('an answer is the class with the largest logit, and the smaller one of two', () => {
  const logits = constant(Float32Array.of(0, 2, 2, 3, -1, 1), [2, 3]);
  assert.deepEqual([...answersOf(logits)], [1, 0]);
});

test('rows and classes that do not exist are refused', () => {
  const tape = newTape();
  for (const index of [-1, 2, 0.5, Number.NaN]) {
    assert.throws(() => embedding(tape, zeros(2, 3), [0, index]), /embedding: index 1 is/);
    assert.throws(() => crossEntropy(tape, zeros(2, 2), [0, index]), /label 1 is/);
  }
});

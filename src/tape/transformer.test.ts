import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { attention } from './attention.ts';
import { crossEntropy } from './cross-entropy.ts';
import { add, relu } from './elementwise.ts';
import { matmul } from './matmul.ts';
import { createOptimizer } from './optimizers.ts';
import { embedding } from './rearrange.ts';
import { createTape, type Tape } from './tape.ts';
import type { Tensor } from './tensor.ts';
import { products, referenceMultiply } from './test-tensors.ts';
import {
  frozen,
  initializeTransformer,
  type Transformer,
  transformerLogits,
  transformerSizes,
} from './transformer.ts';

const modulus = 5;
const a = Uint16Array.from({ length: 25 }, (_, pair) => Math.floor(pair / modulus));
const b = Uint16Array.from({ length: 25 }, (_, pair) => pair % modulus);
const label = a.map((first, i) => (first + b[i]) % modulus);
const small = () =>
  initializeTransformer(
    { modulus, width: 12, heads: 3, hiddenWidth: 20 },
    createGenerator(1, 'transformer'),
  );

/** The same transformer without any shortcut: every position computed, causal, then "=" picked out. */
function plainLogits(tape: Tape, { shape, weights }: Transformer): Tensor {
  const rows = 3 * a.length;
  const tokens = Array.from({ length: rows }, (_, i) => {
    const sequence = Math.floor(i / 3);
    return [a[sequence], b[sequence], modulus][i % 3];
  });
  const places = Array.from({ length: rows }, (_, i) => i % 3);
  const x = add(
    tape,
    embedding(tape, weights.tokens, tokens),
    embedding(tape, weights.positions, places),
  );
  const [q, k, v] = [weights.query, weights.key, weights.value].map((w) => matmul(tape, x, w));
  const positions = { sequences: a.length, queries: 3, keys: 3, causal: true };
  const mixed = attention(tape, q, k, v, shape.heads, positions);
  const residual = add(tape, x, matmul(tape, mixed, weights.attentionOutput));
  const hidden = relu(tape, add(tape, matmul(tape, residual, weights.hidden), weights.hiddenBias));
  const output = add(tape, matmul(tape, hidden, weights.output), weights.outputBias);
  const logits = matmul(tape, add(tape, residual, output), weights.unembedding);
  return embedding(
    tape,
    logits,
    Array.from(a, (_, sequence) => 3 * sequence + 2),
  );
}

for (const { name, skip, multiply } of products) {
  test(`computing only what "=" needs changes neither logits nor gradients: ${name}`, {
    skip,
  }, () => {
    const run = (forward: (tape: Tape, transformer: Transformer) => Tensor) => {
      const transformer = small();
      const tape = createTape(multiply());
      const logits = forward(tape, transformer);
      const values = logits.data.slice();
      tape.backward(crossEntropy(tape, logits, label));
      return { values, weights: Object.entries(transformer.weights) as [string, Tensor][] };
    };
    const short = run((tape, transformer) => transformerLogits(tape, transformer, a, b));
    const plain = run(plainLogits);
    // Row for row the same sums in the same order.
    assert.deepEqual(short.values, plain.values);
    short.weights.forEach(([part, { gradient }], i) => {
      const expected = plain.weights[i][1].gradient;
      assert.ok(gradient !== null && expected !== null);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      gradient.forEach((value, j) => {
        // Sums over up to 75 rows in another order, in float32.
        assert.ok(Math.abs(value - expected[j]) < 75 * 2 ** -24 * largest, `${part}[${j}]`);
      });
    });
  });

  test(`a transformer learns a small table by heart, and its loss falls: ${name}`, { skip }, () => {
    const transformer = small();
    const optimizer = createOptimizer(
      { name: 'adamw', learningRate: 1e-2, weightDecay: 0, beta1: 0.9, beta2: 0.98, epsilon: 1e-8 },
      Object.values(transformer.weights),
    );
    const tape = createTape(multiply());
    const losses = Array.from({ length: 60 }, () => {
      const loss = crossEntropy(tape, transformerLogits(tape, transformer, a, b), label);
      const value = loss.data[0];
      tape.backward(loss);
      optimizer.step();
      return value;
    });
    for (const step of [20, 40, 59]) assert.ok(losses[step] < losses[step - 20]);
    assert.ok(losses[59] < 0.05 * losses[0]);
    const { data } = transformerLogits(createTape(multiply()), frozen(transformer), a, b);
    for (let row = 0; row < 25; row++) {
      const logits = [...data.subarray(5 * row, 5 * row + 5)];
      assert.equal(logits.indexOf(Math.max(...logits)), label[row]);
    }
  });
}

test('initial weights have the deviations of Nanda et al.: 1/√d, and 1/√P at the unembedding', () => {
  const { weights } = initializeTransformer(
    { modulus: 31, ...transformerSizes },
    createGenerator(0, 'transformer'),
  );
  for (const [name, { data, shape }] of Object.entries(weights) as [string, Tensor][]) {
    const variance = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    if (shape.length === 1) assert.equal(variance, 0, name);
    else {
      const expected = name === 'unembedding' ? 1 / 31 : 1 / 128;
      // Five standard errors of the variance of n normal numbers.
      assert.ok(Math.abs(variance / expected - 1) < 5 * Math.sqrt(2 / data.length), name);
    }
  }
});

test('frozen weights leave nothing on the tape', () => {
  const logits = transformerLogits(createTape(referenceMultiply), frozen(small()), a, b);
  assert.equal(logits.isDifferentiable, false);
});

/** Networks on the tape, trained by its optimizers, on every backend. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNativeBackend, nativeUnavailable } from '../compute/native/index.ts';
import type { MatrixProduct } from '../compute/port.ts';
import { type Backend, type Optimizer, UnsupportedError } from '../compute/port.ts';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { createWasmBackend, wasmUnavailable } from '../compute/wasm/index.ts';
import { initializeNetwork } from '../model/initialize.ts';
import { activations, copyNetwork } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import { crossEntropy } from './cross-entropy.ts';
import { createOptimizer } from './optimizers.ts';
import { initializePerceptron, perceptronLogits } from './perceptron.ts';
import { createTape } from './tape.ts';
import { constant, parameter, type Tensor } from './tensor.ts';
import { products, random } from './test-tensors.ts';
import { twoLayer, twoLayerLogits } from './two-layer.ts';

const adamw = { learningRate: 1e-2, weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const optimizers: Optimizer[] = [
  { name: 'adamw', ...adamw },
  { name: 'adam', ...adamw },
  { name: 'sgd', learningRate: 0.3, weightDecay: 0.01, momentum: 0.9 },
];

const backends: { name: Backend['name']; skip: string | false; open: () => Backend }[] = [
  { name: 'reference', skip: false, open: createReferenceBackend },
  { name: 'native', skip: nativeUnavailable() ?? false, open: () => createNativeBackend() },
  { name: 'wasm', skip: wasmUnavailable() ?? false, open: () => createWasmBackend({ threads: 1 }) },
];

const modulus = 7;
const pairs = modulus * modulus;
const rows = {
  a: Uint16Array.from({ length: pairs }, (_, pair) => Math.floor(pair / modulus)),
  b: Uint16Array.from({ length: pairs }, (_, pair) => pair % modulus),
  label: Uint16Array.from({ length: pairs }, (_, pair) => (5 * pair + (pair % 3)) % modulus),
};

/** Loss before the last of the steps, and the parameters after it. */
function trainOnTape(
  multiply: MatrixProduct,
  lossOf: (tape: ReturnType<typeof createTape>) => Tensor,
  parameters: readonly Tensor[],
  optimizer: Optimizer,
  steps: number,
): number[] {
  const tape = createTape(multiply);
  const running = createOptimizer(optimizer, parameters);
  return Array.from({ length: steps }, () => {
    const loss = lossOf(tape);
    const value = loss.data[0];
    tape.backward(loss);
    running.step();
    return value;
  });
}

for (const { name, skip, open } of backends) {
  for (const activation of activations) {
    for (const optimizer of optimizers) {
      const title = `${name}, ${activation}, ${optimizer.name}`;
      test(`ten steps on the tape are ten steps of the two-layer backend: ${title}`, {
        skip,
      }, (t) => {
        const backend = open();
        const initial = initializeNetwork(modulus, 12, createGenerator(2, 'weights'), {
          hiddenBias: true,
        });
        const session = openOrRefuse(backend, {
          ...{ activation, loss: 'cross-entropy', optimizer, rows, initial },
          ...{ tied: false, freezeFirstLayer: false },
        });
        if (session === null) return t.diagnostic('the backend refuses to train this');
        session.run(10);
        const expected = session.network();
        const net = twoLayer(copyNetwork(initial));
        const { U, V, W, mu, hiddenBias } = net;
        assert.ok(hiddenBias !== null);
        const losses = trainOnTape(
          backend.multiply,
          (tape) =>
            crossEntropy(tape, twoLayerLogits(tape, net, activation, rows.a, rows.b), rows.label),
          [U, V, W, mu, hiddenBias],
          optimizer,
          10,
        );
        // Gradients rounded to float32 at different places; Adam divides them by their own size, which
        // for a gradient near 0 makes 1e-7 a visible share of a step of 1e-2.
        assert.ok(Math.abs(losses[9] - session.lossBeforeLastStep()) < 1e-5);
        for (const [part, actual] of Object.entries({ U, V, W, mu, hiddenBias })) {
          const wanted = expected[part as 'U' | 'V' | 'W' | 'mu' | 'hiddenBias'];
          actual.data.forEach((weight, i) => {
            const off = Math.abs(weight - (wanted?.[i] ?? Number.NaN));
            assert.ok(off < 2e-5, `${part}[${i}] is off by ${off}`);
          });
        }
        session.dispose();
      });
    }
  }
}

function openOrRefuse(backend: Backend, problem: Parameters<Backend['train']>[0]) {
  try {
    return backend.train(problem);
  } catch (error) {
    if (error instanceof UnsupportedError) return null;
    throw error;
  }
}

test('muon is refused, and so is a parameter that the loss does not depend on', () => {
  const w = parameter(new Float32Array(4), [2, 2]);
  const muon: Optimizer = {
    ...{ name: 'muon', learningRate: 0.02, weightDecay: 0, momentum: 0.95 },
    adamwLearningRate: 1e-3,
  };
  assert.throws(() => createOptimizer(muon, [w]), UnsupportedError);
  assert.throws(() => createOptimizer(optimizers[0], [w]).step(), /4 numbers has no gradient/);
});

/** A perceptron on eleven inputs, some steps on: its losses and weights. */
function trainPerceptron(multiply: MatrixProduct) {
  const layers = initializePerceptron([11, 9, 8, 3], createGenerator(5, 'perceptron'));
  const parameters = layers.flatMap(({ weight, bias }) => [weight, bias]);
  const x = constant(random('inputs', 20 * 11), [20, 11]);
  const labels = Array.from({ length: 20 }, (_, i) => (i * i) % 3);
  const losses = trainOnTape(
    multiply,
    (tape) => crossEntropy(tape, perceptronLogits(tape, layers, x), labels),
    parameters,
    optimizers[0],
    30,
  );
  return { losses, weights: parameters.map(({ data }) => [...data]) };
}

const [reference, ...others] = products;
for (const { name, skip, multiply } of others) {
  test(`a perceptron's training on ${name} is that on the reference`, { skip }, () => {
    const expected = trainPerceptron(reference.multiply());
    const actual = trainPerceptron(multiply());
    assert.ok(expected.losses[29] < 0.5 * expected.losses[0]);
    // Products in float32 and in double; thirty steps of 1e-2 by Adam, as above.
    actual.losses.forEach((loss, i) => {
      assert.ok(Math.abs(loss - expected.losses[i]) < 1e-4);
    });
  });
}

test('with any number of threads a training ends at the same bits', {
  skip: nativeUnavailable() ?? false,
}, () => {
  const [one, three] = [1, 3].map((threads) =>
    trainPerceptron(createNativeBackend({ threads }).multiply),
  );
  assert.deepEqual(one, three);
});

/** One suite that every backend passes: the same operations, the same answers as the reference. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { goldenCases, goldenProblem } from '../../test/golden/golden.ts';
import { initializeNetwork } from '../model/initialize.ts';
import { activations, type Network } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import { createNativeBackend, nativeUnavailable } from './native/index.ts';
import {
  type Backend,
  type Optimizer,
  type TrainingProblem,
  type TrainingSession,
  UnsupportedError,
} from './port.ts';
import { createReferenceBackend } from './reference/index.ts';
import { adamDefaults } from './reference/optimizers.ts';
import { createWasmBackend, wasmUnavailable } from './wasm/index.ts';

const reference = createReferenceBackend();
const missing = nativeUnavailable();
const noWasm = wasmUnavailable();
const candidates: { name: string; backend: Backend | null; reason: string | null }[] = [
  { name: 'reference', backend: reference, reason: null },
  {
    name: 'native',
    backend: missing === null ? createNativeBackend({ threads: 2 }) : null,
    reason: missing,
  },
  ...[1, 2].map((threads) => ({
    name: `wasm, threads: ${threads},`,
    backend: noWasm === null ? createWasmBackend({ threads }) : null,
    reason: noWasm,
  })),
];

/** Sizes that are multiples of nothing. */
const shapes = [
  { modulus: 3, width: 1 },
  { modulus: 5, width: 7 },
  { modulus: 12, width: 33 },
  { modulus: 31, width: 50 },
];

function networkOf({ modulus, width }: { modulus: number; width: number }) {
  return initializeNetwork(modulus, width, createGenerator(5, 'weights'));
}

function problemOf(
  shape: { modulus: number; width: number },
  more: Partial<TrainingProblem>,
): TrainingProblem {
  const generator = createGenerator(11, 'conformance');
  const { modulus } = shape;
  const pairs = generator
    .shuffle(Uint32Array.from({ length: modulus * modulus }, (_, pair) => pair))
    .subarray(0, Math.ceil(0.7 * modulus * modulus))
    .sort();
  return {
    activation: 'relu',
    loss: 'cross-entropy',
    optimizer: { name: 'adamw', learningRate: 1e-3, weightDecay: 0.1, ...adamDefaults },
    rows: {
      a: Uint16Array.from(pairs, (pair) => Math.floor(pair / modulus)),
      b: Uint16Array.from(pairs, (pair) => pair % modulus),
      label: Uint16Array.from(pairs, () => generator.below(modulus)),
    },
    initial: networkOf(shape),
    tied: false,
    freezeFirstLayer: false,
    ...more,
  };
}

/** Aᵀ [columns, rows] of A [rows, columns]. */
function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}

/** Largest |x − y| over the larger of 1 and the largest |y|. */
function relativeError(x: ArrayLike<number>, y: ArrayLike<number>): number {
  assert.equal(x.length, y.length);
  let difference = 0;
  let scale = 1;
  for (let i = 0; i < x.length; i++) {
    difference = Math.max(difference, Math.abs(x[i] - y[i]));
    scale = Math.max(scale, Math.abs(y[i]));
  }
  return difference / scale;
}

const optimizers: Optimizer[] = [
  { name: 'adamw', learningRate: 1e-3, weightDecay: 0.1, ...adamDefaults },
  { name: 'adam', learningRate: 1e-3, weightDecay: 1e-2, ...adamDefaults },
  { name: 'sgd', learningRate: 0.1, weightDecay: 1e-2, momentum: 0.9 },
  { name: 'muon', learningRate: 1e-3, weightDecay: 0.1, momentum: 0.95, adamwLearningRate: 1e-3 },
];

/** Every kind of network that trains: with and without tying and a hidden bias, first layer frozen. */
const kinds: { name: string; of(problem: TrainingProblem): TrainingProblem }[] = [
  { name: 'free', of: (problem) => problem },
  { name: 'tied', of: tie },
  { name: 'free with a hidden bias', of: addHiddenBias },
  { name: 'tied with a hidden bias', of: (problem) => tie(addHiddenBias(problem)) },
  {
    name: 'frozen with a hidden bias',
    of: (problem) => ({ ...addHiddenBias(problem), freezeFirstLayer: true }),
  },
];

function tie(problem: TrainingProblem): TrainingProblem {
  return { ...problem, tied: true, initial: { ...problem.initial, V: problem.initial.U } };
}

function addHiddenBias(problem: TrainingProblem): TrainingProblem {
  const hiddenBias = Float32Array.from(
    { length: problem.initial.width },
    (_, m) => 0.1 * Math.sin(m + 1),
  );
  return { ...problem, initial: { ...problem.initial, hiddenBias } };
}

/** A step is at most about η = 1e-3 per weight; see the golden test for the rounding. */
function assertNear(actual: Network, expected: Network): void {
  for (const part of ['U', 'V', 'W', 'mu'] as const) {
    assert.ok(relativeError(actual[part], expected[part]) < 1e-4, part);
  }
  assert.equal(actual.hiddenBias === null, expected.hiddenBias === null);
  if (actual.hiddenBias !== null && expected.hiddenBias !== null) {
    assert.ok(relativeError(actual.hiddenBias, expected.hiddenBias) < 1e-4, 'hidden bias');
  }
}

/** Runs a problem, or returns null where the backend says that it can't. */
function runOrRefuse(
  backend: Backend,
  problem: TrainingProblem,
  steps: number | ((session: TrainingSession) => void),
) {
  try {
    const session = backend.train(problem);
    if (typeof steps === 'number') session.run(steps);
    else steps(session);
    const result = {
      network: session.network(),
      loss: session.lossBeforeLastStep(),
      step: session.step,
      answers: session.answers(),
    };
    session.dispose();
    return result;
  } catch (error) {
    assert.ok(error instanceof UnsupportedError, String(error));
    return null;
  }
}

for (const { name, backend, reason } of candidates) {
  const skip = backend === null ? (reason ?? 'not available') : false;
  describe(`${name} backend`, { skip }, () => {
    if (backend === null) return;

    for (const golden of goldenCases) {
      const title = `${golden.activation} with ${golden.optimizer.name}`;
      test(`follows PyTorch on ${title}, or refuses it by name`, () => {
        const result = runOrRefuse(backend, goldenProblem(golden), golden.steps);
        if (result === null) {
          const isRequired = golden.activation === 'relu' && golden.optimizer.name === 'adamw';
          assert.ok(!isRequired, 'every backend trains ReLU with AdamW');
          return;
        }
        // Adam divides by √s: where a gradient is near 0, its single-precision rounding moves a step by
        // up to about η = 1e-3; 1e-4 over 50 steps is 0.2 % of the way that the weights can go.
        assert.ok(Math.abs(result.loss - golden.losses[golden.steps - 1]) < 1e-5);
        for (const part of ['U', 'V', 'W', 'mu'] as const) {
          assert.ok(relativeError(result.network[part], golden.final[part]) < 1e-4, part);
        }
      });
    }

    for (const activation of activations) {
      for (const shape of shapes) {
        const title = `${activation} at P=${shape.modulus}, M=${shape.width}`;

        test(`logits and answers of ${title} are the reference's`, () => {
          const network = {
            ...networkOf(shape),
            hiddenBias: Float32Array.from({ length: shape.width }, (_, m) => 0.1 * Math.sin(m + 1)),
          };
          const expected = reference.logits(network, activation, 0, shape.modulus);
          const actual = backend.logits(network, activation, 0, shape.modulus);
          // Single precision sums of up to 50 terms: 50 · 2⁻²⁴ ≈ 3e-6.
          assert.ok(relativeError(actual, expected) < 5e-6);
          const middle = backend.logits(network, activation, 1, 2);
          const rowLength = shape.modulus * shape.modulus;
          assert.deepEqual(middle, actual.subarray(rowLength, 3 * rowLength));
          const answers = backend.answers(network, activation);
          answers.forEach((answer, pair) => {
            const row = actual.subarray(pair * shape.modulus, (pair + 1) * shape.modulus);
            assert.equal(answer, row.indexOf(Math.max(...row)));
          });
        });

        test(`ten steps of ${title} end at the reference's weights`, () => {
          const problem = problemOf(shape, { activation });
          const actual = runOrRefuse(backend, problem, 10);
          if (actual === null) return;
          const expected = runOrRefuse(reference, problem, 10);
          assert.ok(expected !== null);
          assert.equal(actual.step, 10);
          assert.ok(Math.abs(actual.loss - expected.loss) < 1e-5 * Math.max(1, expected.loss));
          assertNear(actual.network, expected.network);
        });
      }
    }

    for (const optimizer of optimizers) {
      for (const loss of ['cross-entropy', 'mse'] as const) {
        for (const kind of kinds) {
          const title = `${kind.name}, ${loss}, ${optimizer.name}`;
          const problem = kind.of(problemOf(shapes[2], { optimizer, loss }));

          test(`ten steps end at the reference's weights, or are refused: ${title}`, () => {
            const actual = runOrRefuse(backend, problem, 10);
            if (actual === null) return;
            const expected = runOrRefuse(reference, problem, 10);
            assert.ok(expected !== null);
            assert.ok(Math.abs(actual.loss - expected.loss) < 1e-5 * Math.max(1, expected.loss));
            assertNear(actual.network, expected.network);
            if (problem.tied) assert.deepEqual(actual.network.V, actual.network.U);
          });

          test(`a state goes on to the same bits, or is refused: ${title}`, () => {
            const whole = runOrRefuse(backend, problem, 9);
            const resumed = runOrRefuse(backend, problem, (session) => {
              session.run(4);
              const state = session.state();
              session.run(1);
              const again = backend.train(problem, state);
              assert.equal(again.step, 4);
              assert.ok(Number.isNaN(again.lossBeforeLastStep()));
              again.run(1);
              assert.deepEqual(again.state(), session.state());
              assert.equal(again.lossBeforeLastStep(), session.lossBeforeLastStep());
              again.dispose();
              session.run(4);
            });
            if (resumed !== null) assert.deepEqual(resumed, whole);
          });
        }
      }
    }

    test('a batch of all rows is a step, or batches are refused', () => {
      const problem = problemOf(shapes[2], {});
      const all = Uint32Array.from(problem.rows.a, (_, row) => row);
      const actual = runOrRefuse(backend, problem, (session) => {
        session.runBatch(all);
        session.run(1);
        session.runBatch(all);
      });
      if (actual !== null) assert.deepEqual(actual, runOrRefuse(backend, problem, 3));
    });

    for (const size of [1, 2, 7, 40]) {
      for (const kind of kinds) {
        test(`batches of ${size} end at the reference's weights, or are refused: ${kind.name}`, () => {
          const problem = kind.of(problemOf(shapes[2], {}));
          const generator = createGenerator(2, 'batches');
          const order = generator.shuffle(Uint32Array.from(problem.rows.a, (_, row) => row));
          const steps = (session: TrainingSession) => {
            for (let i = 0; i + size <= order.length && i < 5 * size; i += size) {
              session.runBatch(order.subarray(i, i + size));
            }
          };
          const actual = runOrRefuse(backend, problem, steps);
          if (actual === null) return;
          const expected = runOrRefuse(reference, problem, steps);
          assert.ok(expected !== null);
          assert.ok(Math.abs(actual.loss - expected.loss) < 1e-5 * Math.max(1, expected.loss));
          assertNear(actual.network, expected.network);
        });
      }
    }

    for (const optimizer of optimizers) {
      test(`${optimizer.name} follows a changing learning rate, or refuses it`, () => {
        const problem = problemOf(shapes[1], { optimizer });
        const steps = (session: TrainingSession) => {
          for (let step = 0; step < 6; step++) {
            session.setLearningRate(3e-4 * step, 1e-4 * step);
            session.run(1);
          }
        };
        const actual = runOrRefuse(backend, problem, steps);
        if (actual === null) return;
        const expected = runOrRefuse(reference, problem, steps);
        assert.ok(expected !== null);
        assertNear(actual.network, expected.network);
        const still = runOrRefuse(backend, problem, (session) => {
          session.setLearningRate(0, 0);
          session.run(3);
        });
        assert.ok(still !== null);
        assert.deepEqual(still.network, problem.initial);
      });
    }

    test('a frozen first layer does not move', () => {
      const problem = problemOf(shapes[2], { freezeFirstLayer: true });
      const result = runOrRefuse(backend, problem, 5);
      assert.ok(result !== null);
      assert.deepEqual(result.network.U, problem.initial.U);
      assert.deepEqual(result.network.V, problem.initial.V);
      assert.notDeepEqual(result.network.W, problem.initial.W);
    });

    test('the initial network is copied, not written to', () => {
      const problem = problemOf(shapes[1], {});
      const before = structuredClone(problem.initial);
      runOrRefuse(backend, problem, 3);
      assert.deepEqual(problem.initial, before);
    });

    test('matrix products of odd sizes are the reference’s, with the same bits from transposed factors', () => {
      const generator = createGenerator(3, 'matrices');
      const random = (length: number) =>
        Float32Array.from({ length }, () => 2 * generator.uniform() - 1);
      for (const [m, k, n] of [
        [1, 1, 1],
        [3, 5, 2],
        [17, 33, 49],
        [64, 100, 31],
        [130, 257, 67],
        [300, 20, 100],
        [9, 513, 48],
        [10, 1025, 50],
      ]) {
        const a = random(m * k);
        const b = random(k * n);
        const product = backend.multiply(a, b, m, k, n);
        assert.ok(relativeError(product, reference.multiply(a, b, m, k, n)) < k * 2 ** -23);
        const [aTransposed, bTransposed] = [transpose(a, m, k), transpose(b, k, n)];
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            const left = transposeA ? aTransposed : a;
            const right = transposeB ? bTransposed : b;
            const out = new Float32Array(m * n).fill(Number.NaN);
            const same = backend.multiply(left, right, m, k, n, { transposeA, transposeB, out });
            assert.equal(same, out);
            assert.deepEqual(same, product, `${transposeA}, ${transposeB} at ${[m, k, n]}`);
          }
        }
      }
    });

    test('matrix products of empty sizes are zeros or nothing, and wrong lengths are refused', () => {
      const [none, six] = [0, 6].map((length) => new Float32Array(length));
      for (const transposed of [
        undefined,
        { transposeA: true },
        { transposeB: true },
        { transposeA: true, transposeB: true },
      ]) {
        assert.deepEqual(backend.multiply(none, none, 2, 0, 3, transposed), six);
        assert.deepEqual(backend.multiply(none, six, 0, 2, 3, transposed), none);
        assert.deepEqual(backend.multiply(six, none, 2, 3, 0, transposed), none);
        const refuses = (sizes: [number, number, number], message: RegExp) =>
          assert.throws(() => backend.multiply(six, six, ...sizes, transposed), message);
        refuses([4, 2, 3], /a must hold 8 numbers, not 6/);
        refuses([3, 2, 4], /b must hold 8 numbers, not 6/);
        refuses([2 ** 31, 2, 3], /m must be an integer from 0/);
      }
    });
  });
}

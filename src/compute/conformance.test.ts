/** One suite that every backend passes: the same operations, the same answers as the reference. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { goldenCases, goldenProblem } from '../../test/golden/golden.ts';
import { initializeNetwork } from '../model/initialize.ts';
import { activations } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import { createNativeBackend, nativeUnavailable } from './native/index.ts';
import { type Backend, type TrainingProblem, UnsupportedError } from './port.ts';
import { createReferenceBackend } from './reference/index.ts';
import { adamDefaults } from './reference/optimizers.ts';

const reference = createReferenceBackend();
const missing = nativeUnavailable();
const candidates: { name: string; backend: Backend | null; reason: string | null }[] = [
  { name: 'reference', backend: reference, reason: null },
  {
    name: 'native',
    backend: missing === null ? createNativeBackend({ threads: 2 }) : null,
    reason: missing,
  },
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

/** Runs a problem, or returns null where the backend says that it can't. */
function runOrRefuse(backend: Backend, problem: TrainingProblem, steps: number) {
  try {
    const session = backend.train(problem);
    session.run(steps);
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
          // A step is at most about η = 1e-3 per weight; see the golden test for the rounding.
          for (const part of ['U', 'V', 'W', 'mu'] as const) {
            assert.ok(relativeError(actual.network[part], expected.network[part]) < 1e-4, part);
          }
        });
      }
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

    test('matrix products of odd sizes are the reference’s', () => {
      const generator = createGenerator(3, 'matrices');
      const random = (length: number) =>
        Float32Array.from({ length }, () => 2 * generator.uniform() - 1);
      for (const [m, k, n] of [
        [1, 1, 1],
        [3, 5, 2],
        [17, 33, 49],
        [64, 100, 31],
        [130, 257, 67],
      ]) {
        const a = random(m * k);
        const b = random(k * n);
        const expected = reference.multiply(a, b, m, k, n);
        assert.ok(relativeError(backend.multiply(a, b, m, k, n), expected) < k * 2 ** -23);
      }
    });
  });
}

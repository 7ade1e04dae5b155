/** The bits of every result depend on neither instruction set nor number of threads. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { everyBackend, problemOf } from '../../../test/native/problems.ts';
import { activations } from '../../model/network.ts';
import { createGenerator } from '../../task/generator.ts';
import type { Backend, TrainingProblem } from '../port.ts';
import { nativeUnavailable } from './index.ts';

const skip = nativeUnavailable() ?? false;
const backends = everyBackend();

function hashOf(...arrays: ArrayBufferView[]): string {
  const hash = createHash('sha256');
  for (const array of arrays)
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return hash.digest('hex');
}

/** Hash of weights, loss and answers after training. */
function trained(backend: Backend, problem: TrainingProblem, steps: number): string {
  const session = backend.train(problem);
  session.run(steps);
  const { U, V, W, mu } = session.network();
  const loss = Float64Array.of(session.lossBeforeLastStep());
  assert.ok(Number.isFinite(loss[0]));
  const hash = hashOf(U, V, W, mu, loss, session.answers());
  session.dispose();
  return hash;
}

function sameEverywhere(result: (backend: Backend) => string): void {
  const expected = result(backends[0]);
  for (const backend of backends.slice(1)) {
    assert.equal(
      result(backend),
      expected,
      `${backend.instructionSet}, ${backend.threads} threads`,
    );
  }
}

describe('the bits are the same on every instruction set and number of threads', { skip }, () => {
  for (const modulus of [3, 4, 8, 59, 113]) {
    for (const width of [1, 2, 15, 16, 17, 129]) {
      test(`training at P=${modulus}, M=${width}`, () => {
        const problem = problemOf(modulus, width);
        sameEverywhere((backend) => trained(backend, problem, 5));
      });
    }
  }
  test('training at P=257, M=17: tokens do not fit in a byte', () => {
    const problem = problemOf(257, 17, { share: 0.3 });
    sameEverywhere((backend) => trained(backend, problem, 2));
  });
  test('training at P=509, M=3', () => {
    const problem = problemOf(509, 3, { share: 0.1 });
    sameEverywhere((backend) => trained(backend, problem, 2));
  });
  for (const activation of activations) {
    for (const loss of ['cross-entropy', 'mse'] as const) {
      test(`training ${activation} with ${loss}, frozen or not, on unsorted rows`, () => {
        for (const freezeFirstLayer of [false, true]) {
          const problem = problemOf(37, 61, { activation, loss, freezeFirstLayer, shuffled: true });
          sameEverywhere((backend) => trained(backend, problem, 10));
        }
      });
    }
  }
  test('training with Adam, SGD and Muon', () => {
    const adam = {
      name: 'adam',
      learningRate: 1e-3,
      weightDecay: 1e-4,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    } as const;
    const sgd = { name: 'sgd', learningRate: 0.5, weightDecay: 1e-4, momentum: 0.9 } as const;
    const muon = {
      name: 'muon',
      learningRate: 0.02,
      weightDecay: 0.1,
      momentum: 0.95,
      adamwLearningRate: 1e-3,
    } as const;
    for (const optimizer of [adam, sgd, muon]) {
      const problem = problemOf(37, 61, { optimizer });
      sameEverywhere((backend) => trained(backend, problem, 20));
    }
  });
  test('training tied, with a hidden bias, in batches, at changing rates', () => {
    const problem = problemOf(37, 61, { activation: 'gelu', tied: true });
    const hiddenBias = problem.initial.W.slice(0, 61);
    const initial = { ...problem.initial, V: problem.initial.U, hiddenBias };
    sameEverywhere((backend) => {
      const session = backend.train({ ...problem, initial });
      for (let step = 1; step < 8; step++) {
        session.setLearningRate(1e-3 / step);
        session.runBatch(Uint32Array.from({ length: 50 * step }, (_, i) => 3 * i));
        session.run(1);
      }
      const { tensors } = session.state();
      return hashOf(...Object.values(tensors));
    });
  });
  test('one run of n steps is n runs of one step', () => {
    const problem = problemOf(23, 40);
    const whole = trained(backends[0], problem, 12);
    const session = backends[0].train(problem);
    for (let i = 0; i < 12; i++) session.run(1);
    assert.equal(session.step, 12);
    const { U, V, W, mu } = session.network();
    assert.equal(
      hashOf(U, V, W, mu, Float64Array.of(session.lossBeforeLastStep()), session.answers()),
      whole,
    );
  });
  test('logits and answers of a given network', () => {
    for (const activation of activations) {
      const { initial } = problemOf(31, 70);
      const network = { ...initial, hiddenBias: initial.W.slice(0, 70) };
      sameEverywhere((backend) =>
        hashOf(backend.logits(network, activation, 0, 31), backend.answers(network, activation)),
      );
    }
  });
  test('matrix products', () => {
    const generator = createGenerator(3, 'products');
    const random = (length: number) =>
      Float32Array.from({ length }, () => 2 * generator.uniform() - 1);
    for (const [m, k, n] of [
      [1, 1, 1],
      [37, 300, 61],
      [300, 17, 129],
      [2, 1000, 500],
    ]) {
      const [a, b] = [random(m * k), random(k * n)];
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const transposed = { transposeA, transposeB };
          sameEverywhere((backend) => hashOf(backend.multiply(a, b, m, k, n, transposed)));
        }
      }
    }
  });
});

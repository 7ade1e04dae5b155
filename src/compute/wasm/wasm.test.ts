/** The WebAssembly backend against the native one, bit by bit; the conformance suite runs on it too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { problemOf } from '../../../test/native/problems.ts';
import { InputError } from '../../errors.ts';
import { activations } from '../../model/network.ts';
import { createNativeBackend, nativeUnavailable } from '../native/index.ts';
import type { Backend, TrainingProblem } from '../port.ts';
import { createReferenceBackend } from '../reference/index.ts';
import { openWasmBackend } from './backend.ts';
import { createWasmBackend, wasmIsFused, wasmUnavailable } from './index.ts';
import { WasmKernel } from './kernel.ts';
import { loadBuild } from './node.ts';

const missing = wasmUnavailable();

function trained(backend: Backend, problem: TrainingProblem, steps: number) {
  const session = backend.train(problem);
  session.run(steps);
  session.runBatch(Uint32Array.of(2, 0, 1));
  const result = {
    state: session.state(),
    loss: session.lossBeforeLastStep(),
    answers: session.answers(),
  };
  session.dispose();
  return result;
}

describe('the WebAssembly backend', { skip: missing ?? false }, () => {
  if (missing !== null) return;
  const wasm = createWasmBackend({ threads: 1 });
  const threaded = createWasmBackend({ threads: 3 });
  const noTwin =
    nativeUnavailable() ?? (wasmIsFused() ? false : 'multiply-add is rounded twice here');
  const native = noTwin === false ? createNativeBackend() : wasm;

  for (const [modulus, width] of [
    [3, 1],
    [8, 15],
    [31, 70],
    [59, 129],
    [257, 2],
  ]) {
    test(`trains to the bits of the native backend, P=${modulus}, M=${width}`, {
      skip: noTwin,
    }, () => {
      const problem = problemOf(modulus, width, { share: modulus > 100 ? 0.1 : 0.8 });
      const expected = trained(native, problem, 3);
      assert.deepEqual(trained(wasm, problem, 3), expected);
      assert.deepEqual(trained(threaded, problem, 3), expected);
    });
  }
  for (const activation of activations) {
    for (const loss of ['cross-entropy', 'mse'] as const) {
      test(`trains ${activation} with ${loss} to the bits of the native backend`, {
        skip: noTwin,
      }, () => {
        const problem = problemOf(13, 37, { activation, loss });
        assert.deepEqual(trained(wasm, problem, 8), trained(native, problem, 8));
      });
    }
  }
  test('trains tied with a hidden bias under Muon to the bits of the native backend', {
    skip: noTwin,
  }, () => {
    const problem = problemOf(13, 37, {
      tied: true,
      optimizer: {
        name: 'muon',
        learningRate: 0.02,
        weightDecay: 0.1,
        momentum: 0.95,
        adamwLearningRate: 1e-3,
      },
    });
    const { initial } = problem;
    const tied = { ...initial, V: initial.U, hiddenBias: initial.W.slice(0, 37) };
    assert.deepEqual(
      trained(wasm, { ...problem, initial: tied }, 8),
      trained(native, { ...problem, initial: tied }, 8),
    );
  });
  test('evaluates and multiplies to the bits of the native backend', { skip: noTwin }, () => {
    const { initial } = problemOf(13, 37);
    const network = { ...initial, hiddenBias: initial.W.slice(0, 37) };
    for (const activation of activations) {
      assert.deepEqual(
        wasm.logits(network, activation, 2, 5),
        native.logits(network, activation, 2, 5),
      );
      assert.deepEqual(wasm.answers(network, activation), native.answers(network, activation));
    }
    const { U, W } = initial;
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const product = (backend: Backend) =>
          backend.multiply(U, W, 37, 13, 37, { transposeA, transposeB });
        assert.deepEqual(product(wasm), product(native));
      }
    }
  });
  test('goes on from a state of the native backend', { skip: noTwin }, () => {
    const problem = problemOf(13, 20);
    const session = native.train(problem);
    session.run(3);
    const handedOver = wasm.train(problem, session.state());
    session.run(3);
    handedOver.run(3);
    assert.deepEqual(handedOver.state(), session.state());
  });
  test('without relaxed SIMD trains as well, to other bits, and says so', () => {
    const plainBuild = loadBuild('simd');
    assert.ok(plainBuild !== null);
    assert.equal(plainBuild.isFused, false);
    const plain = openWasmBackend(plainBuild);
    assert.match(plain.instructionSet, /rounded twice/);
    const problem = problemOf(13, 20);
    const [actual, expected] = [plain, createReferenceBackend()].map((backend) => {
      const session = backend.train(problem);
      session.run(5);
      return session.network().W;
    });
    // Five AdamW steps of 1e-3 on weights of 0.2; measured 3e-7.
    assert.ok(actual.every((value, i) => Math.abs(value - expected[i]) < 2e-6));
  });
  test('threads that never come are not waited for', () => {
    const module = loadBuild('threads');
    assert.ok(module !== null);
    const lonely = openWasmBackend(module, 4, () => {});
    assert.equal(lonely.threads, 4);
    const problem = problemOf(13, 37);
    assert.deepEqual(trained(lonely, problem, 3), trained(wasm, problem, 3));
  });
  test('many short jobs on more threads than cores lose no task', () => {
    const problem = problemOf(5, 40);
    assert.deepEqual(trained(threaded, problem, 30_000), trained(wasm, problem, 30_000));
  });
  test('threads that wait for work keep no process alive', () => {
    const library = JSON.stringify(new URL('./index.ts', import.meta.url).href);
    const program = `const { createWasmBackend } = await import(${library});
      const backend = createWasmBackend({ threads: 2 });
      await new Promise((resolve) => setTimeout(resolve, 200));
      backend.multiply(new Float32Array(16384), new Float32Array(16384), 128, 128, 128);
      console.log(backend.threads);`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { encoding: 'utf8', timeout: 30_000 },
    );
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '2\n', stderr: '' });
  });
  test('memory that was given back is used again', () => {
    const module = loadBuild('relaxed');
    assert.ok(module !== null);
    const kernel = new WasmKernel(module);
    const take = (bytes: number[]) => bytes.map((count) => kernel.allocate(count));
    const release = (pointers: number[]) => pointers.map((p) => kernel.exports.release(p));
    const first = take([1000, 300_000, 64, 5_000_000]);
    kernel.set(first[1], new Uint32Array(75_000).fill(7));
    const size = kernel.exports.memory.buffer.byteLength;
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      release(order.map((i) => first[i]));
      assert.equal(kernel.allocate(5_300_000), first[0]);
      kernel.exports.release(first[0]);
      assert.deepEqual(take([1000, 300_000, 64, 5_000_000]), first);
    }
    assert.equal(kernel.exports.memory.buffer.byteLength, size);
    const zeroed = new Uint32Array(75_000).fill(1);
    kernel.copyOut(first[1], zeroed);
    assert.ok(zeroed.every((value) => value === 0));
  });
  test('keeps sessions apart', () => {
    const problem = problemOf(7, 9);
    const [one, other] = [wasm.train(problem), wasm.train(problem)];
    one.run(4);
    assert.deepEqual(other.network(), problem.initial);
    other.run(4);
    assert.deepEqual(other.state(), one.state());
  });
  test('refuses what does not fit into its memory, with the memory it would need', () => {
    const wide = new Float32Array(2003);
    const network = {
      modulus: 2003,
      width: 1,
      U: wide,
      V: wide,
      W: wide,
      mu: wide,
      hiddenBias: null,
    };
    assert.throws(
      () => wasm.logits(network, 'relu', 0, 2003),
      (error: unknown) =>
        error instanceof InputError && /needs 29\.9 GB .* 4\.0 GB/.test(error.message),
    );
  });
});

/**
 * The WebAssembly backend: the same C++ kernel, one thread, 4 GB at most. Where the engine's relaxed
 * multiply-add is rounded once (`wasmIsFused`), all bits are those of the native backend.
 */
import type { Network } from '../../model/network.ts';
import { checkFloats, checkInteger, checkMemory, checkNetwork, outOfMemory } from '../checks.ts';
import { type KernelSession, openKernelSession } from '../kernel-session.ts';
import {
  evaluationBytes,
  kernelActivation,
  kernelOptimizer,
  kernelTraining,
  productBytes,
  trainingBytes,
} from '../kernel-settings.ts';
import { type Backend, type TrainingProblem, UnsupportedError } from '../port.ts';
import { KernelInstance, loadModule, WasmMemoryError, type WasmModule } from './module.ts';

const addressable = 2 ** 32;

/** Why the WebAssembly backend can't be used here, or null where it can. */
export function wasmUnavailable(): string | null {
  const load = loadModule();
  return load.module === null ? load.reason : null;
}

/** Whether this engine's results have the bits of the native backend. */
export function wasmIsFused(): boolean {
  const load = loadModule();
  return load.module !== null && load.isFused;
}

/**
 * Opens the WebAssembly backend, on a module other than the best one if given. Throws
 * `UnsupportedError` with the reason where there is none (see `wasmUnavailable`).
 */
export function createWasmBackend(chosen?: WasmModule): Backend {
  const load = chosen ?? loadModule();
  if (load.module === null) throw new UnsupportedError(load.reason);
  const { module, isRelaxed, isFused } = load;
  // For evaluations and products, one at a time; a session has an instance of its own.
  const shared = new KernelInstance(module);

  return {
    name: 'wasm',
    instructionSet: `${isRelaxed ? 'relaxed SIMD' : 'SIMD'}${isFused ? '' : ', multiply-add rounded twice'}`,
    threads: 1,
    train: (problem, state) =>
      openKernelSession('wasm', problem, state, () =>
        withMemory('Training this network', trainingBytes(problem, 1), () =>
          openSession(new KernelInstance(module), problem),
        ),
      ),
    answers(network, activation) {
      checkNetwork(network);
      const index = kernelActivation(activation);
      const out = new Uint16Array(network.modulus ** 2);
      const bytes = 2 * evaluationBytes(network, 1) + out.byteLength;
      return withMemory('Evaluating this network', bytes, () => {
        const [inputs, pointer] = evaluationInputs(shared, network, out.byteLength);
        if (!shared.exports.answers(...inputs, index, pointer)) throw new WasmMemoryError();
        shared.copyOut(pointer, out);
        return out;
      });
    },
    logits(network, activation, firstA, countA) {
      checkNetwork(network);
      const index = kernelActivation(activation);
      const { modulus } = network;
      checkInteger('firstA', firstA, 0, modulus);
      checkInteger('countA', countA, 0, modulus - firstA);
      const count = countA * modulus * modulus;
      const bytes = 2 * evaluationBytes(network, 1) + 4 * count;
      return withMemory('A table of these logits', bytes, () => {
        const out = new Float32Array(count);
        const [inputs, pointer] = evaluationInputs(shared, network, out.byteLength);
        const pairs = [firstA * modulus, (firstA + countA) * modulus];
        if (!shared.exports.logits(...inputs, index, ...pairs, pointer)) {
          throw new WasmMemoryError();
        }
        shared.copyOut(pointer, out);
        return out;
      });
    },
    multiply(a, b, m, k, n) {
      checkInteger('m', m, 0, 2 ** 30);
      checkInteger('k', k, 0, 2 ** 30);
      checkInteger('n', n, 0, 2 ** 30);
      checkFloats('a', a, m * k);
      checkFloats('b', b, k * n);
      const bytes = productBytes(m, n) + productBytes(m, k) + productBytes(k, n);
      return withMemory('This matrix product', bytes, () => {
        shared.exports.reset();
        const out = new Float32Array(m * n);
        const [left, right] = [shared.copyIn(a), shared.copyIn(b)];
        const pointer = shared.allocate(out.byteLength);
        if (!shared.exports.product(left, right, pointer, m, k, n)) throw new WasmMemoryError();
        shared.copyOut(pointer, out);
        return out;
      });
    },
    peakGflops() {
      shared.exports.reset();
      const sink = shared.allocate(64);
      const start = performance.now();
      const operations = shared.exports.peak(500_000, sink);
      return operations / (performance.now() - start) / 1e6;
    },
  };
}

function withMemory<Result>(what: string, bytes: number, action: () => Result): Result {
  checkMemory(what, bytes, addressable);
  checkMemory(what, bytes);
  try {
    return action();
  } catch (error) {
    if (!(error instanceof WasmMemoryError) && !(error instanceof RangeError)) throw error;
    throw outOfMemory(what, bytes, addressable);
  }
}

/** The network in the instance's memory as leading arguments, and room for the result. */
function evaluationInputs(
  instance: KernelInstance,
  network: Network,
  resultBytes: number,
): [number[], number] {
  instance.exports.reset();
  const { modulus, width, U, V, W, mu, hiddenBias } = network;
  const arrays = [U, V, W, mu].map((array) => instance.copyIn(array));
  const bias = hiddenBias === null ? 0 : instance.copyIn(hiddenBias);
  return [[modulus, width, ...arrays, bias], instance.allocate(resultBytes)];
}

function openSession(instance: KernelInstance, problem: TrainingProblem): KernelSession {
  const { exports } = instance;
  const t = kernelTraining(problem);
  const o = kernelOptimizer(problem.optimizer);
  const { modulus, width } = t;
  const rows = [t.a, t.b, t.label].map((column) => instance.copyIn(column));
  // Through here go arrays, batches and answers, one at a time.
  const transfer = instance.allocate(
    Math.max(4 * modulus * width, 4 * t.samples, 2 * modulus * modulus),
  );
  const isOpen = exports.openSession(
    modulus,
    width,
    t.activation,
    t.loss,
    Number(t.tied),
    Number(t.freezeFirstLayer),
    Number(t.hasHiddenBias),
    t.samples,
    ...rows,
    o.rule,
    o.learningRate,
    o.weightDecay,
    o.beta1,
    o.beta2,
    o.epsilon,
    o.momentum,
    o.adamwLearningRate,
  );
  if (!isOpen) throw new WasmMemoryError();
  return {
    read(part, slot, out) {
      exports.readArray(part, slot, transfer);
      instance.copyOut(transfer, out);
    },
    write(part, slot, from) {
      instance.set(transfer, from);
      exports.writeArray(part, slot, transfer);
    },
    prepare: () => exports.prepare(),
    powers: () => [exports.beta1Power(), exports.beta2Power()],
    setPowers: (beta1, beta2) => exports.setPowers(beta1, beta2),
    run: (steps) => exports.run(steps),
    runBatch(batch) {
      instance.set(transfer, batch);
      exports.runBatch(transfer, batch.length);
    },
    setLearningRate: (rate, adamwRate) => exports.setLearningRate(rate, adamwRate),
    loss: () => exports.loss(),
    answers(out) {
      exports.sessionAnswers(transfer);
      instance.copyOut(transfer, out);
    },
    // The memory goes with the instance once nobody holds the session.
    close: () => {},
  };
}

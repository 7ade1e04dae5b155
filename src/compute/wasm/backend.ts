/**
 * The WebAssembly backend: the same C++ kernel, 4 GB at most. Where the engine's relaxed multiply-add is
 * rounded once (`isFused`), all bits are those of the native backend, for any number of threads.
 * Needs nothing from Node; node.ts and browser.ts load the module for it.
 */
import type { Network } from '../../model/network.ts';
import { checkInteger, checkMemory, checkNetwork, checkProduct, outOfMemory } from '../checks.ts';
import { type KernelSession, openKernelSession } from '../kernel-session.ts';
import {
  evaluationBytes,
  kernelActivation,
  kernelOptimizer,
  kernelTraining,
  productBytes,
  trainingBytes,
} from '../kernel-settings.ts';
import type { Backend, TrainingProblem } from '../port.ts';
import {
  type Scratch,
  type StartThread,
  WasmKernel,
  WasmMemoryError,
  type WasmModule,
} from './kernel.ts';

const addressable = 2 ** 32;

/**
 * Opens the backend on a module. `startThread` starts each thread beside the caller's; without it, or
 * with a module that isn't built for threads, there is one.
 * @throws UnsupportedError where threads are asked for that can't be had (see `WasmKernel`).
 */
export function openWasmBackend(
  chosen: WasmModule,
  wantedThreads = 1,
  startThread?: StartThread,
): Backend {
  checkInteger('the number of threads', wantedThreads, 1, 1024);
  const kernel = new WasmKernel(chosen, wantedThreads, startThread);
  const { exports, threads } = kernel;
  const simd = chosen.build === 'simd' ? 'SIMD' : 'relaxed SIMD';

  return {
    name: 'wasm',
    instructionSet: chosen.isFused ? simd : `${simd}, multiply-add rounded twice`,
    threads,
    train: (problem, state) =>
      openKernelSession('wasm', problem, state, () =>
        withMemory('Training this network', trainingBytes(problem, threads), () =>
          openSession(kernel, problem),
        ),
      ),
    answers(network, activation) {
      checkNetwork(network);
      const index = kernelActivation(activation);
      const out = new Uint16Array(network.modulus ** 2);
      const bytes = 2 * evaluationBytes(network, threads) + out.byteLength;
      return withScratch(kernel, 'Evaluating this network', bytes, (scratch) => {
        const inputs = networkArguments(scratch, network);
        const pointer = scratch.allocate(out.byteLength);
        if (!exports.answers(...inputs, index, pointer)) throw new WasmMemoryError();
        kernel.copyOut(pointer, out);
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
      const bytes = 2 * evaluationBytes(network, threads) + 4 * count;
      return withScratch(kernel, 'A table of these logits', bytes, (scratch) => {
        const out = new Float32Array(count);
        const inputs = networkArguments(scratch, network);
        const pointer = scratch.allocate(out.byteLength);
        const pairs = [firstA * modulus, (firstA + countA) * modulus];
        if (!exports.logits(...inputs, index, ...pairs, pointer)) throw new WasmMemoryError();
        kernel.copyOut(pointer, out);
        return out;
      });
    },
    multiply(a, b, m, k, n, { transposeA = false, transposeB = false, out: given } = {}) {
      checkProduct(a, b, m, k, n, given);
      const bytes = productBytes(m, n) + productBytes(m, k) + productBytes(k, n);
      return withScratch(kernel, 'This matrix product', bytes, (scratch) => {
        const out = given ?? new Float32Array(m * n);
        const [left, right] = [scratch.copyIn(a), scratch.copyIn(b)];
        const pointer = scratch.allocate(out.byteLength);
        const transposed = [Number(transposeA), Number(transposeB)] as const;
        if (!exports.product(left, right, pointer, m, k, n, ...transposed)) {
          throw new WasmMemoryError();
        }
        kernel.copyOut(pointer, out);
        return out;
      });
    },
    peakGflops() {
      exports.peak(1000); // wakes the threads
      const start = performance.now();
      const operations = exports.peak(50_000);
      return operations / (performance.now() - start) / 1e6;
    },
  };
}

/** Runs what takes `bytes` of memory; where they aren't there, before or during, says so. */
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

function withScratch<Result>(
  kernel: WasmKernel,
  what: string,
  bytes: number,
  action: (scratch: Scratch) => Result,
): Result {
  return withMemory(what, bytes, () => kernel.withScratch(action));
}

/** The network in the kernel's memory, as leading arguments. */
function networkArguments(scratch: Scratch, network: Network): number[] {
  const { modulus, width, U, V, W, mu, hiddenBias } = network;
  const arrays = [U, V, W, mu].map((array) => scratch.copyIn(array));
  return [modulus, width, ...arrays, hiddenBias === null ? 0 : scratch.copyIn(hiddenBias)];
}

/** Where a session lies in the memory of a kernel. */
interface SessionMemory {
  readonly exports: WasmKernel['exports'];
  readonly handle: number;
  readonly transfer: number;
}

function freeSession({ exports, handle, transfer }: SessionMemory): void {
  exports.closeSession(handle);
  exports.release(transfer);
}

/** Sessions that are dropped without having been closed give their memory back all the same. */
const dropped = new FinalizationRegistry<SessionMemory>(freeSession);

function openSession(kernel: WasmKernel, problem: TrainingProblem): KernelSession {
  const { exports } = kernel;
  const t = kernelTraining(problem);
  const o = kernelOptimizer(problem.optimizer);
  const { modulus, width } = t;
  // Through here go arrays, batches and answers, one at a time.
  const transfer = kernel.allocate(
    Math.max(4 * modulus * width, 4 * t.samples, 2 * modulus * modulus),
  );
  const handle = kernel.withScratch(({ copyIn }) =>
    exports.openSession(
      modulus,
      width,
      t.activation,
      t.loss,
      Number(t.tied),
      Number(t.freezeFirstLayer),
      Number(t.hasHiddenBias),
      t.samples,
      copyIn(t.a),
      copyIn(t.b),
      copyIn(t.label),
      o.rule,
      o.learningRate,
      o.weightDecay,
      o.beta1,
      o.beta2,
      o.epsilon,
      o.momentum,
      o.adamwLearningRate,
    ),
  );
  if (handle === 0) {
    exports.release(transfer);
    throw new WasmMemoryError();
  }
  const memory = { exports, handle, transfer };
  const session: KernelSession = {
    read(part, slot, out) {
      exports.readArray(handle, part, slot, transfer);
      kernel.copyOut(transfer, out);
    },
    write(part, slot, from) {
      kernel.set(transfer, from);
      exports.writeArray(handle, part, slot, transfer);
    },
    prepare: () => exports.prepare(handle),
    powers: () => [exports.beta1Power(handle), exports.beta2Power(handle)],
    setPowers: (beta1, beta2) => exports.setPowers(handle, beta1, beta2),
    run: (steps) => exports.run(handle, steps),
    runBatch(batch) {
      kernel.set(transfer, batch);
      exports.runBatch(handle, transfer, batch.length);
    },
    setLearningRate: (rate, adamwRate) => exports.setLearningRate(handle, rate, adamwRate),
    loss: () => exports.loss(handle),
    answers(out) {
      exports.sessionAnswers(handle, transfer);
      kernel.copyOut(transfer, out);
    },
    close() {
      dropped.unregister(session);
      freeSession(memory);
    },
  };
  dropped.register(session, memory, session);
  return session;
}

/**
 * The native backend: the fused C++ kernel in a Node addon. Float32 throughout; every element of a
 * result is one chain of fused multiply-adds in a fixed order, so the bits are the same for every
 * instruction set and number of threads.
 */
import { availableParallelism } from 'node:os';
import { InputError } from '../../errors.ts';
import {
  checkInteger,
  checkMemory,
  checkNetwork,
  checkProduct,
  machineMemory,
  outOfMemory,
} from '../checks.ts';
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
import { type Addon, type EngineHandle, loadAddon } from './addon.ts';

export interface NativeOptions {
  /** Threads that compute, the caller's included; by default as many as the machine offers. */
  readonly threads?: number | undefined;
  /** "avx512", "avx2" or "neon"; by default the environment's UNDERTONE_ISA, else the best there is. */
  readonly instructionSet?: string | undefined;
}

/** Why the native backend can't be used here, or null where it can. */
export function nativeUnavailable(): string | null {
  const load = loadAddon();
  return load.addon === null ? load.reason : null;
}

/** The instruction sets that this processor and build can use, best first. */
export function nativeInstructionSets(): readonly string[] {
  const load = loadAddon();
  return load.addon === null ? [] : load.instructionSets;
}

/**
 * Opens the native backend. Throws `UnsupportedError` with the reason where there is none (see
 * `nativeUnavailable`), `InputError` for an instruction set that this machine lacks.
 */
export function createNativeBackend(options: NativeOptions = {}): Backend {
  const load = loadAddon();
  if (load.addon === null) throw new UnsupportedError(load.reason);
  const { addon, instructionSets } = load;
  const wanted = options.instructionSet ?? (process.env.UNDERTONE_ISA || instructionSets[0]);
  if (!instructionSets.includes(wanted)) {
    throw new InputError(
      `The instruction set must be one that this machine has (${instructionSets.join(', ')}), not "${wanted}".`,
    );
  }
  const wantedThreads = options.threads ?? availableParallelism();
  checkInteger('the number of threads', wantedThreads, 1, 1024);
  const engine = addon.openEngine(wanted, wantedThreads);
  const threads = addon.threads(engine);

  return {
    name: 'native',
    instructionSet: wanted,
    threads,
    train: (problem, state) =>
      openKernelSession('native', problem, state, () =>
        withMemory('Training this network', trainingBytes(problem, threads), () =>
          openSession(addon, engine, problem),
        ),
      ),
    answers(network, activation) {
      checkNetwork(network);
      const index = kernelActivation(activation);
      const count = network.modulus ** 2;
      const bytes = evaluationBytes(network, threads) + 2 * count;
      return withMemory('Evaluating this network', bytes, () => {
        const out = new Uint16Array(count);
        addon.answers(engine, network, index, out);
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
      const bytes = evaluationBytes(network, threads) + 4 * count;
      return withMemory('A table of these logits', bytes, () => {
        const out = new Float32Array(count);
        addon.logits(engine, network, index, firstA, countA, out);
        return out;
      });
    },
    multiply(a, b, m, k, n, { transposeA = false, transposeB = false, out: given } = {}) {
      checkProduct(a, b, m, k, n, given);
      return withMemory('This matrix product', productBytes(m, n), () => {
        const out = given ?? new Float32Array(m * n);
        addon.multiply(engine, a, b, out, m, k, n, transposeA, transposeB);
        return out;
      });
    },
    peakGflops: () => addon.peak(engine),
  };
}

/** Runs what takes `bytes` of memory; where they aren't there, before or during, says so. */
function withMemory<Result>(what: string, bytes: number, action: () => Result): Result {
  checkMemory(what, bytes);
  try {
    return action();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (!/out of memory|allocation failed|Invalid typed array length/.test(message)) throw error;
    throw outOfMemory(what, bytes, machineMemory());
  }
}

function openSession(addon: Addon, engine: EngineHandle, problem: TrainingProblem): KernelSession {
  const handle = addon.openSession(
    engine,
    kernelTraining(problem),
    kernelOptimizer(problem.optimizer),
  );
  return {
    read: (part, slot, out) => addon.read(handle, part, slot, out),
    write: (part, slot, from) => addon.write(handle, part, slot, from),
    prepare: () => addon.prepare(handle),
    powers: () => addon.powers(handle),
    setPowers: (beta1, beta2) => addon.setPowers(handle, beta1, beta2),
    run: (steps) => addon.run(handle, steps),
    runBatch: (rows) => addon.runBatch(handle, rows),
    setLearningRate: (rate, adamwRate) => addon.setLearningRate(handle, rate, adamwRate),
    loss: () => addon.loss(handle),
    answers: (out) => addon.sessionAnswers(handle, out),
    close: () => addon.closeSession(handle),
  };
}

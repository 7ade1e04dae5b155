/**
 * The native backend: the fused C++ kernel in a Node addon. Float32 throughout; every element of a
 * result is one chain of fused multiply-adds in a fixed order, so the bits are the same for every
 * instruction set and number of threads.
 */
import { availableParallelism } from 'node:os';
import { InputError } from '../../errors.ts';
import { type Activation, activations, emptyNetwork, type Network } from '../../model/network.ts';
import {
  type Backend,
  type Optimizer,
  type TrainingProblem,
  type TrainingSession,
  UnsupportedError,
} from '../port.ts';
import { type Addon, type AddonOptimizer, type EngineHandle, loadAddon } from './addon.ts';
import {
  checkFloats,
  checkInteger,
  checkMemory,
  checkNetwork,
  checkOptimizer,
  checkRows,
} from './checks.ts';

export interface NativeOptions {
  /** Threads that compute, the caller's included; by default as many as the machine offers. */
  readonly threads?: number | undefined;
  /** "avx512" or "avx2"; by default the environment's UNDERTONE_ISA, else the best there is. */
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
    train(problem, state) {
      if (state !== undefined) throw unsupported('continue from a state');
      return openSession(addon, engine, threads, problem);
    },
    answers(network, activation) {
      checkNetwork(network);
      checkMemory('evaluating this network', evaluationBytes(network, threads));
      const out = new Uint16Array(network.modulus ** 2);
      addon.answers(engine, network, activationIndex(activation), out);
      return out;
    },
    logits(network, activation, firstA, countA) {
      checkNetwork(network);
      const { modulus } = network;
      checkInteger('firstA', firstA, 0, modulus);
      checkInteger('countA', countA, 0, modulus - firstA);
      const count = countA * modulus * modulus;
      checkMemory('these logits', evaluationBytes(network, threads) + 4 * count);
      const out = new Float32Array(count);
      addon.logits(engine, network, activationIndex(activation), firstA, countA, out);
      return out;
    },
    multiply(a, b, m, k, n) {
      checkInteger('m', m, 0, 2 ** 30);
      checkInteger('k', k, 0, 2 ** 30);
      checkInteger('n', n, 0, 2 ** 30);
      checkFloats('a', a, m * k);
      checkFloats('b', b, k * n);
      checkMemory('this matrix product', 4 * (m * n + k * (n + 48)));
      const out = new Float32Array(m * n);
      addon.multiply(engine, a, b, out, m, k, n);
      return out;
    },
  };
}

function activationIndex(activation: Activation): number {
  const index = activations.indexOf(activation);
  if (index < 0) {
    throw new UnsupportedError(
      `The native kernel knows the activations ${activations.join(', ')}, not "${activation}".`,
    );
  }
  return index;
}

/** Floats of scratch a thread needs: panels of the backward pass or tiles of logits. */
const scratchPerToken = 6 * 48;

function evaluationBytes(network: Network, threads: number): number {
  const { modulus, width } = network;
  return 4 * modulus * (4 * (width + 16) + threads * scratchPerToken);
}

function trainingBytes(problem: TrainingProblem, threads: number): number {
  const { modulus, width } = problem.initial;
  const copies = problem.optimizer.name === 'sgd' ? 7 : 10;
  return (
    4 * modulus * (copies * (width + 16) + threads * scratchPerToken + problem.rows.a.length + 48)
  );
}

function addonOptimizer(optimizer: Optimizer): AddonOptimizer {
  switch (optimizer.name) {
    case 'adamw':
      return { rule: 0, ...optimizer };
    case 'adam':
      return { rule: 1, ...optimizer };
    case 'sgd':
      return { rule: 2, ...optimizer };
    default:
      throw new UnsupportedError(
        `The native kernel trains with adamw, adam and sgd, not "${optimizer.name}".`,
      );
  }
}

function lossIndex(loss: TrainingProblem['loss']): number {
  const index = ['cross-entropy', 'mse'].indexOf(loss);
  if (index < 0) {
    throw new UnsupportedError(
      `The native kernel trains with the losses cross-entropy and mse, not "${loss}".`,
    );
  }
  return index;
}

function unsupported(what: string): UnsupportedError {
  return new UnsupportedError(`The native kernel can't ${what} yet.`);
}

function openSession(
  addon: Addon,
  engine: EngineHandle,
  threads: number,
  problem: TrainingProblem,
): TrainingSession {
  const { initial, rows } = problem;
  const optimizer = addonOptimizer(problem.optimizer);
  const activation = activationIndex(problem.activation);
  const loss = lossIndex(problem.loss);
  if (initial.hiddenBias !== null) {
    throw new UnsupportedError('The native kernel does not train networks with a hidden bias.');
  }
  if (problem.tied) throw unsupported('train tied networks');
  checkNetwork(initial);
  checkRows(rows, initial.modulus);
  checkOptimizer(problem.optimizer);
  checkMemory('training this network', trainingBytes(problem, threads));
  const { a, b, label } = rows;
  const { freezeFirstLayer } = problem;
  const training = { activation, loss, freezeFirstLayer, samples: a.length, a, b, label };
  const handle = addon.openSession(engine, initial, training, optimizer);

  let step = 0;
  let open = true;
  const requireOpen = () => {
    if (!open) throw new Error('This training session has been disposed of.');
  };
  return {
    backend: 'native',
    get step() {
      return step;
    },
    runBatch() {
      throw unsupported('train by mini-batches');
    },
    setLearningRate() {
      throw unsupported('change the learning rate');
    },
    state() {
      throw unsupported('save its state');
    },
    run(count) {
      requireOpen();
      checkInteger('the number of steps', count, 0, 2 ** 30);
      addon.run(handle, count);
      step += count;
    },
    lossBeforeLastStep() {
      requireOpen();
      return step === 0 ? Number.NaN : addon.loss(handle);
    },
    answers() {
      requireOpen();
      const out = new Uint16Array(initial.modulus ** 2);
      addon.sessionAnswers(handle, out);
      return out;
    },
    network() {
      requireOpen();
      const network = emptyNetwork(initial.modulus, initial.width);
      addon.weights(handle, network.U, network.V, network.W, network.mu);
      return network;
    },
    dispose() {
      if (open) addon.closeSession(handle);
      open = false;
    },
  };
}

/**
 * The compiled addon, as it is: functions of kernel/addon.cpp. Nothing but the rest of this folder
 * calls it.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Network } from '../../model/network.ts';
import type { KernelOptimizer } from '../kernel-settings.ts';
import type { TrainingRows } from '../port.ts';

/** Opaque handles; freed by the garbage collector. */
export type EngineHandle = { readonly handle: 'engine' };
type SessionHandle = { readonly handle: 'session' };

interface AddonTraining extends TrainingRows {
  readonly modulus: number;
  readonly width: number;
  /** Index into `activations` of the model. */
  readonly activation: number;
  /** 0 cross-entropy, 1 mean squared error. */
  readonly loss: number;
  readonly tied: boolean;
  readonly freezeFirstLayer: boolean;
  readonly hasHiddenBias: boolean;
  readonly samples: number;
}

export interface Addon {
  instructionSets(): string[];
  openEngine(instructionSet: string, threads: number): EngineHandle;
  threads(engine: EngineHandle): number;
  openSession(
    engine: EngineHandle,
    training: AddonTraining,
    optimizer: KernelOptimizer,
  ): SessionHandle;
  read(session: SessionHandle, part: number, slot: number, out: Float32Array): void;
  write(session: SessionHandle, part: number, slot: number, from: Float32Array): void;
  prepare(session: SessionHandle): void;
  powers(session: SessionHandle): number[];
  setPowers(session: SessionHandle, beta1: number, beta2: number): void;
  setLearningRate(session: SessionHandle, rate: number, adamwRate: number): void;
  run(session: SessionHandle, steps: number): void;
  runBatch(session: SessionHandle, rows: Uint32Array): void;
  loss(session: SessionHandle): number;
  sessionAnswers(session: SessionHandle, out: Uint16Array): void;
  closeSession(session: SessionHandle): void;
  answers(engine: EngineHandle, network: Network, activation: number, out: Uint16Array): void;
  logits(
    engine: EngineHandle,
    network: Network,
    activation: number,
    firstA: number,
    countA: number,
    out: Float32Array,
  ): void;
  multiply(
    engine: EngineHandle,
    a: Float32Array,
    b: Float32Array,
    out: Float32Array,
    m: number,
    k: number,
    n: number,
    transposeA: boolean,
    transposeB: boolean,
  ): void;
  applyFunction(engine: EngineHandle, which: number, input: Float32Array, out: Float32Array): void;
  peak(engine: EngineHandle): number;
}

/** The addon with what this processor runs, or why there is none. */
export type AddonLoad =
  | { readonly addon: Addon; readonly instructionSets: readonly string[] }
  | { readonly addon: null; readonly reason: string };

let loaded: AddonLoad | null = null;

/** Loads build/undertone.node; never throws. */
export function loadAddon(): AddonLoad {
  loaded ??= load();
  return loaded;
}

function load(): AddonLoad {
  // The same depth below the package root from src/ and from dist/.
  const file = fileURLToPath(new URL('../../../build/undertone.node', import.meta.url));
  if (!existsSync(file)) {
    return {
      addon: null,
      reason:
        'The native kernel has not been built: install a C++ compiler, then run "npm rebuild" (or "node scripts/build-native.js") to see what the build says.',
    };
  }
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { addon: null, reason: `The native kernel could not be loaded (${message}).` };
  }
  const instructionSets = addon.instructionSets();
  if (instructionSets.length === 0) {
    return { addon: null, reason: 'This processor has no AVX2, which the native kernel needs.' };
  }
  return { addon, instructionSets };
}

/** Training problems and native backends for the tests of the kernel. */

import { createNativeBackend, nativeInstructionSets } from '../../src/compute/native/index.ts';
import type { Optimizer, TrainingProblem } from '../../src/compute/port.ts';
import { initializeNetwork } from '../../src/model/initialize.ts';
import { createGenerator } from '../../src/task/generator.ts';

export const adamw: Optimizer = {
  name: 'adamw',
  learningRate: 1e-3,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
};

/** A step of this is the gradient itself: θ ← θ − g. */
export const plainDescent: Optimizer = {
  name: 'sgd',
  learningRate: 1,
  weightDecay: 0,
  momentum: 0,
};

/** A random share of the P² pairs, sorted unless told otherwise, with random labels. */
export function problemOf(
  modulus: number,
  width: number,
  more: Partial<TrainingProblem> & { share?: number; shuffled?: boolean } = {},
): TrainingProblem {
  const { share = 0.8, shuffled = false, ...rest } = more;
  const generator = createGenerator(modulus * 100003 + width, 'kernel tests');
  const all = generator.shuffle(Uint32Array.from({ length: modulus ** 2 }, (_, pair) => pair));
  const pairs = all.slice(0, Math.max(1, Math.round(share * modulus ** 2)));
  if (!shuffled) pairs.sort();
  return {
    activation: 'relu',
    loss: 'cross-entropy',
    optimizer: adamw,
    rows: {
      a: Uint16Array.from(pairs, (pair) => Math.floor(pair / modulus)),
      b: Uint16Array.from(pairs, (pair) => pair % modulus),
      label: Uint16Array.from(pairs, () => generator.below(modulus)),
    },
    initial: initializeNetwork(modulus, width, generator),
    tied: false,
    freezeFirstLayer: false,
    ...rest,
  };
}

/** Every instruction set of this machine, with 1, 2 and 3 threads. */
export function everyBackend() {
  return nativeInstructionSets().flatMap((instructionSet) =>
    [1, 2, 3].map((threads) => createNativeBackend({ instructionSet, threads })),
  );
}

/** One backend per instruction set, two threads. */
export function backendPerInstructionSet() {
  return nativeInstructionSets().map((instructionSet) =>
    createNativeBackend({ instructionSet, threads: 2 }),
  );
}

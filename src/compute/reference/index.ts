/**
 * The plain TypeScript backend: double precision, one thread, no tricks. It is the oracle that other
 * backends are tested against, and what runs where nothing faster can.
 */
import type { Backend } from '../port.ts';
import { answersOf, forEachPair, toDouble } from './evaluate.ts';
import { product } from './optimizers.ts';
import { openSession } from './session.ts';

export function createReferenceBackend(): Backend {
  return {
    name: 'reference',
    instructionSet: 'JavaScript',
    threads: 1,
    train: openSession,
    answers: (network, activation) => answersOf(toDouble(network), activation),
    logits: (network, activation, firstA, countA) => {
      const { modulus } = network;
      const logits = new Float32Array(countA * modulus * modulus);
      forEachPair(toDouble(network), activation, firstA, countA, (pair, z) => {
        logits.set(z, (pair - firstA * modulus) * modulus);
      });
      return logits;
    },
    multiply: (a, b, m, k, n) => Float32Array.from(product(a, b, m, k, n)),
  };
}

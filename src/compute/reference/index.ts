/**
 * The plain TypeScript backend: double precision, one thread, no tricks. It is the oracle that other
 * backends are tested against, and what runs where nothing faster can.
 */
import { checkProduct } from '../checks.ts';
import type { Backend } from '../port.ts';
import { answersOf, forEachPair, toDouble } from './evaluate.ts';
import { product, transpose } from './optimizers.ts';
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
    multiply: (a, b, m, k, n, { transposeA = false, transposeB = false, out } = {}) => {
      checkProduct(a, b, m, k, n, out);
      const left = transposeA ? transpose(a, k, m) : a;
      const right = transposeB ? transpose(b, n, k) : b;
      const result = Float32Array.from(product(left, right, m, k, n));
      out?.set(result);
      return out ?? result;
    },
  };
}

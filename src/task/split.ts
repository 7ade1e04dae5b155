import { InputError } from '../errors.ts';
import { splits } from './dataset.ts';
import type { Generator } from './generator.ts';

/**
 * Assigns each of `pairs` pairs (all P², where the operation is defined everywhere) to train, validation or
 * test, uniformly at random: round(f·pairs) train, round(v·pairs) validate (at most what is left), the rest
 * test. [The paper: 8:2; that the held-out part is halved into validation and test is assumed.]
 *
 * Returns the index into `splits` of each: [pairs].
 */
export function splitPairs(
  pairs: number,
  trainFraction: number,
  validationFraction: number,
  generator: Generator,
): Uint8Array {
  const train = Math.round(trainFraction * pairs);
  const validation = Math.min(Math.round(validationFraction * pairs), pairs - train);
  if (train < 1) {
    throw new InputError(
      `A train fraction of ${trainFraction} leaves no training pair out of ${pairs}: choose a larger one.`,
    );
  }
  const order = generator.shuffle(Uint32Array.from({ length: pairs }, (_, pair) => pair));
  const split = new Uint8Array(pairs).fill(splits.indexOf('test'));
  for (let i = 0; i < train; i++) split[order[i]] = splits.indexOf('train');
  for (let i = train; i < train + validation; i++) split[order[i]] = splits.indexOf('validation');
  return split;
}

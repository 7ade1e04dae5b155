/**
 * Damage to files, for tests that say: of every kind it ends in a valid result or in an InputError. The seed
 * is fixed, so that a failure comes again; fast-check prints the damage that it shrank to.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { readModel } from './model-file.ts';

export const options = (numRuns: number) => ({ seed: 20_260_518, numRuns });

/** Runs a reader; true where it accepted, false where it refused in one line. */
export function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert.ok(error instanceof InputError, `${error instanceof Error ? error.stack : error}`);
    assert.match(error.message, /^[^\n]{1,1000}\.$/);
    return false;
  }
}

/** What a reader accepted must be whole: shapes that fit, finite weights. */
export function readAndCheck(bytes: Uint8Array): void {
  const { network } = readModel(bytes, 'f');
  const { modulus: P, width: M } = network;
  for (const [values, length] of [
    [network.U, M * P],
    [network.V, M * P],
    [network.W, P * M],
    [network.mu, P],
  ] as const) {
    assert.equal(values.length, length);
    assert.ok(values.every(Number.isFinite));
  }
}

/** Positions (as fractions of a length) and the bytes to put there. */
export const damage = fc.array(
  fc.tuple(fc.double({ min: 0, max: 0.999999, noNaN: true }), fc.integer({ min: 0, max: 255 })),
  { minLength: 1, maxLength: 8 },
);

export function damaged(bytes: Uint8Array, changes: [number, number][], length = bytes.length) {
  const copy = bytes.slice();
  for (const [where, value] of changes) copy[Math.floor(where * length)] = value;
  return copy;
}

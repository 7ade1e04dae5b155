import { InputError } from '../errors.ts';

/** The rule of a task: c = a ∘ b (mod P). */
export interface Operation {
  /** As written on the command line: "add", "linear:2,3". */
  readonly text: string;
  readonly modulus: number;
  /** The true label of (a, b), in 0…P−1. */
  apply(a: number, b: number): number;
  /** (k1, k2) where the operation is c = k1·a + k2·b, each in 0…P−1; null for multiplication. */
  readonly coefficients: { readonly k1: number; readonly k2: number } | null;
}

export const operationForms = 'add, sub, mul or linear:K1,K2 (for example linear:2,3)';

/**
 * Parses add (a + b), sub (a − b), mul (a · b) or linear:K1,K2 (K1·a + K2·b), all mod P.
 * @throws InputError for anything else, for a modulus outside 3…65535, or when K1 and K2 both vanish mod P.
 */
export function parseOperation(text: string, modulus: number): Operation {
  if (!Number.isInteger(modulus) || modulus < 3 || modulus > 65535) {
    throw new InputError(`The modulus must be an integer from 3 to 65535, not ${modulus}.`);
  }
  const residue = (k: number) => ((k % modulus) + modulus) % modulus;
  const linear = (k1: number, k2: number): Operation => ({
    text,
    modulus,
    apply: (a, b) => (k1 * a + k2 * b) % modulus,
    coefficients: { k1, k2 },
  });
  switch (text) {
    case 'add':
      return linear(1, 1);
    case 'sub':
      return linear(1, modulus - 1);
    case 'mul':
      return { text, modulus, apply: (a, b) => (a * b) % modulus, coefficients: null };
  }
  const match = /^linear:([+-]?\d{1,9}),([+-]?\d{1,9})$/.exec(text);
  if (match === null) {
    throw new InputError(`Unknown task "${text}": expected ${operationForms}.`);
  }
  const k1 = residue(Number(match[1]));
  const k2 = residue(Number(match[2]));
  if (k1 === 0 && k2 === 0) {
    throw new InputError(
      `Task "${text}" is 0 for every pair mod ${modulus}: choose a K1 or K2 that isn't a multiple of ${modulus}.`,
    );
  }
  return linear(k1, k2);
}

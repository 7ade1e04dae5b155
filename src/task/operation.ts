import { InputError } from '../errors.ts';
import { xorGroup } from './abelian-group.ts';
import { multiplicativeBasis, productBasis } from './basis.ts';

/** The rule of a task: c = a ∘ b on P tokens. */
export interface Operation {
  /** As written on the command line: "add", "linear:2,3". */
  readonly text: string;
  readonly modulus: number;
  /** The true label of (a, b), in 0…P−1; null where the operation isn't defined, as for division by 0. */
  apply(a: number, b: number): number | null;
  /** (k1, k2) where the operation is c = k1·a + k2·b (mod P), each in 0…P−1; null for all others. */
  readonly coefficients: { readonly k1: number; readonly k2: number } | null;
  /**
   * The operation as k1·a + k2·b in the group of a basis (`basis.ts`), by the basis's name; null for a Cayley
   * table, of which nobody knows.
   */
  readonly rule: { readonly basis: string; readonly k1: number; readonly k2: number } | null;
}

export const operationForms =
  'add, sub, mul, div, linear:K1,K2 (for example linear:2,3), xor, product:N1xN2 (for example product:4x8) or cayley:FILE.csv';

/**
 * Parses a task on P tokens:
 *
 *     add, sub, mul         a + b, a − b, a · b (mod P)
 *     div                   a / b (mod P), P prime; not defined for b = 0
 *     linear:K1,K2          K1·a + K2·b (mod P)
 *     xor                   a ⊕ b bit by bit, P a power of two
 *     product:N1xN2…        addition in Z_N1 × Z_N2 × …, the tokens in mixed radix, first factor slowest
 *     cayley:R0/R1/…        any table: row a holds the results for b = 0…P−1, separated by commas, empty where
 *                           not defined
 *
 * @throws InputError for anything else, for a modulus outside 3…65535 or one that doesn't fit, or when K1
 *   and K2 both vanish mod P.
 */
export function parseOperation(text: string, modulus: number): Operation {
  if (!Number.isInteger(modulus) || modulus < 3 || modulus > 65535) {
    throw new InputError(`The modulus must be an integer from 3 to 65535, not ${modulus}.`);
  }
  const linear = (k1: number, k2: number): Operation => ({
    text,
    modulus,
    apply: (a, b) => (k1 * a + k2 * b) % modulus,
    coefficients: { k1, k2 },
    rule: { basis: 'cyclic', k1, k2 },
  });
  switch (text) {
    case 'add':
      return linear(1, 1);
    case 'sub':
      return linear(1, modulus - 1);
    case 'mul':
      return multiplication(modulus);
    case 'div':
      return division(modulus);
    case 'xor':
      return exclusiveOr(modulus);
  }
  if (text.startsWith('product:')) return productOperation(text, modulus);
  if (text.startsWith('cayley:')) return tableOperation(text, modulus);
  const match = /^linear:([+-]?\d{1,9}),([+-]?\d{1,9})$/.exec(text);
  if (match === null) {
    throw new InputError(`Unknown task "${text}": expected ${operationForms}.`);
  }
  const residue = (k: number) => ((k % modulus) + modulus) % modulus;
  const k1 = residue(Number(match[1]));
  const k2 = residue(Number(match[2]));
  if (k1 === 0 && k2 === 0) {
    throw new InputError(
      `Task "${text}" is 0 for every pair mod ${modulus}: choose a K1 or K2 that isn't a multiple of ${modulus}.`,
    );
  }
  return linear(k1, k2);
}

/** A task as people read it: itself, but for a Cayley table, whose entries would fill the page. */
export function taskName(text: string): string {
  if (!text.startsWith('cayley:')) return text;
  return `Cayley table of ${text.split('/').length} elements`;
}

function multiplication(modulus: number): Operation {
  const basis = multiplicativeBasis(modulus);
  return {
    text: 'mul',
    modulus,
    apply: (a, b) => (a * b) % modulus,
    coefficients: null,
    rule: basis === null ? null : { basis: basis.name, k1: 1, k2: 1 },
  };
}

function division(modulus: number): Operation {
  const basis = multiplicativeBasis(modulus);
  if (basis === null) {
    throw new InputError(
      `Task "div" needs a prime modulus from 5 on, not ${modulus}: division isn't defined otherwise.`,
    );
  }
  const { tokens } = basis;
  const inverse = new Uint16Array(modulus);
  tokens.forEach((token, power) => {
    inverse[token] = tokens[(modulus - 1 - power) % (modulus - 1)];
  });
  return {
    text: 'div',
    modulus,
    apply: (a, b) => (b === 0 ? null : (a * inverse[b]) % modulus),
    coefficients: null,
    rule: { basis: basis.name, k1: 1, k2: modulus - 2 },
  };
}

function exclusiveOr(modulus: number): Operation {
  if (xorGroup(modulus) === null) {
    throw new InputError(
      `Task "xor" needs a power of two as the modulus, such as 32, not ${modulus}.`,
    );
  }
  return {
    text: 'xor',
    modulus,
    apply: (a, b) => a ^ b,
    coefficients: null,
    rule: { basis: 'xor', k1: 1, k2: 1 },
  };
}

function productOperation(text: string, modulus: number): Operation {
  const basis = productBasis(text.slice('product:'.length));
  if (basis === null || basis.group.order !== modulus) {
    throw new InputError(
      `Task "${text}": expected factors whose product is the modulus ${modulus}, such as product:4x8 for 32.`,
    );
  }
  const { name, group } = basis;
  return {
    text,
    modulus,
    apply: group.add,
    coefficients: null,
    rule: { basis: name, k1: 1, k2: 1 },
  };
}

function tableOperation(text: string, modulus: number): Operation {
  const rows = text.slice('cayley:'.length).split('/');
  const cells = rows.flatMap((row) => row.split(','));
  const isSquare =
    rows.length === modulus && rows.every((row) => row.split(',').length === modulus);
  if (!isSquare) {
    throw new InputError(
      `The Cayley table of task "${shortened(text)}" has ${rows.length} rows and ${cells.length} cells; expected ${modulus} rows of ${modulus}, as many as the modulus.`,
    );
  }
  const table = cells.map((cell, at) => {
    if (cell === '') return null;
    const value = /^\d{1,5}$/.test(cell) ? Number(cell) : Number.NaN;
    if (value < modulus) return value;
    throw new InputError(
      `The Cayley table has ${JSON.stringify(cell.slice(0, 20))} in row ${Math.floor(at / modulus)}, column ${at % modulus}; expected a whole number from 0 to ${modulus - 1}, or nothing.`,
    );
  });
  if (table.every((value) => value === null)) {
    throw new InputError('The Cayley table is empty: expected at least one result.');
  }
  return {
    text,
    modulus,
    apply: (a, b) => table[a * modulus + b],
    coefficients: null,
    rule: null,
  };
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

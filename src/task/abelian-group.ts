import { InputError } from '../errors.ts';

/**
 * A finite abelian group Z_n1 × … × Z_nr, written additively. Its elements are numbered 0…N−1 in mixed
 * radix, the first factor slowest: x = (…(x_1·n_2 + x_2)·n_3 + …) + x_r. Characters are numbered alike:
 *
 *     χ_ω(x) = exp(2πi Σ_j ω_j·x_j / n_j) = exp(2πi·pairing(ω, x) / exponent).
 *
 * Z_n has one factor; Z_2 × … × Z_2 is XOR of the numbers' bits.
 */
export interface AbelianGroup {
  /** n_1, …, n_r, each at least 2. */
  readonly factors: readonly number[];
  /** N = n_1 · … · n_r. */
  readonly order: number;
  /** The least e with e·x = 0 for every x: the least common multiple of the factors. */
  readonly exponent: number;
  /** x + y. */
  add(x: number, y: number): number;
  /** k·x = x + … + x for an integer k ≥ 0. Characters scale alike: χ_ω(k·x) = χ_{k·ω}(x). */
  scale(k: number, x: number): number;
  /** χ_ω(x) as the numerator t of exp(2πi·t / exponent), 0…exponent−1. */
  pairing(omega: number, x: number): number;
}

/** More tokens than that have no network here. */
const largestOrder = 65535;
/** Up to this order a product keeps a table of its sums. */
const largestTable = 1024;

// One object a group: what is derived from it (characters, renamings) is kept by it.
const cyclicGroups = new Map<number, AbelianGroup>();
const productGroups = new Map<string, AbelianGroup>();

/** Z_n: addition mod n. */
export function cyclicGroup(order: number): AbelianGroup {
  let group = cyclicGroups.get(order);
  if (group === undefined) {
    group = {
      factors: [order],
      order,
      exponent: order,
      add: (x, y) => (x + y) % order,
      scale: (k, x) => ((k % order) * x) % order,
      pairing: (omega, x) => (omega * x) % order,
    };
    cyclicGroups.set(order, group);
  }
  return group;
}

/**
 * Z_n1 × … × Z_nr.
 * @throws InputError for no factor, a factor below 2, or an order beyond 65535.
 */
export function productGroup(factors: readonly number[]): AbelianGroup {
  const order = factors.reduce((product, factor) => product * factor, 1);
  const isFactor = (factor: number) => Number.isInteger(factor) && factor >= 2;
  if (factors.length === 0 || !factors.every(isFactor) || order > largestOrder) {
    throw new InputError(
      `A group needs factors from 2 on whose product is at most ${largestOrder}, such as 4x8; got ${factors.join('x') || 'none'}.`,
    );
  }
  if (factors.length === 1) return cyclicGroup(order);
  const key = factors.join('x');
  let group = productGroups.get(key);
  if (group === undefined) {
    group = makeProduct(factors, order);
    productGroups.set(key, group);
  }
  return group;
}

function makeProduct(factors: readonly number[], order: number): AbelianGroup {
  const digits = digitsOf(factors, order);
  const rank = factors.length;
  const exponent = factors.reduce(leastCommonMultiple);
  const number = (digit: (j: number) => number) =>
    factors.reduce((sum, factor, j) => sum * factor + (digit(j) % factor), 0);
  const add = (x: number, y: number) => number((j) => digits[x * rank + j] + digits[y * rank + j]);
  // Sums are wanted by the million; a table of those of all elements is 2 MB at most.
  const sums =
    order > largestTable
      ? null
      : Uint16Array.from({ length: order * order }, (_, at) =>
          add(Math.floor(at / order), at % order),
        );
  return {
    factors: [...factors],
    order,
    exponent,
    add: sums === null ? add : (x, y) => sums[x * order + y],
    scale: (k, x) => number((j) => (k % factors[j]) * digits[x * rank + j]),
    pairing(omega, x) {
      let sum = 0;
      for (let j = 0; j < rank; j++) {
        sum += digits[omega * rank + j] * digits[x * rank + j] * (exponent / factors[j]);
      }
      return sum % exponent;
    },
  };
}

/** Z_2 × … × Z_2 of the given order, a power of two; null for another one. */
export function xorGroup(order: number): AbelianGroup | null {
  const bits = Math.log2(order);
  return Number.isInteger(bits) && bits >= 1 ? productGroup(new Array(bits).fill(2)) : null;
}

/** −x. */
export function negative({ exponent, scale }: AbelianGroup, x: number): number {
  return scale(exponent - 1, x);
}

/** "Z_113", "Z_4×Z_8", "Z_2^5". */
export function groupText({ factors }: AbelianGroup): string {
  const isPower = factors.length > 1 && factors.every((factor) => factor === factors[0]);
  if (isPower) return `Z_${factors[0]}^${factors.length}`;
  return factors.map((factor) => `Z_${factor}`).join('×');
}

/** The digits of every element: [N, r]. */
export function digitsOf(factors: readonly number[], order: number): Uint16Array {
  const rank = factors.length;
  const digits = new Uint16Array(order * rank);
  for (let x = 0; x < order; x++) {
    let rest = x;
    for (let j = rank - 1; j >= 0; j--) {
      digits[x * rank + j] = rest % factors[j];
      rest = Math.floor(rest / factors[j]);
    }
  }
  return digits;
}

/** gcd(x, y) for x, y ≥ 0; gcd(0, y) = y. */
export function greatestCommonDivisor(x: number, y: number): number {
  let [larger, smaller] = [x, y];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

export function leastCommonMultiple(x: number, y: number): number {
  return (x / greatestCommonDivisor(x, y)) * y;
}

/** Whether k has an inverse mod n; only then is k·x a permutation of 0…n−1. */
export function isUnit(k: number, n: number): boolean {
  return greatestCommonDivisor(k, n) === 1;
}

export function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}

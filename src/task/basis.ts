import { InputError } from '../errors.ts';
import {
  type AbelianGroup,
  cyclicGroup,
  isPrime,
  isUnit,
  leastCommonMultiple,
  productGroup,
  xorGroup,
} from './abelian-group.ts';

/**
 * A group that P tokens may form, and which token stands for which of its elements. Its characters are the
 * basis in which a rule of that group is sparse.
 */
export interface Basis {
  /** "cyclic", "multiplicative", "xor", or a product such as "4x8". */
  readonly name: string;
  readonly group: AbelianGroup;
  /** The token of every element: [N]. Tokens that aren't among them are set apart. */
  readonly tokens: Uint16Array;
}

export const basisForms = 'cyclic, multiplicative, xor, or a product such as 4x8';
/** What a command takes beside these. */
const otherForms = 'auto for all that fit, or unknown for an order that nobody knows';

/** Addition mod P: token x is the element x. */
export function cyclicBasis(modulus: number): Basis {
  return inOrder('cyclic', cyclicGroup(modulus));
}

/**
 * Multiplication mod a prime P: the discrete logarithm to the least primitive root g makes it addition on
 * Z_{P−1}; the element j is the token g^j, and the token 0 is set apart. Null where P is no prime above 3.
 */
export function multiplicativeBasis(modulus: number): Basis | null {
  if (modulus < 5 || !isPrime(modulus)) return null;
  for (let root = 2; ; root++) {
    const tokens = new Uint16Array(modulus - 1);
    let power = 1;
    let order = 0;
    do {
      tokens[order++] = power;
      power = (power * root) % modulus;
    } while (power !== 1);
    if (order === modulus - 1) {
      return { name: 'multiplicative', group: cyclicGroup(modulus - 1), tokens };
    }
  }
}

/**
 * The basis of that name on P tokens.
 * @throws InputError for an unknown name and for a group that P tokens can't form.
 */
export function parseBasis(name: string, modulus: number): Basis {
  if (name === 'cyclic') return cyclicBasis(modulus);
  if (name === 'multiplicative') {
    const basis = multiplicativeBasis(modulus);
    if (basis !== null) return basis;
    throw new InputError(
      `The basis multiplicative needs a prime number of tokens from 5 on, not ${modulus}; expected ${basisForms}, ${otherForms}.`,
    );
  }
  if (name === 'xor') {
    const group = xorGroup(modulus);
    if (group !== null) return inOrder('xor', group);
    throw new InputError(
      `The basis xor needs a power of two as the number of tokens, not ${modulus}; expected ${basisForms}, ${otherForms}.`,
    );
  }
  const basis = productBasis(name);
  if (basis === null) {
    throw new InputError(`Unknown basis "${name}": expected ${basisForms}, ${otherForms}.`);
  }
  const { order } = basis.group;
  if (order !== modulus) {
    throw new InputError(
      `The basis ${name} has ${order} elements, and there are ${modulus} tokens; expected factors whose product is ${modulus}.`,
    );
  }
  return basis;
}

/**
 * The product that "4x8" names, its tokens in order; null for a name of another form. "2x2x2" is named "xor".
 * @throws InputError for a factor below 2 or an order beyond 65535.
 */
export function productBasis(name: string): Basis | null {
  if (!/^\d{1,5}(x\d{1,5})+$/.test(name)) return null;
  const group = productGroup(name.split('x').map(Number));
  return inOrder(nameOf(group), group);
}

/** With more ways to write P as a product, `fittingBases` keeps to the cheapest. */
const mostProducts = 40;
/** Additions that a scan of all its products may take, about ten seconds. */
const mostAdditions = 2e9;

/**
 * All bases that P tokens in their order may form: cyclic, multiplicative where P is prime, and every
 * product Z_n1 × … × Z_nr = P, in every order of its factors (which are different places for the tokens). A scan of
 * one takes (K² + R)·P³ additions, K the k that have an inverse modulo its exponent, R the renamings of its tokens
 * (`analysis/permutation-null.ts`): the cheapest are kept, XOR first, up to 40 and up to ten seconds' worth.
 * `productsLeftOut` counts the others, which can be named.
 */
export function fittingBases(modulus: number): Basis[] {
  const multiplicative = multiplicativeBasis(modulus);
  const products = orderedFactorizations(modulus)
    .filter((factors) => factors.length > 1)
    .map((factors) => ({ factors, additions: additionsOf(factors, modulus) }))
    .sort((x, y) => x.additions - y.additions || x.factors.length - y.factors.length);
  let left = mostAdditions;
  const kept = products.slice(0, mostProducts).filter(({ additions }) => {
    left -= additions;
    return left >= 0;
  });
  return [
    cyclicBasis(modulus),
    ...(multiplicative === null ? [] : [multiplicative]),
    ...kept
      .map(({ factors }) => productGroup(factors))
      .map((group) => inOrder(nameOf(group), group)),
  ];
}

/** How many products `fittingBases` leaves out. */
export function productsLeftOut(modulus: number): number {
  const products = orderedFactorizations(modulus).length - 1;
  const kept = fittingBases(modulus).filter(({ group }) => group.factors.length > 1).length;
  return products - kept;
}

/** What a scan of a product of groups takes; the renamings to their order of magnitude. */
function additionsOf(factors: readonly number[], modulus: number): number {
  const exponent = factors.reduce(leastCommonMultiple);
  let units = 0;
  for (let k = 1; k < exponent; k++) if (isUnit(k, exponent)) units++;
  return (units ** 2 + Math.max(32, 8192 / modulus)) * modulus ** 3;
}

/** The element that a token stands for: [P]; −1 for tokens set apart. */
export function elementsOf({ tokens }: Basis, modulus: number): Int32Array {
  const elements = new Int32Array(modulus).fill(-1);
  tokens.forEach((token, element) => {
    elements[token] = element;
  });
  return elements;
}

function inOrder(name: string, group: AbelianGroup): Basis {
  return { name, group, tokens: Uint16Array.from({ length: group.order }, (_, x) => x) };
}

function nameOf({ factors }: AbelianGroup): string {
  return factors.every((factor) => factor === 2) ? 'xor' : factors.join('x');
}

/** Every way to write n as a product of factors from 2 on, in every order. */
function orderedFactorizations(n: number): number[][] {
  if (n === 1) return [[]];
  const found: number[][] = [];
  for (let factor = 2; factor <= n; factor++) {
    if (n % factor !== 0) continue;
    for (const rest of orderedFactorizations(n / factor)) found.push([factor, ...rest]);
  }
  return found;
}

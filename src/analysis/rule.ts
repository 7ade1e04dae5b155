import type { Rule } from './results.ts';

const minus = '−';

/** "c = a − b (mod 59)", "c = 2a + 3b + 5 (mod 113)": P − 1 is written as a minus sign. */
export function ruleText({ k1, k2, shift }: Rule, modulus: number): string {
  const term = (k: number, letter: string) => {
    if (k === 1) return letter;
    return k === modulus - 1 ? minus + letter : k + letter;
  };
  const second = term(k2, 'b');
  const joined = second.startsWith(minus) ? ` ${minus} ${second.slice(1)}` : ` + ${second}`;
  return `c = ${term(k1, 'a')}${joined}${shift === 0 ? '' : ` + ${shift}`} (mod ${modulus})`;
}

/** The rule written out: k1·a + k2·b + shift mod P at index a·P + b: [P²]. */
export function ruleTable({ k1, k2, shift }: Rule, modulus: number): Uint16Array {
  return Uint16Array.from({ length: modulus * modulus }, (_, pair) => {
    const a = Math.floor(pair / modulus);
    const b = pair % modulus;
    return (k1 * a + k2 * b + shift) % modulus;
  });
}

/** Share of all P² pairs on which `answers` follows the rule, 0…1. */
export function ruleAgreement(answers: ArrayLike<number>, rule: Rule, modulus: number): number {
  const table = ruleTable(rule, modulus);
  let right = 0;
  for (let pair = 0; pair < table.length; pair++) if (answers[pair] === table[pair]) right++;
  return right / table.length;
}

/** gcd(x, y) for x, y ≥ 0; gcd(0, y) = y. */
export function greatestCommonDivisor(x: number, y: number): number {
  let [larger, smaller] = [x, y];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** Whether k has an inverse mod P; only then is k·a a permutation of the tokens. */
export function isUnit(k: number, modulus: number): boolean {
  return greatestCommonDivisor(k, modulus) === 1;
}

/** Whether all of 1…P−1 are units. */
export function isPrime(modulus: number): boolean {
  for (let k = 2; k < modulus; k++) if (!isUnit(k, modulus)) return false;
  return true;
}

import { type AbelianGroup, digitsOf, groupText } from '../task/abelian-group.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import { unframeAnswers } from './frame.ts';
import type { Rule } from './results.ts';

const minus = '−';

/**
 * A rule in words, in the terms of its basis; a number P stands for Z_P. "c = a − b (mod 59)", "c = 2a + 3b + 5
 * (mod 113)" (P − 1 is written as a minus sign), "c = 3 · a / b (mod 59)", "c = a ⊕ b ⊕ 5",
 * "c = a − b + (1, 3) in Z_4×Z_8".
 */
export function ruleText(rule: Rule, order: Basis | number): string {
  const basis = typeof order === 'number' ? cyclicBasis(order) : order;
  const { group, name } = basis;
  const { shift } = rule;
  switch (name) {
    case 'cyclic':
      return `c = ${sumText(rule, group)}${shift === 0 ? '' : ` + ${shift}`} (mod ${group.order})`;
    case 'multiplicative':
      return `c = ${productText(rule, basis)} (mod ${group.order + 1})`;
    case 'xor':
      return `c = a ⊕ b${shift === 0 ? '' : ` ⊕ ${shift}`}`;
    default: {
      const { factors } = group;
      const rank = factors.length;
      const digits = digitsOf(factors, group.order).subarray(shift * rank, (shift + 1) * rank);
      const moved = shift === 0 ? '' : ` + (${digits.join(', ')})`;
      return `c = ${sumText(rule, group)}${moved} in ${groupText(group)}`;
    }
  }
}

/** "2a − b". */
function sumText({ k1, k2 }: Rule, { exponent }: AbelianGroup): string {
  const term = (k: number, letter: string) => {
    if (k === 1) return letter;
    return k === exponent - 1 ? minus + letter : k + letter;
  };
  const second = term(k2, 'b');
  const joined = second.startsWith(minus) ? ` ${minus} ${second.slice(1)}` : ` + ${second}`;
  return `${term(k1, 'a')}${joined}`;
}

/** "3 · a² / b": exponents beyond half of the order are negative ones. */
function productText({ k1, k2, shift }: Rule, { group, tokens }: Basis): string {
  const { order } = group;
  const over: string[] = shift === 0 ? [] : [String(tokens[shift])];
  const under: string[] = [];
  for (const [k, letter] of [
    [k1, 'a'],
    [k2, 'b'],
  ] as const) {
    const exponent = Math.min(k, order - k);
    const digits = [...String(exponent)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
    (k > order / 2 ? under : over).push(exponent === 1 ? letter : letter + digits);
  }
  const above = over.length === 0 ? '1' : over.join(' · ');
  if (under.length === 0) return above;
  return `${above} / ${under.length === 1 ? under[0] : `(${under.join(' · ')})`}`;
}

/**
 * The rule written out, at index a·P + b: [P²], P = `modulus` tokens. On Z_P k1·a + k2·b + shift mod P; in another
 * basis in terms of its elements, and `noAnswer` on pairs with a token that is set apart.
 */
export function ruleTable(
  { k1, k2, shift }: Rule,
  modulus: number,
  basis: Basis = cyclicBasis(modulus),
): Uint16Array {
  const { order, add, scale } = basis.group;
  const table = Uint16Array.from({ length: order * order }, (_, pair) => {
    const x = scale(k1, Math.floor(pair / order));
    const y = scale(k2, pair % order);
    return add(add(x, y), shift);
  });
  return unframeAnswers(table, basis, modulus);
}

/** Share of all P² pairs on which `answers` follows the rule, 0…1. */
export function ruleAgreement(answers: ArrayLike<number>, rule: Rule, modulus: number): number {
  const table = ruleTable(rule, modulus);
  let right = 0;
  for (let pair = 0; pair < table.length; pair++) if (answers[pair] === table[pair]) right++;
  return right / table.length;
}

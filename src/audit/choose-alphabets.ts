import { type Alphabets, arrangeSymbols } from './alphabets.ts';
import { cellsOf } from './cells.ts';
import { mostModulus } from './limits.ts';
import { mostMatches } from './order-evidence.ts';
import type { SymbolTable } from './read-table.ts';

/**
 * The alphabets of a table whose odd symbols may be slips or may not. Nobody knows beforehand: a label 10 that is
 * no a and no b is a slip in a table modulo 10 and a symbol in a part of one modulo 11. So the table is arranged
 * both ways, and the arrangement counts in which the best of its rules is followed by more pairs; on a tie the
 * one that sets more aside. `choices` says how many there were, for p-values to be corrected.
 *
 * @throws InputError as `arrangeSymbols` does.
 */
export function chooseAlphabets(
  table: SymbolTable,
  orders: readonly (readonly string[])[] = [],
): Alphabets {
  const strict = arrangeSymbols(table, orders);
  if (strict.strangers.length === 0) return strict;
  const ways = [
    { rare: true, outside: false },
    { rare: false, outside: true },
    { rare: false, outside: false },
  ];
  const keyOf = ({ strangers }: Alphabets) =>
    JSON.stringify(strangers.map(({ column, symbol }) => [column, symbol]));
  const all = [strict, ...ways.map((way) => arrangeSymbols(table, orders, way))];
  const different = all.filter(
    (each, i) => all.findIndex((other) => keyOf(other) === keyOf(each)) === i,
  );
  const [best] = different
    .map((alphabets) => ({ alphabets, matches: matchesOf(table, alphabets) }))
    .toSorted((x, y) => y.matches - x.matches);
  const aside = new Set(best.alphabets.strangers.map(({ column, symbol }) => column + symbol));
  return {
    ...best.alphabets,
    kept: strict.strangers.filter(({ column, symbol }) => !aside.has(column + symbol)),
    choices: different.length,
  };
}

/** Pairs that follow the best rule; none where the table is too small or too large for any. */
function matchesOf(table: SymbolTable, alphabets: Alphabets): number {
  const { modulus } = alphabets;
  if (modulus < 3 || modulus > mostModulus) return 0;
  return mostMatches(cellsOf(table, alphabets));
}

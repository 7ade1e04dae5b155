import type { SymbolTable } from './read-table.ts';

const columnNames = ['a', 'b', 'label'] as const;
export type ColumnName = (typeof columnNames)[number];

/** A symbol in one column: in how many rows it stands there, and the line of the first. */
export interface SymbolUse {
  readonly symbol: string;
  readonly column: ColumnName;
  readonly rows: number;
  readonly line: number;
}

/** A second spelling of a symbol ("S4", "04"), and the symbol that it is read as. */
export interface Spelling {
  readonly symbol: string;
  readonly readAs: string;
}

/** Every symbol of every column, in order of appearance. A label that no row has doesn't occur. */
export function usesOf(table: SymbolTable): SymbolUse[] {
  return columnNames.flatMap((column) => {
    const uses = table[column].map((symbol) => ({ symbol, column, rows: 0, line: Infinity }));
    for (const entry of table.entries) {
      if (entry[column] < 0) continue;
      const use = uses[entry[column]];
      use.rows += entry.rows;
      use.line = Math.min(use.line, entry.line);
    }
    return uses;
  });
}

/** [assumed] A slip stands in at most 2 rows, and in at most 0.4 times as many as the column's median symbol. */
const mostRareRows = 2;
const rareShare = 0.4;

/** The symbols of one column that stand in so few rows that they may be slips. */
export function rareSymbols(uses: readonly SymbolUse[]): Set<string> {
  if (uses.length === 0) return new Set();
  const counts = uses.map(({ rows }) => rows).sort((x, y) => x - y);
  const most = Math.min(mostRareRows, rareShare * counts[counts.length >> 1]);
  return new Set(uses.filter(({ rows }) => rows <= most).map(({ symbol }) => symbol));
}

/**
 * Symbols that differ in nothing but case, white space or the spelling of a number ("04", "4.0" and "4") are
 * taken for one: the most frequent spelling, or with an order the one that stands in it. Two spellings that a
 * column uses side by side, none of them rarely, are two symbols; only a label that is no a and no b is not.
 *
 * @param uses the uses of symbols in columns that share an alphabet.
 */
export function spellingsOf(
  uses: readonly SymbolUse[],
  order: readonly string[] | null,
): Spelling[] {
  const total = new Map<string, number>();
  for (const { symbol, rows } of uses) total.set(symbol, (total.get(symbol) ?? 0) + rows);
  const alike = new Map<string, string[]>();
  for (const symbol of total.keys()) {
    const key = normalForm(symbol);
    alike.set(key, [...(alike.get(key) ?? []), symbol]);
  }
  if (order !== null) {
    const placed = new Map<string, string[]>();
    for (const symbol of order) {
      const key = normalForm(symbol);
      placed.set(key, [...(placed.get(key) ?? []), symbol]);
    }
    return [...alike].flatMap(([key, symbols]) => {
      const [readAs, ...others] = placed.get(key) ?? [];
      if (readAs === undefined || others.length > 0) return [];
      return symbols.filter((symbol) => symbol !== readAs).map((symbol) => ({ symbol, readAs }));
    });
  }
  const inputs = new Set(
    uses.filter(({ column }) => column !== 'label').map(({ symbol }) => symbol),
  );
  const areTwo = (symbol: string, other: string) =>
    columnNames.some((column) => {
      const own = uses.filter((use) => use.column === column);
      const names = new Set(own.map((use) => use.symbol));
      if (!names.has(symbol) || !names.has(other)) return false;
      if (column === 'label' && inputs.has(other) && !inputs.has(symbol)) return false;
      return !rareSymbols(own).has(symbol);
    });
  return [...alike.values()].flatMap((symbols) => {
    const [readAs, ...others] = symbols.toSorted(
      (x, y) =>
        Number(inputs.has(y)) - Number(inputs.has(x)) || (total.get(y) ?? 0) - (total.get(x) ?? 0),
    );
    return others.filter((symbol) => !areTwo(symbol, readAs)).map((symbol) => ({ symbol, readAs }));
  });
}

function normalForm(symbol: string): string {
  if (/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(symbol)) return String(Number(symbol) + 0);
  return symbol.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ');
}

import type { Alphabets } from './alphabets.ts';
import type { ColumnName } from './odd-symbols.ts';
import type { SymbolTable } from './read-table.ts';

/** One pair (a, b) of the table with the labels that were given for it. */
interface Cell {
  /** a·P + b, by tokens. */
  readonly pair: number;
  /** The labels given, by token, most frequent first (on a tie the smaller token), and how many rows have each. */
  readonly labels: readonly { readonly label: number; readonly rows: number }[];
  /** Rows with a label. */
  readonly rows: number;
}

/** The table by its cells. */
export interface Cells {
  readonly modulus: number;
  /** Cells with at least one label, in the order of `pair`. */
  readonly given: readonly Cell[];
  /** Pairs of an a and a b of the table without a label, in order: what could be filled in. */
  readonly missing: Uint32Array;
  readonly duplicates: Duplicates;
}

export interface Duplicates {
  /** Cells with more than one labelled row, and the rows in them. */
  readonly cells: number;
  readonly rows: number;
  /** Of those cells, those whose labels contradict each other. */
  readonly contradictory: number;
  /** How often two rows of one of these cells disagree: mean over the cells; null where there are none. */
  readonly disagreement: number | null;
}

/** The token of every symbol of the table, by index; −1 for one that is a stranger. */
export interface Tokens {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly label: Int32Array;
}

export function tokensOf(table: SymbolTable, alphabets: Alphabets): Tokens {
  const readAs = new Map(alphabets.spellings.map((each) => [each.symbol, each.readAs]));
  const tokens = (column: ColumnName) => {
    const places = new Map(alphabets[column].symbols.map((symbol, i) => [symbol, i]));
    for (const stranger of alphabets.strangers) {
      if (stranger.column === column) places.delete(stranger.symbol);
    }
    return Int32Array.from(
      table[column],
      (symbol) => places.get(readAs.get(symbol) ?? symbol) ?? -1,
    );
  };
  return { a: tokens('a'), b: tokens('b'), label: tokens('label') };
}

/** Gathers the rows of a table by cell. */
export function cellsOf(table: SymbolTable, alphabets: Alphabets): Cells {
  const { modulus } = alphabets;
  const tokens = tokensOf(table, alphabets);
  const counts = new Map<number, Map<number, number>>();
  for (const entry of table.entries) {
    const label = entry.label < 0 ? -1 : tokens.label[entry.label];
    if (label < 0 || tokens.a[entry.a] < 0 || tokens.b[entry.b] < 0) continue;
    const pair = tokens.a[entry.a] * modulus + tokens.b[entry.b];
    const cell = counts.get(pair) ?? new Map<number, number>();
    counts.set(pair, cell);
    cell.set(label, (cell.get(label) ?? 0) + entry.rows);
  }
  const given = [...counts]
    .map(([pair, labels]): Cell => {
      const sorted = [...labels]
        .map(([label, rows]) => ({ label, rows }))
        .sort((x, y) => y.rows - x.rows || x.label - y.label);
      return { pair, labels: sorted, rows: sorted.reduce((sum, { rows }) => sum + rows, 0) };
    })
    .sort((x, y) => x.pair - y.pair);
  const missing: number[] = [];
  // Several spellings have one token.
  const occurring = (some: Int32Array) =>
    [...new Set(some)].filter((token) => token >= 0).sort((x, y) => x - y);
  const allB = occurring(tokens.b);
  for (const a of occurring(tokens.a)) {
    for (const b of allB) {
      if (!counts.has(a * modulus + b)) missing.push(a * modulus + b);
    }
  }
  return {
    modulus,
    given,
    missing: Uint32Array.from(missing),
    duplicates: duplicatesOf(given),
  };
}

function duplicatesOf(given: readonly Cell[]): Duplicates {
  const repeated = given.filter(({ rows }) => rows > 1);
  const disagreements = repeated.map(({ rows, labels }) => {
    const alike = labels.reduce((sum, label) => sum + label.rows * (label.rows - 1), 0);
    return 1 - alike / (rows * (rows - 1));
  });
  return {
    cells: repeated.length,
    rows: repeated.reduce((sum, { rows }) => sum + rows, 0),
    contradictory: repeated.filter(({ labels }) => labels.length > 1).length,
    disagreement:
      repeated.length === 0
        ? null
        : disagreements.reduce((sum, share) => sum + share, 0) / repeated.length,
  };
}

/** How many independent readings the rows of a cell are worth: n / (1 + (n − 1)ρ), the design effect. */
export function readings(rows: number, correlation: number): number {
  return rows / (1 + (rows - 1) * correlation);
}

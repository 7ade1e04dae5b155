import { InputError } from '../errors.ts';
import { quote } from '../format/index.ts';
import { numericOrder } from './order.ts';
import type { SymbolTable } from './read-table.ts';

const columnNames = ['a', 'b', 'label'] as const;
export type ColumnName = (typeof columnNames)[number];

/** Symbols in order, and the columns that they stand in. The place of a symbol, from 0, is its token. */
export interface Alphabet {
  readonly columns: readonly ColumnName[];
  readonly symbols: readonly string[];
  readonly orderedBy: 'given' | 'number' | 'appearance';
}

/** A label that is no symbol of the table: not trained on, and certainly wrong where a rule is found. */
export interface Stranger {
  readonly symbol: string;
  readonly rows: number;
  readonly line: number;
}

export interface Alphabets {
  /** P: the size of the largest alphabet. */
  readonly modulus: number;
  readonly alphabets: readonly Alphabet[];
  /** The alphabet of each column. */
  readonly a: Alphabet;
  readonly b: Alphabet;
  readonly label: Alphabet;
  readonly strangers: readonly Stranger[];
}

/** Labels that are no symbol of a or b are taken for slips where they are at most this share of the labels. */
const mostStrangers = 0.1;

/**
 * Gives every symbol its place. Columns that share a symbol share one alphabet; others have their own, and
 * the largest gives P. An alphabet takes the order of `orders` that shares a symbol with it; without one
 * numeric order where all its symbols are whole numbers, else the order of appearance.
 *
 * Where labels share an alphabet with a or b but some of them are no symbol of those (a slip of the pen:
 * "Mno"), they would add a place to the circle and hide every rule. At most 10 % such labels are set aside as
 * strangers; more are symbols in their own right. With an order, a label outside of it is a stranger.
 *
 * @throws InputError for a symbol of a or b that the order leaves out, and for an order that fits no column.
 */
export function arrangeSymbols(
  table: SymbolTable,
  orders: readonly (readonly string[])[] = [],
): Alphabets {
  const used = new Set<readonly string[]>();
  const orderFor = (symbols: ReadonlySet<string>) => {
    const fitting = orders.filter((order) => order.some((symbol) => symbols.has(symbol)));
    if (fitting.length > 1) {
      throw new InputError(
        `--order: expected one order for the symbols ${sample([...symbols])}, got ${fitting.length}.`,
      );
    }
    for (const order of fitting) used.add(order);
    return fitting.at(0) ?? null;
  };
  const labels = labelUses(table);
  const inputs = groupsOf([
    { columns: ['a'], symbols: new Set(table.a) },
    { columns: ['b'], symbols: new Set(table.b) },
  ]);
  const related = inputs.filter(({ symbols }) => table.label.some((symbol) => symbols.has(symbol)));
  const known = new Set(related.flatMap(({ symbols }) => [...symbols]));
  const order = orderFor(new Set([...known, ...table.label]));
  const outside = labels.filter(({ symbol }) =>
    order !== null ? !order.includes(symbol) : known.size > 0 && !known.has(symbol),
  );
  const rowsOf = (some: readonly { rows: number }[]) =>
    some.reduce((sum, { rows }) => sum + rows, 0);
  const isSlip = order !== null || rowsOf(outside) <= mostStrangers * rowsOf(labels);
  const strangers = isSlip ? outside : [];
  const strange = new Set(strangers.map(({ symbol }) => symbol));
  if (strange.size === labels.length) {
    throw new InputError(
      `${table.filename}: expected labels among the symbols of --order, and none is (${sample([...strange])}).`,
    );
  }
  const groups = groupsOf([
    ...inputs,
    { columns: ['label'], symbols: new Set(table.label.filter((symbol) => !strange.has(symbol))) },
  ]);
  const alphabets = groups.map(({ columns, symbols }) =>
    alphabetOf(columns, symbols, orderFor(symbols)),
  );
  const unused = orders.find((each) => !used.has(each));
  if (unused !== undefined) {
    throw new InputError(
      `--order: expected symbols of ${table.filename}, and none of ${sample(unused)} is one.`,
    );
  }
  const of = (column: ColumnName) => {
    const found = alphabets.find(({ columns }) => columns.includes(column));
    if (found === undefined) throw new Error(`column ${column} has no alphabet`);
    return found;
  };
  return {
    modulus: Math.max(...alphabets.map(({ symbols }) => symbols.length)),
    alphabets,
    a: of('a'),
    b: of('b'),
    label: of('label'),
    strangers,
  };
}

interface Group {
  readonly columns: readonly ColumnName[];
  readonly symbols: ReadonlySet<string>;
}

/** Joins groups that share a symbol, until none do. */
function groupsOf(groups: readonly Group[]): Group[] {
  const joined: Group[] = [];
  for (const group of groups) {
    const overlapping = joined.filter(({ symbols }) =>
      [...group.symbols].some((symbol) => symbols.has(symbol)),
    );
    for (const other of overlapping) joined.splice(joined.indexOf(other), 1);
    const all = [...overlapping, group];
    joined.push({
      columns: all.flatMap(({ columns }) => columns),
      symbols: new Set(all.flatMap(({ symbols }) => [...symbols])),
    });
  }
  return joined;
}

function alphabetOf(
  columns: readonly ColumnName[],
  symbols: ReadonlySet<string>,
  order: readonly string[] | null,
): Alphabet {
  if (order !== null) {
    const missing = [...symbols].filter((symbol) => !order.includes(symbol));
    if (missing.length > 0) {
      throw new InputError(
        `--order: expected all symbols of column ${columns[0]}, and ${sample(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      );
    }
    return { columns, symbols: order, orderedBy: 'given' };
  }
  const numeric = numericOrder([...symbols]);
  return numeric !== null
    ? { columns, symbols: numeric, orderedBy: 'number' }
    : { columns, symbols: [...symbols], orderedBy: 'appearance' };
}

/** Every label with the number of its rows and the line of the first. */
function labelUses(table: SymbolTable): Stranger[] {
  const uses = table.label.map((symbol) => ({ symbol, rows: 0, line: Number.POSITIVE_INFINITY }));
  for (const { label, rows, line } of table.entries) {
    if (label < 0) continue;
    uses[label].rows += rows;
    uses[label].line = Math.min(uses[label].line, line);
  }
  return uses;
}

/** The first few symbols, for a sentence. */
function sample(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).map(quote).join(', ');
  return symbols.length > 5 ? `${shown}, … (${symbols.length})` : shown;
}

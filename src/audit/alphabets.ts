import { InputError } from '../errors.ts';
import { quote } from '../format/index.ts';
import {
  type ColumnName,
  rareSymbols,
  type Spelling,
  type SymbolUse,
  spellingsOf,
  usesOf,
} from './odd-symbols.ts';
import { numericOrder } from './order.ts';
import type { SymbolTable } from './read-table.ts';

/** Symbols in order, and the columns that they stand in. The place of a symbol, from 0, is its token. */
export interface Alphabet {
  readonly columns: readonly ColumnName[];
  readonly symbols: readonly string[];
  readonly orderedBy: 'given' | 'number' | 'appearance';
}

export interface Alphabets {
  /** P: the size of the largest alphabet. */
  readonly modulus: number;
  readonly alphabets: readonly Alphabet[];
  /** The alphabet of each column. */
  readonly a: Alphabet;
  readonly b: Alphabet;
  readonly label: Alphabet;
  /**
   * Symbols that were set aside in a column. A row with such an a or b says nothing; such a label is not trained
   * on, and certainly wrong where a rule is found.
   */
  readonly strangers: readonly SymbolUse[];
  /** Odd symbols that were kept, for more pairs follow a rule with them than without (`chooseAlphabets`). */
  readonly kept: readonly SymbolUse[];
  readonly spellings: readonly Spelling[];
  /** Out of how many ways to set odd symbols aside this one was chosen. */
  readonly choices: number;
}

/** Which odd symbols of an alphabet without an order are set aside. */
export interface SetAside {
  /** Symbols in very few rows (`rareSymbols`). */
  readonly rare: boolean;
  /** Labels that are no symbol of a or b, where labels share an alphabet with those. */
  readonly outside: boolean;
}

/** More labels outside of a and b than this share of the labels are symbols in their own right. */
const mostOutside = 0.5;

/**
 * Gives every symbol its place. Columns that share a symbol share one alphabet; others have their own, and
 * the largest gives P. An alphabet takes the order of `orders` that shares a symbol with it; without one
 * numeric order where all its symbols are whole numbers, else the order of appearance.
 *
 * A slip of the pen ("Mno") would add a place to the circle, and the table would follow a rule on a circle that
 * is too large wherever the rule doesn't go round it. So second spellings are read as the first
 * (`spellingsOf`), and odd symbols are set aside as strangers; with an order those that it leaves out.
 *
 * @throws InputError for an order that leaves out all labels or a half of the rows of a or b, and for one that fits no
 *   column.
 */
export function arrangeSymbols(
  table: SymbolTable,
  orders: readonly (readonly string[])[] = [],
  setAside: SetAside = { rare: true, outside: true },
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
  const written = usesOf(table);
  const spellings = groupsOf(groupsByColumn(written)).flatMap(({ columns, symbols }) =>
    spellingsOf(
      written.filter(({ column }) => columns.includes(column)),
      orders.find((order) => order.some((symbol) => symbols.has(symbol))) ?? null,
    ),
  );
  const uses = respelled(written, spellings);
  const of = (column: ColumnName) => uses.filter((use) => use.column === column);
  const rare = {
    a: rareSymbols(of('a')),
    b: rareSymbols(of('b')),
    label: rareSymbols(of('label')),
  };

  // What stands in enough rows says which columns share an alphabet; a stray symbol may not join two.
  const inputs = groupsOf(
    groupsByColumn(
      uses.filter((use) => use.column !== 'label' && !rare[use.column].has(use.symbol)),
    ),
  );
  const labels = of('label');
  const related = inputs.filter(({ symbols }) => labels.some(({ symbol }) => symbols.has(symbol)));
  const known = new Set(related.flatMap(({ symbols }) => [...symbols]));
  const shared = new Set([...known, ...labels.map(({ symbol }) => symbol)]);
  const isOdd = ({ column, symbol }: SymbolUse): boolean => {
    const group = inputs.find(({ columns }) => columns.includes(column));
    const isShared = group === undefined || related.includes(group);
    const order = orderFor(isShared ? shared : group.symbols);
    if (order !== null) return !order.includes(symbol);
    if (isShared && known.has(symbol)) return false;
    if (setAside.rare && rare[column].has(symbol)) return group?.symbols.has(symbol) !== true;
    return column === 'label' && setAside.outside && isFew && known.size > 0;
  };
  const isFew =
    rowsOf(labels.filter(({ symbol }) => !known.has(symbol))) <= mostOutside * rowsOf(labels);
  const strangers = uses.filter(isOdd);
  for (const column of ['a', 'b', 'label'] as const) {
    const strange = strangers.filter((use) => use.column === column);
    const share = rowsOf(strange) / rowsOf(of(column));
    if (column === 'label' ? share < 1 : share < 0.5) continue;
    const names = strange.map(({ symbol }) => symbol);
    throw new InputError(
      `--order: expected the symbols of column ${column}, and ${sample(names)} ${names.length === 1 ? 'is' : 'are'} missing, in ${(100 * share).toFixed(0)} % of its rows.`,
    );
  }
  const groups = groupsOf(groupsByColumn(uses.filter((use) => !strangers.includes(use))));
  const alphabets = groups.map(({ columns, symbols }) =>
    alphabetOf(columns, symbols, orderFor(symbols)),
  );
  const unused = orders.find((each) => !used.has(each));
  if (unused !== undefined) {
    throw new InputError(
      `--order: expected symbols of ${table.filename}, and none of ${sample(unused)} is one.`,
    );
  }
  const alphabetFor = (column: ColumnName) => {
    const found = alphabets.find(({ columns }) => columns.includes(column));
    if (found === undefined) throw new Error(`column ${column} has no alphabet`);
    return found;
  };
  return {
    modulus: Math.max(...alphabets.map(({ symbols }) => symbols.length)),
    alphabets,
    a: alphabetFor('a'),
    b: alphabetFor('b'),
    label: alphabetFor('label'),
    strangers,
    kept: [],
    spellings,
    choices: 1,
  };
}

/** Uses by what symbols are read as. */
function respelled(uses: readonly SymbolUse[], spellings: readonly Spelling[]): SymbolUse[] {
  if (spellings.length === 0) return [...uses];
  const readAs = new Map(spellings.map((each) => [each.symbol, each.readAs]));
  const merged = new Map<string, SymbolUse>();
  for (const use of uses) {
    const symbol = readAs.get(use.symbol) ?? use.symbol;
    const key = JSON.stringify([use.column, symbol]);
    const before = merged.get(key);
    merged.set(key, {
      column: use.column,
      symbol,
      rows: use.rows + (before?.rows ?? 0),
      line: Math.min(use.line, before?.line ?? Infinity),
    });
  }
  return [...merged.values()];
}

function groupsByColumn(uses: readonly SymbolUse[]): Group[] {
  return (['a', 'b', 'label'] as const)
    .map((column) => ({
      columns: [column],
      symbols: new Set(uses.filter((use) => use.column === column).map(({ symbol }) => symbol)),
    }))
    .filter(({ symbols }) => symbols.size > 0);
}

function rowsOf(some: readonly { readonly rows: number }[]): number {
  return some.reduce((sum, { rows }) => sum + rows, 0);
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
  if (order !== null) return { columns, symbols: order, orderedBy: 'given' };
  const numeric = numericOrder([...symbols]);
  return numeric !== null
    ? { columns, symbols: numeric, orderedBy: 'number' }
    : { columns, symbols: [...symbols], orderedBy: 'appearance' };
}

/** The first few symbols, for a sentence. */
function sample(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).map(quote).join(', ');
  return symbols.length > 5 ? `${shown}, … (${symbols.length})` : shown;
}

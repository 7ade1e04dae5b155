import { InputError } from '../errors.ts';
import { csvRecords, quote } from '../format/index.ts';
import { type Columns, chooseColumns } from './columns.ts';

/** More different symbols than this in one column are no table that can be scanned (`limits.ts`). */
const mostSymbols = 1024;

/** Rows that are alike in all that matters: the same a, b, label and true label. */
export interface Entry {
  /** Indices into the symbols of their columns. */
  readonly a: number;
  readonly b: number;
  /** −1 where the label is missing. */
  readonly label: number;
  /** Index into `trueLabels`; −1 where it isn't known. */
  readonly trueLabel: number;
  /** How many rows, and the line of the first of them. */
  rows: number;
  readonly line: number;
}

/** A table as it was read: symbols are still in order of appearance, and nothing is known of their order. */
export interface SymbolTable {
  readonly filename: string;
  readonly columns: Columns;
  readonly rows: number;
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly label: readonly string[];
  /** Apart from the labels', for they are used for nothing but scoring. */
  readonly trueLabels: readonly string[];
  readonly entries: readonly Entry[];
}

export interface ReadOptions {
  readonly columns?: readonly string[] | null;
  readonly hasHeader?: boolean;
}

/** The symbols of one column and the index of each. */
class SymbolIndex {
  readonly symbols: string[] = [];
  readonly #indices = new Map<string, number>();
  readonly #tooMany: () => InputError;

  constructor(tooMany: () => InputError) {
    this.#tooMany = tooMany;
  }

  of(field: string): number {
    const known = this.#indices.get(field);
    if (known !== undefined) return known;
    if (this.symbols.length === mostSymbols) throw this.#tooMany();
    // A copy: a slice would keep the whole chunk of the file alive.
    const symbol = Buffer.from(field).toString();
    this.#indices.set(symbol, this.symbols.length);
    return this.symbols.push(symbol) - 1;
  }
}

/**
 * Reads a table of (a, b, label) with any symbols. White space around a field is dropped; an empty label is a
 * missing one. Memory grows with the number of different rows, not with the number of rows.
 *
 * @param chunks the bytes of the file.
 * @throws InputError, naming the line, for what `csvRecords` and `chooseColumns` refuse, a row with another
 *   number of fields than the first, an empty a or b, more than 1,024 symbols in a column, a table without rows
 *   or without any label, and for a header that looks like a row.
 */
export function readSymbolTable(
  chunks: Iterable<Uint8Array>,
  filename: string,
  options: ReadOptions = {},
): SymbolTable {
  const hasHeader = options.hasHeader ?? true;
  let line = 0;
  const index = (column: string) =>
    new SymbolIndex(
      () =>
        new InputError(
          `${filename}, line ${line}: expected at most ${mostSymbols} different symbols in column ${column}, and here is one more; a table of so many is beyond a scan. Is it the right column (--columns A,B,LABEL)?`,
        ),
    );
  const a = index('a');
  const b = index('b');
  const label = index('label');
  const trueLabels = index('true_label');
  const entries: Entry[] = [];
  const found = new Map<number, Entry>();
  let columns: Columns | null = null;
  let header: readonly string[] | null = null;
  let rows = 0;
  let labelled = 0;

  for (const record of csvRecords(chunks, filename)) {
    const { fields } = record;
    line = record.line;
    if (columns === null) {
      columns = chooseColumns(fields, options.columns ?? null, hasHeader, filename);
      if (hasHeader) {
        header = fields;
        continue;
      }
    }
    if (fields.length !== columns.names.length) {
      throw new InputError(
        `${filename}, line ${line}: expected ${columns.names.length} fields as in the first row, got ${fields.length}.`,
      );
    }
    const first = fields[columns.a].trim();
    const second = fields[columns.b].trim();
    if (first === '' || second === '') {
      throw new InputError(
        `${filename}, line ${line}: expected a symbol for ${first === '' ? 'a' : 'b'}, got an empty field (only the label may be missing).`,
      );
    }
    const given = fields[columns.label].trim();
    const truth = columns.trueLabel === null ? '' : fields[columns.trueLabel].trim();
    const ia = a.of(first);
    const ib = b.of(second);
    const ic = given === '' ? -1 : label.of(given);
    const it = truth === '' ? -1 : trueLabels.of(truth);
    const size = mostSymbols + 1;
    const key = ((ia * size + ib) * size + ic + 1) * size + it + 1;
    rows++;
    if (ic >= 0) labelled++;
    const entry = found.get(key);
    if (entry !== undefined) entry.rows++;
    else {
      const added = { a: ia, b: ib, label: ic, trueLabel: it, rows: 1, line };
      found.set(key, added);
      entries.push(added);
    }
  }
  if (columns === null) {
    throw new InputError(`${filename}: expected a table with a header, but it is empty.`);
  }
  if (rows === 0)
    throw new InputError(`${filename}: expected rows below the header, but there are none.`);
  if (labelled === 0) {
    throw new InputError(
      `${filename}: expected labels, but every label of its ${rows} rows is empty.`,
    );
  }
  if (header !== null) {
    const names = [header[columns.a], header[columns.b], header[columns.label]];
    const isRow = [a, b, label].every(({ symbols }, i) => symbols.includes(names[i].trim()));
    if (isRow) {
      throw new InputError(
        `${filename}: expected a header, but the first line (${names.map(quote).join(', ')}) holds symbols of its columns; if it is a row, give --no-header.`,
      );
    }
  }
  return {
    filename,
    columns,
    rows,
    a: a.symbols,
    b: b.symbols,
    label: label.symbols,
    trueLabels: trueLabels.symbols,
    entries,
  };
}

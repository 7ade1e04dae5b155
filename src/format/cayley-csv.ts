/** A Cayley table as CSV: what `--task cayley:FILE` reads. */
import { InputError } from '../errors.ts';
import { parseOperation } from '../task/operation.ts';
import { readTable } from './table.ts';

/** As `Settings` hold it: the table itself, so that a run doesn't depend on a file. */
export interface CayleyTable {
  readonly modulus: number;
  /** `cayley:R0/R1/…` as `parseOperation` reads it. */
  readonly task: string;
}

/**
 * Reads the table of an operation on 0…P−1: either P lines of P numbers, line a with the results for b = 0…P−1,
 * or the columns a, b and c (or label), one pair a line. Pairs without a result are not defined.
 *
 * @param filename only names the file in errors.
 * @throws InputError for a table that isn't square, a number outside 0…P−1, a pair that occurs twice.
 */
export function readCayleyTable(text: string, filename: string): CayleyTable {
  const { header, records } = readTable(text, filename);
  const isTriples =
    header[0] === 'a' && header[1] === 'b' && (header[2] === 'c' || header[2] === 'label');
  const rows = isTriples
    ? rowsOfTriples(records, filename)
    : [header, ...records].map((row) => row.map((cell) => cell.trim()));
  const modulus = rows.length;
  if (rows.some((row) => row.length !== modulus)) {
    throw new InputError(
      `${filename}: expected a square table, or the columns a, b, c; got ${modulus} rows of ${rows[0].length}.`,
    );
  }
  const task = `cayley:${rows.map((row) => row.join(',')).join('/')}`;
  try {
    parseOperation(task, modulus);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${filename}: ${error.message}`, { cause: error });
  }
  return { modulus, task };
}

function rowsOfTriples(
  records: readonly (readonly string[])[],
  filename: string,
): readonly (readonly string[])[] {
  const triples = records.map((record, index) =>
    record.slice(0, 3).map((field) => {
      if (/^\d{1,4}$/.test(field.trim())) return Number(field);
      throw new InputError(
        `${filename}, line ${index + 2}: expected whole numbers from 0 to 9999, got ${JSON.stringify(field.slice(0, 40))}.`,
      );
    }),
  );
  const modulus = 1 + triples.reduce((largest, triple) => Math.max(largest, ...triple), 0);
  if (modulus > 1024) {
    throw new InputError(`${filename}: expected at most 1024 elements, 0 to 1023, got ${modulus}.`);
  }
  const rows = Array.from({ length: modulus }, () => new Array<string>(modulus).fill(''));
  triples.forEach(([a, b, c], index) => {
    if (rows[a][b] !== '') {
      throw new InputError(
        `${filename}, line ${index + 2}: the pair (${a}, ${b}) is there already; expected each pair once.`,
      );
    }
    rows[a][b] = String(c);
  });
  return rows;
}

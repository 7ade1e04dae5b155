/** A data set as CSV: columns a, b, label and, if known, true_label and split. */
import { InputError } from '../errors.ts';
import { type Dataset, splits } from '../task/dataset.ts';
import { readTable } from './table.ts';

const required = ['a', 'b', 'label'];
const optional = ['true_label', 'split'];

/**
 * Reads a data set. The columns may stand in any order; without `split` every row is a training row,
 * without `true_label` the true labels are unknown (null).
 *
 * @param modulus P, known from the model or the settings: tokens and labels must lie in 0…P−1.
 * @param filename only names the file in errors.
 * @throws InputError, naming the line, for a header that isn't that, a table without rows, a value that
 *   isn't a whole number in 0…P−1, an unknown split, a pair that occurs twice.
 */
export function readDataset(text: string, modulus: number, filename: string): Dataset {
  const { header, records } = readTable(text, filename);
  checkHeader(header, filename);
  if (records.length === 0) {
    throw new InputError(`${filename}: expected rows below the header, but there are none.`);
  }
  const numbers = (column: string) => {
    const index = header.indexOf(column);
    const values = new Uint16Array(records.length);
    for (let row = 0; row < records.length; row++) {
      const field = records[row][index];
      const value = /^\d{1,5}$/.test(field) ? Number(field) : Number.NaN;
      if (!(value < modulus)) {
        throw new InputError(
          `${filename}, line ${row + 2}: expected ${column} to be a whole number from 0 to ${modulus - 1}, got ${quote(field)}.`,
        );
      }
      values[row] = value;
    }
    return values;
  };
  const a = numbers('a');
  const b = numbers('b');
  refuseDuplicates(a, b, modulus, filename);
  return {
    modulus,
    a,
    b,
    label: numbers('label'),
    trueLabel: header.includes('true_label') ? numbers('true_label') : null,
    split: readSplits(header.indexOf('split'), records, filename),
  };
}

/** Writes a data set as `a,b,label,true_label,split`; true_label is left out where it isn't known. */
export function writeDataset(dataset: Dataset): string {
  const { a, b, label, trueLabel, split } = dataset;
  const lines = [trueLabel === null ? 'a,b,label,split' : 'a,b,label,true_label,split'];
  for (let row = 0; row < a.length; row++) {
    const truth = trueLabel === null ? '' : `${trueLabel[row]},`;
    lines.push(`${a[row]},${b[row]},${label[row]},${truth}${splits[split[row]]}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Adds what the task's rule says of a data set: the true label of its rows where the file has none, and
 * every pair that isn't listed, and on which the rule is defined, as a `test` row with the true label. Without a rule, or where the data
 * set lists all P² pairs with their true labels, the data set is returned as it is.
 *
 * @param rule (a, b) ↦ c, null where it isn't defined; or null where nobody knows it.
 * @throws InputError if the file's true labels and the rule disagree on a row, or the rule isn't defined there.
 */
export function completeDataset(
  dataset: Dataset,
  rule: ((a: number, b: number) => number | null) | null,
  filename: string,
): Dataset {
  if (rule === null) return dataset;
  const { modulus, a, b, label } = dataset;
  const known = dataset.trueLabel;
  const trueLabel = new Uint16Array(a.length);
  const listed = new Uint8Array(modulus * modulus);
  for (let row = 0; row < a.length; row++) {
    const expected = rule(a[row], b[row]);
    if (expected === null) {
      throw new InputError(
        `${filename}, line ${row + 2}: the task given isn't defined on (${a[row]}, ${b[row]}); leave the row out or correct the task.`,
      );
    }
    if (known !== null && known[row] !== expected) {
      throw new InputError(
        `${filename}, line ${row + 2}: true_label of (${a[row]}, ${b[row]}) is ${known[row]} in the file and ${expected} by the task given; correct the one or the other.`,
      );
    }
    trueLabel[row] = expected;
    listed[a[row] * modulus + b[row]] = 1;
  }
  const first = (pair: number) => Math.floor(pair / modulus);
  const second = (pair: number) => pair % modulus;
  const unlisted: number[] = [];
  const truth: number[] = [];
  for (let pair = 0; pair < listed.length; pair++) {
    const result = listed[pair] === 0 ? rule(first(pair), second(pair)) : null;
    if (result === null) continue;
    unlisted.push(pair);
    truth.push(result);
  }
  return {
    modulus,
    a: Uint16Array.from([...a, ...unlisted.map(first)]),
    b: Uint16Array.from([...b, ...unlisted.map(second)]),
    label: Uint16Array.from([...label, ...truth]),
    trueLabel: Uint16Array.from([...trueLabel, ...truth]),
    split: Uint8Array.from([...dataset.split, ...unlisted.map(() => splits.indexOf('test'))]),
  };
}

function checkHeader(header: readonly string[], filename: string): void {
  const known = [...required, ...optional];
  const missing = required.filter((name) => !header.includes(name));
  const wrong = header.find((name, i) => !known.includes(name) || header.indexOf(name) !== i);
  if (missing.length === 0 && wrong === undefined) return;
  const problem =
    missing.length > 0
      ? `${missing.join(', ')} missing`
      : `${quote(wrong ?? '')} ${known.includes(wrong ?? '') ? 'twice' : 'as well'}`;
  throw new InputError(
    `${filename}, line 1: expected a header with the columns a, b, label and optionally true_label, split; found ${problem}.`,
  );
}

function refuseDuplicates(a: Uint16Array, b: Uint16Array, modulus: number, filename: string): void {
  const rowOf = new Map<number, number>();
  for (let row = 0; row < a.length; row++) {
    const pair = a[row] * modulus + b[row];
    const earlier = rowOf.get(pair);
    if (earlier !== undefined) {
      throw new InputError(
        `${filename}, line ${row + 2}: the pair (${a[row]}, ${b[row]}) is already in line ${earlier + 2}; expected each pair once.`,
      );
    }
    rowOf.set(pair, row);
  }
}

function readSplits(
  column: number,
  records: readonly (readonly string[])[],
  filename: string,
): Uint8Array {
  const split = new Uint8Array(records.length);
  if (column < 0) return split.fill(splits.indexOf('train'));
  for (let row = 0; row < records.length; row++) {
    const name = records[row][column];
    const index = (splits as readonly string[]).indexOf(name);
    if (index < 0) {
      throw new InputError(
        `${filename}, line ${row + 2}: expected split to be ${splits.join(', ')}, got ${quote(name)}.`,
      );
    }
    split[row] = index;
  }
  return split;
}

function quote(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}

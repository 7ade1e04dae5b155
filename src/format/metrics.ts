/** metrics.csv: one line a measured step; an accuracy that isn't known is an empty field. */
import { InputError } from '../errors.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import { readTable } from './table.ts';

const accuracyColumns = [
  ['clean_train', 'cleanTrain'],
  ['noisy_train', 'noisyTrain'],
  ['noisy_true', 'noisyTrue'],
  ['validation', 'validation'],
  ['test', 'test'],
] as const;

export const metricsHeader = `step,loss,${accuracyColumns.map(([column]) => column).join(',')}`;

/** One row as a line without its line break; numbers in the shortest form that reads back the same. */
export function metricsLine(row: MetricsRow): string {
  const loss = Number.isFinite(row.loss) ? row.loss : '';
  const accuracies = accuracyColumns.map(([, key]) => row[key] ?? '');
  return [row.step, loss, ...accuracies].join(',');
}

/** The whole file. */
export function writeMetrics(rows: readonly MetricsRow[]): string {
  return `${[metricsHeader, ...rows.map(metricsLine)].join('\n')}\n`;
}

/**
 * Reads metrics.csv; an empty loss is NaN.
 *
 * @throws InputError, naming the line, for another header, a step that isn't a whole number above the
 *   one before, a loss that isn't a number, an accuracy outside 0…1.
 */
export function readMetrics(text: string, filename: string): MetricsRow[] {
  const { header, records } = readTable(text, filename);
  if (header.join(',') !== metricsHeader) {
    throw new InputError(`${filename}, line 1: expected the header ${metricsHeader}.`);
  }
  let previous = -1;
  return records.map((fields, index) => {
    const fail = (expected: string, field: string): never => {
      const got = JSON.stringify(field.slice(0, 40));
      throw new InputError(`${filename}, line ${index + 2}: expected ${expected}, got ${got}.`);
    };
    const step = /^\d{1,15}$/.test(fields[0]) ? Number(fields[0]) : Number.NaN;
    if (!(step > previous)) fail(`step to be a whole number above ${previous}`, fields[0]);
    previous = step;
    const loss = fields[1] === '' ? Number.NaN : parseNumber(fields[1]);
    if (loss === null) fail('loss to be a number', fields[1]);
    const accuracy = (column: number): number | null => {
      const field = fields[2 + column];
      if (field === '') return null;
      const value = parseNumber(field);
      if (value !== null && value >= 0 && value <= 1) return value;
      return fail(`${accuracyColumns[column][0]} to be a number from 0 to 1`, field);
    };
    return {
      step,
      loss: loss as number,
      cleanTrain: accuracy(0),
      noisyTrain: accuracy(1),
      noisyTrue: accuracy(2),
      validation: accuracy(3),
      test: accuracy(4),
    };
  });
}

function parseNumber(field: string): number | null {
  return /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/.test(field) ? Number(field) : null;
}

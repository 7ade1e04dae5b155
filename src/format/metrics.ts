/**
 * metrics.csv: one line a measured step; what isn't known is an empty field. Trainings that track the evidence for a
 * rule have further columns.
 */
import { InputError } from '../errors.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import { readTable } from './table.ts';

const accuracyColumns = [
  ['clean_train', 'cleanTrain'],
  ['noisy_train', 'noisyTrain'],
  ['noisy_true', 'noisyTrue'],
  ['validation', 'validation'],
  ['test', 'test'],
] as const;

const evidenceColumns = [
  ['T', 'T'],
  ['triad_energy', 'triadEnergy'],
  ['weights_z', 'weights'],
  ['logits_z', 'logits'],
  ['answers_z', 'answers'],
  ['held_out_logits_z', 'heldOutLogits'],
  ['held_out_answers_z', 'heldOutAnswers'],
] as const satisfies readonly (readonly [string, keyof RuleEvidence])[];

const namesOf = (columns: readonly (readonly [string, string])[]) =>
  columns.map(([name]) => name).join(',');
export const metricsHeader = `step,loss,${namesOf(accuracyColumns)}`;
/** Of a training that tracks evidence. */
export const trackedHeader = `${metricsHeader},${namesOf(evidenceColumns)}`;

/** One row as a line without its line break; numbers in the shortest form that reads back the same. */
export function metricsLine(row: MetricsRow): string {
  const { evidence } = row;
  const loss = Number.isFinite(row.loss) ? row.loss : '';
  const accuracies = accuracyColumns.map(([, key]) => row[key] ?? '');
  const tracked =
    evidence === undefined ? [] : evidenceColumns.map(([, key]) => evidence[key] ?? '');
  return [row.step, loss, ...accuracies, ...tracked].join(',');
}

/** The whole file. Either all rows have evidence or none. */
export function writeMetrics(rows: readonly MetricsRow[]): string {
  const header = rows.some(({ evidence }) => evidence !== undefined)
    ? trackedHeader
    : metricsHeader;
  return `${[header, ...rows.map(metricsLine)].join('\n')}\n`;
}

/**
 * Reads metrics.csv; an empty loss is NaN.
 *
 * @throws InputError, naming the line, for another header, a step that isn't a whole number above the
 *   one before, a loss or an evidence that isn't a number, an accuracy outside 0…1, a triad energy outside −1…1.
 */
export function readMetrics(text: string, filename: string): MetricsRow[] {
  const { header, records } = readTable(text, filename);
  const isTracked = header.join(',') === trackedHeader;
  if (!isTracked && header.join(',') !== metricsHeader) {
    throw new InputError(
      `${filename}, line 1: expected the header ${metricsHeader}, or the same and ${namesOf(evidenceColumns)}.`,
    );
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
    const within = (name: string, low: number, high: number): number | null => {
      const field = fields[header.indexOf(name)];
      if (field === '') return null;
      const value = parseNumber(field);
      if (value !== null && value >= low && value <= high) return value;
      const range = Number.isFinite(low) ? ` from ${low} to ${high}` : '';
      return fail(`${name} to be a number${range}`, field);
    };
    const accuracies = Object.fromEntries(
      accuracyColumns.map(([name, key]) => [key, within(name, 0, 1)]),
    ) as Record<(typeof accuracyColumns)[number][1], number | null>;
    const row = { step, loss: loss as number, ...accuracies };
    if (!isTracked) return row;
    const evidence = Object.fromEntries(
      evidenceColumns.map(([name, key]) =>
        key === 'triadEnergy'
          ? [key, within(name, -1, 1)]
          : [key, within(name, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)],
      ),
    ) as unknown as RuleEvidence;
    return { ...row, evidence };
  });
}

function parseNumber(field: string): number | null {
  return /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/.test(field) ? Number(field) : null;
}

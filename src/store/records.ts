/** From a row of the table to a record: the one place where rows are checked. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { WorkError } from '../errors.ts';
import { settingsSchema } from '../train/settings.ts';
import { runStatuses } from './filter.ts';
import type { RunRecord } from './port.ts';
import { knownRecord } from './records-at-once.ts';
import type { RunsTable } from './tables.ts';

function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'expected JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const accuracy = z.number().min(0).max(1).nullable();
const metricsSchema = z.object({
  step: z.int().min(0),
  // NaN has no JSON.
  loss: z
    .number()
    .nullable()
    .transform((loss) => loss ?? Number.NaN),
  cleanTrain: accuracy,
  noisyTrain: accuracy,
  noisyTrue: accuracy,
  validation: accuracy,
  test: accuracy,
});

const madeSchema = z.object({
  undertone: z.string(),
  node: z.string(),
  machine: z.string(),
  backend: z.string(),
  instructionSet: z.string(),
});

const count = z.int().min(0);
const rowSchema = z.object({
  id: count,
  key: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  status: z.enum(runStatuses),
  settings: json(settingsSchema),
  dataset: z.string().nullable(),
  measure_every: z.int().min(1).nullable(),
  extract: json(z.array(z.string())),
  keep: z.enum(['weights', 'metrics']),
  attempt: count,
  owner: z.string().nullable(),
  step: count,
  seconds: z.number().min(0),
  created: count,
  started: count.nullable(),
  finished: count.nullable(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  metrics: json(metricsSchema).nullable(),
  extracted: json(z.record(z.string(), z.union([z.number(), z.string(), z.null()]))).nullable(),
  error: z.string().nullable(),
  made: json(madeSchema).nullable(),
  note: z.string(),
  archived: z.union([z.literal(0), z.literal(1)]),
});

/** @throws WorkError that names the run and the column where a row is damaged. */
export function runRecord(row: Selectable<RunsTable>, tags: readonly string[]): RunRecord {
  return knownRecord(row, tags) ?? checkedRecord(row, tags);
}

export function checkedRecord(row: Selectable<RunsTable>, tags: readonly string[]): RunRecord {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const { path, message } = issue;
    if (issue.code === 'unrecognized_keys') {
      throw new WorkError(
        `The run ${String(row.name)} was made by a newer version of undertone (it has the setting ${issue.keys[0]}); update undertone.`,
      );
    }
    throw new WorkError(
      `The run ${String(row.name)} is damaged in the store: its ${path.join('.')} is wrong (${message}). Delete it with: npx undertone runs delete ${String(row.name)}`,
    );
  }
  const { dataset, measure_every, archived, ...same } = parsed.data;
  return {
    ...same,
    datasetHash: dataset,
    measureEvery: measure_every,
    archived: archived === 1,
    tags,
  };
}

/** Records of those rows that can be read, and what is wrong with the others. */
export function runRecords(
  rows: readonly Selectable<RunsTable>[],
  tags: ReadonlyMap<number, readonly string[]>,
): { runs: RunRecord[]; damaged: string[] } {
  const runs: RunRecord[] = [];
  const damaged: string[] = [];
  for (const row of rows) {
    try {
      runs.push(runRecord(row, tags.get(row.id) ?? []));
    } catch (error) {
      if (!(error instanceof WorkError)) throw error;
      damaged.push(error.message);
    }
  }
  return { runs, damaged };
}

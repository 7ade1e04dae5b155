/** Published results (results.json), read again: the runs behind them, ready to be run anew. */
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { type Cell, cellOfInput, isCellKind } from './cell.ts';

const resultsSchema = z.object({
  preset: z.string(),
  claims: z.array(z.object({ id: z.string(), runs: z.array(z.string()) })),
  runs: z.array(
    z.object({
      key: z.string(),
      kind: z.string(),
      input: z.unknown(),
      weightsHash: z.string().nullable(),
      seconds: z.number(),
    }),
  ),
});

/** A run as it was published: its cell, and the hash that its weights had. */
export interface PublishedRun {
  readonly cell: Cell;
  readonly weightsHash: string;
  readonly seconds: number;
  /** Claims that rest on it. */
  readonly claims: readonly string[];
}

/**
 * The runs of results.json that end in weights.
 * @throws InputError, naming what is wrong, for another file or a run whose settings don't give its key.
 */
export function readPublished(text: string, filename: string): PublishedRun[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InputError(
      `${filename}: expected JSON, but it can't be parsed; it may be truncated.`,
    );
  }
  const parsed = resultsSchema.safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new InputError(
      `${filename}: expected the results.json of undertone reproduce, but ${path.join('.') || 'the file'} is wrong: ${message}.`,
    );
  }
  const { runs, claims } = parsed.data;
  return runs.flatMap(({ key, kind, input, weightsHash, seconds }) => {
    if (weightsHash === null) return [];
    if (!isCellKind(kind))
      throw new InputError(
        `${filename}: run ${key} is of a kind this version doesn't know, ${kind}.`,
      );
    const cell = cellOfInput(kind, input, seconds);
    if (cell.key !== key) {
      throw new InputError(
        `${filename}: the settings of run ${key} give another key, ${cell.key}: they were changed, or come from another version of the experiment.`,
      );
    }
    const restOn = claims.filter((claim) => claim.runs.includes(key)).map(({ id }) => id);
    return [{ cell, weightsHash, seconds, claims: restOn }];
  });
}

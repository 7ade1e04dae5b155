/** Runs one cell in its folder, on a worker of the pool, and keeps what came out. */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { makeFolders, readText, writeFileAtomic } from '../../format/index.ts';
import type { Job, JobContext } from '../../sweep/index.ts';
import { version } from '../../version.ts';
import { type EnsembleInput, ensemble } from '../experiments/ensemble.ts';
import { type MnistInput, mnistExperiment } from '../experiments/mnist.ts';
import { type NoiseFirstInput, noiseFirst } from '../experiments/noise-first.ts';
import { runTraining, type TrainingInput, type TrainingOutput } from '../experiments/training.ts';
import { type TransformerInput, transformerExperiment } from '../experiments/transformer.ts';
import { measurementKey } from '../measurements/index.ts';
import type { Cell, CellKind } from './cell.ts';

/** The file in a cell's folder that says it is done, with its result. */
const recordFile = 'cell.json';

const recordSchema = z.object({
  kind: z.string(),
  key: z.string(),
  input: z.unknown(),
  made: z.object({
    undertone: z.string(),
    node: z.string(),
    machine: z.string(),
    backend: z.string(),
    instructionSet: z.string(),
  }),
  /** Computing time on one thread; what an interruption lost isn't in it. */
  seconds: z.number(),
  output: z.unknown(),
});

/** What a finished cell leaves behind: its input, its result, and what it was made with. */
export type CellRecord = z.output<typeof recordSchema>;

export interface CellOrder {
  readonly cell: Pick<Cell, 'kind' | 'key' | 'input'>;
  readonly folder: string;
}

/** The record of a cell where it has been run with all that is asked for; else null. */
export function finishedRecord({ cell, folder }: CellOrder): CellRecord | null {
  const record = readRecord(folder);
  if (record === null || record.key !== cell.key) return null;
  if (cell.kind !== 'training') return record;
  const { measurements } = record.output as TrainingOutput;
  const { wanted } = cell.input as TrainingInput;
  const isMeasured = wanted.every((one) => Object.hasOwn(measurements, measurementKey(one)));
  return isMeasured ? record : null;
}

/** @throws InputError for a record that is damaged. */
function readRecord(folder: string): CellRecord | null {
  const path = join(folder, recordFile);
  if (!existsSync(path)) return null;
  try {
    return recordSchema.parse(JSON.parse(readText(path)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${path} is damaged; remove the folder ${folder} to run that experiment again.`,
      { cause: error },
    );
  }
}

/** Runs a cell; null where the signal stopped it. */
export const cellJob: Job<CellOrder, CellRecord | null> = {
  module: import.meta.url,
  name: 'cellJob',
  async run(order, context) {
    const { cell, folder } = order;
    const start = performance.now();
    const before = readRecord(folder);
    const output = await runCell(order, (before?.output ?? null) as TrainingOutput | null, context);
    if (output === null) return null;
    // What was only measured anew is still the training of before, and its time goes on counting.
    const isSame = before !== null && hashOf(before.output) === hashOf(output);
    const record: CellRecord = {
      ...cell,
      made: isSame
        ? before.made
        : {
            undertone: version,
            node: process.versions.node,
            machine: cpus()[0]?.model.trim() ?? 'unknown',
            backend: context.backend.name,
            instructionSet: context.backend.instructionSet,
          },
      seconds: (isSame ? before.seconds : 0) + (performance.now() - start) / 1000,
      output,
    };
    makeFolders(folder);
    writeFileAtomic(join(folder, recordFile), `${JSON.stringify(record)}\n`);
    return record;
  },
};

/** The hash of the final weights in an output, where it has one. */
export function hashOf(output: unknown): string | null {
  const hash = (output as { readonly weightsHash?: unknown } | null)?.weightsHash;
  return typeof hash === 'string' ? hash : null;
}

function runCell(
  { cell, folder }: CellOrder,
  before: TrainingOutput | null,
  context: JobContext,
): Promise<unknown> {
  const kind: CellKind = cell.kind;
  switch (kind) {
    case 'training':
      return runTraining(cell.input as TrainingInput, folder, before, context);
    case 'noise-first':
      return noiseFirst(cell.input as NoiseFirstInput, context);
    case 'transformer':
      return transformerExperiment(cell.input as TransformerInput, context);
    case 'mnist':
      return mnistExperiment(cell.input as MnistInput, context);
    case 'ensemble':
      return ensemble(cell.input as EnsembleInput, context);
  }
}

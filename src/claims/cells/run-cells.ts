/** Brings the cells of some claims to their results: finds those that are there, runs the others. */
import { join } from 'node:path';
import type { WorkerPool } from '../../sweep/index.ts';
import { type Cell, mergeCells } from './cell.ts';
import { type CellRecord, cellJob, finishedRecord } from './cell-job.ts';

export interface CellProgress {
  /** Share of the work that had to be done when this began, 0…1. */
  readonly share: number;
  /** Keys of the cells that are done, those that were there already included. */
  readonly done: ReadonlySet<string>;
  readonly total: number;
}

export interface CellRun {
  readonly records: ReadonlyMap<string, CellRecord>;
  /** What went wrong, by key of the cell. */
  readonly failures: ReadonlyMap<string, string>;
  /** Whether the signal stopped it. */
  readonly stopped: boolean;
}

export interface CellRunOptions {
  /** Each cell has a folder named by its key in here. */
  readonly folder: string;
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CellProgress) => void;
}

/** Runs what is missing, in the order given, as many at once as the pool has workers. */
export async function runCells(
  cells: readonly Cell[],
  { folder, pool, signal, onProgress }: CellRunOptions,
): Promise<CellRun> {
  const merged = mergeCells(cells);
  const records = new Map<string, CellRecord>();
  const failures = new Map<string, string>();
  const orderOf = ({ kind, key, input }: Cell) => ({
    cell: { kind, key, input },
    folder: join(folder, key),
  });
  const open: Cell[] = [];
  for (const one of merged) {
    const record = finishedRecord(orderOf(one));
    if (record === null) open.push(one);
    else records.set(one.key, record);
  }
  const finished = new Set(records.keys());
  const work = open.reduce((sum, one) => sum + one.work, 0);
  const shares = new Map<string, number>();
  const tell = () => {
    const done = open.reduce((sum, one) => sum + one.work * (shares.get(one.key) ?? 0), 0);
    onProgress?.({
      share: work === 0 ? 1 : done / work,
      done: finished,
      total: merged.length,
    });
  };
  tell();
  let stopped = false;
  await Promise.all(
    open.map(async (one) => {
      try {
        const record = await pool.run(cellJob, orderOf(one), {
          signal,
          onProgress: (share) => {
            shares.set(one.key, share);
            tell();
          },
        });
        if (record === null) {
          stopped = true;
          return;
        }
        records.set(one.key, record);
      } catch (error) {
        if (signal?.aborted) {
          stopped = true;
          return;
        }
        failures.set(one.key, error instanceof Error ? error.message : String(error));
      }
      shares.set(one.key, 1);
      finished.add(one.key);
      tell();
    }),
  );
  return { records, failures, stopped };
}

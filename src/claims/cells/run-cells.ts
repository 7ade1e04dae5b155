/** Brings the cells of some claims to their results: finds those that are there, runs the others. */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { WorkerPool } from '../../sweep/index.ts';
import { type Cell, mergeCells } from './cell.ts';
import { type CellOrder, type CellRecord, cellJob, finishedRecord } from './cell-job.ts';

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

/** What a folder of cells has of those asked for, all with what is wanted measured. */
export interface FoundCells {
  readonly records: ReadonlyMap<string, CellRecord>;
  /** Damaged records: what is wrong, by key. */
  readonly failures: ReadonlyMap<string, string>;
  /** What has to be run. */
  readonly open: readonly Cell[];
}

/** Looks up cells; runs nothing. */
export function findCells(cells: readonly Cell[], folder: string): FoundCells {
  const records = new Map<string, CellRecord>();
  const failures = new Map<string, string>();
  const open: Cell[] = [];
  for (const one of mergeCells(cells)) {
    try {
      const record = finishedRecord(orderOf(one, folder));
      if (record === null) open.push(one);
      else records.set(one.key, record);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failures.set(one.key, error.message);
    }
  }
  return { records, failures, open };
}

function orderOf({ kind, key, input }: Cell, folder: string): CellOrder {
  return { cell: { kind, key, input }, folder: join(folder, key) };
}

/** Runs what is missing, in the order given, as many at once as the pool has workers. */
export async function runCells(
  cells: readonly Cell[],
  { folder, pool, signal, onProgress }: CellRunOptions,
): Promise<CellRun> {
  const found = findCells(cells, folder);
  const { open } = found;
  const records = new Map(found.records);
  const failures = new Map(found.failures);
  const total = records.size + failures.size + open.length;
  const finished = new Set(records.keys());
  const work = open.reduce((sum, one) => sum + one.work, 0);
  const shares = new Map<string, number>();
  const tell = () => {
    const done = open.reduce((sum, one) => sum + one.work * (shares.get(one.key) ?? 0), 0);
    onProgress?.({
      share: work === 0 ? 1 : done / work,
      done: finished,
      total,
    });
  };
  tell();
  let stopped = false;
  await Promise.all(
    open.map(async (one) => {
      try {
        const record = await pool.run(cellJob, orderOf(one, folder), {
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

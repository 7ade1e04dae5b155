/** Sweeps that this server works on: one pool of workers, a loop for each sweep. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendName } from '../compute/index.ts';
import {
  estimateSweep,
  openWorkerPool,
  ownOwner,
  runSweep,
  type SweepEstimate,
  type SweepEvent,
} from '../sweep/index.ts';
import type { Settings } from '../train/settings.ts';
import type { StoreKeeper } from './store-keeper.ts';

export interface Runner {
  readonly workers: number;
  /** Works on a sweep until none of its runs is left; nothing where it does so already. */
  start(sweep: { readonly id: number; readonly name: string }): void;
  /** Stops at checkpoints; resolves when nothing runs any more. */
  stop(sweepId: number): Promise<void>;
  workOn(sweepId: number): { readonly trouble: string | null } | null;
  work(): { readonly sweep: string; readonly trouble: string | null }[];
  /** Null while the workers have other things to do. */
  estimate(runs: readonly Settings[]): Promise<SweepEstimate | null>;
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly workers?: number | undefined;
  readonly backend?: BackendName | undefined;
  readonly segmentSeconds?: number | undefined;
  /** Time before a sweep that the store refused is tried again; default 5 s. */
  readonly retryMilliseconds?: number | undefined;
  readonly onEvent: (event: SweepEvent) => void;
  /** A sweep was begun, has ended, or something is in its way. */
  readonly onChange: () => void;
}

interface Work {
  readonly sweep: string;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  trouble: string | null;
}

export function openRunner(keeper: StoreKeeper, options: RunnerOptions): Runner {
  const { onEvent, onChange, retryMilliseconds = 5000 } = options;
  const pool = openWorkerPool({ workers: options.workers, backend: options.backend });
  const works = new Map<number, Work>();
  let estimating = false;

  const loop = async (
    id: number,
    signal: AbortSignal,
    setTrouble: (why: string | null) => void,
  ) => {
    let isAgain = false;
    while (!signal.aborted) {
      try {
        const store = await keeper.whenBack(signal);
        // Runs that this process had when the store went away, and works on no longer.
        if (isAgain && works.size === 1) await store.releaseOwners([ownOwner()]);
        isAgain = true;
        setTrouble(null);
        await runSweep({
          store,
          sweepId: id,
          pool,
          signal,
          segmentSeconds: options.segmentSeconds ?? 30,
          onEvent: (event) => {
            if (event.kind === 'trouble') setTrouble(event.message);
            else if (event.kind === 'ended' && event.end.kind === 'done') setTrouble(null);
            onEvent(event);
          },
        });
        return;
      } catch (error) {
        if (signal.aborted) return;
        // The store stayed away, or refuses writes. What is done is safe; when it can be written again, this goes on.
        setTrouble((error as Error).message);
        await sleep(retryMilliseconds, undefined, { signal }).catch(() => {});
      }
    }
  };

  const stop = async (id: number) => {
    const work = works.get(id);
    work?.controller.abort();
    await work?.ended;
  };

  return {
    workers: pool.workers,
    start({ id, name }) {
      if (works.has(id)) return;
      const controller = new AbortController();
      const setTrouble = (why: string | null) => {
        const work = works.get(id);
        if (work === undefined || work.trouble === why) return;
        work.trouble = why;
        onChange();
      };
      const ended = Promise.resolve()
        .then(() => loop(id, controller.signal, setTrouble))
        .finally(() => {
          works.delete(id);
          onChange();
        });
      works.set(id, { sweep: name, controller, ended, trouble: null });
      onChange();
    },
    stop,
    workOn(id) {
      const work = works.get(id);
      return work === undefined ? null : { trouble: work.trouble };
    },
    work: () => [...works.values()].map(({ sweep, trouble }) => ({ sweep, trouble })),
    async estimate(runs) {
      if (works.size > 0 || estimating) return null;
      estimating = true;
      try {
        return await estimateSweep(runs, pool, 100);
      } finally {
        estimating = false;
      }
    },
    async close() {
      await Promise.all([...works.keys()].map(stop));
      await pool.close();
    },
  };
}

/** A worker of a cluster: takes runs from the queue, as many as it has threads, and keeps what comes of them in the store. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Store, WaitingRun } from '../../store/index.ts';
import { openHeldRuns } from '../work/held-runs.ts';
import { ownOwner } from '../work/owner.ts';
import { type WorkEnd, workOnRun } from '../work/work-on-run.ts';
import type { WorkerPool } from '../worker-pool.ts';
import { watchForLostRuns } from './lost-runs.ts';
import { openRunQueue } from './run-queue.ts';

/** How often the queue is looked at when it was empty. */
const pollMilliseconds = 1000;
/** How often an idle worker looks for runs that wait without a job. */
const completeMilliseconds = 10_000;
/** Of the ten seconds in which a worker is to end: for checkpoints, and then for giving back what is left. */
const checkpointMilliseconds = 6500;
const giveBackMilliseconds = 1500;

export interface RunWorkerOptions {
  readonly store: Store;
  /** Address of the PostgreSQL server behind `store`. */
  readonly url: string;
  readonly pool: WorkerPool;
  /** Stops it: runs are given back at a checkpoint, within ten seconds. */
  readonly signal: AbortSignal;
  /** Whether it ends when in no active sweep a run waits or is worked on. */
  readonly untilEmpty?: boolean;
  /** Longest time between two checkpoints of a run; default 30 s. */
  readonly segmentSeconds?: number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  /** The queue is open. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly claim: Claim }
  | { readonly kind: 'step'; readonly claim: Claim; readonly step: number }
  | {
      readonly kind: 'ended';
      readonly claim: Claim;
      readonly end: WorkEnd;
      readonly seconds: number;
    }
  /** Runs that others lost, or whose jobs were lost, wait in the queue again. */
  | { readonly kind: 'lost runs'; readonly count: number }
  /** Store or queue can't be reached or written for now. */
  | { readonly kind: 'trouble'; readonly message: string };

export interface WorkerSummary {
  readonly done: number;
  readonly failed: number;
  readonly givenBack: number;
  /** Runs that went into other hands. */
  readonly lost: number;
  /**
   * Runs in hand that could not be given back in time: others go on with them from their last checkpoint when
   * `heartbeatLimit` is over. Then work may still hang in the background; the process is to end.
   */
  readonly abandoned: number;
}

/**
 * Works on runs of all active sweeps in the store until the signal stops it or, with `untilEmpty`, there is nothing
 * left to do. A server that is away is waited for.
 * @throws InputError where the queue can't be opened.
 */
export async function runWorker(options: RunWorkerOptions): Promise<WorkerSummary> {
  const { store, pool, signal, untilEmpty = false, segmentSeconds = 30 } = options;
  const onEvent = options.onEvent ?? (() => {});
  const owner = ownOwner();
  const ended = { done: 0, failed: 0, 'given back': 0, lost: 0 };
  const refusals = new Map<number, number>();
  /** What this worker has in hand. */
  const running = new Map<Promise<void>, WaitingRun>();
  const over = new AbortController();
  /** Of runs of late, in milliseconds. */
  let longest = 0;

  const onTrouble = (message: string) => onEvent({ kind: 'trouble', message });
  /** Null where it couldn't be done; what is left undone, others or a later look make up for. */
  const tried = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      onTrouble((error as Error).message);
      return null;
    }
  };
  const queue = await openRunQueue(options.url, { onTrouble, supervise: true });
  const held = openHeldRuns(store, onTrouble);
  const watching = watchForLostRuns({
    store,
    queue,
    signal: AbortSignal.any([signal, over.signal]),
    onFound: (count) => onEvent({ kind: 'lost runs', count }),
    onTrouble,
  });
  onEvent({ kind: 'ready' });

  const putBack = async (runs: readonly WaitingRun[], delaySeconds: number) => {
    await queue.add(runs, delaySeconds);
    return runs.length;
  };
  const work = async (claim: Claim, waiting: WaitingRun) => {
    const begun = performance.now();
    const mine = held.hold(claim);
    onEvent({ kind: 'started', claim });
    const end = await tried(() =>
      workOnRun(claim, {
        store,
        pool,
        segmentSeconds,
        signal: AbortSignal.any([signal, mine.stop.signal]),
        onStep: (step) => {
          mine.step = step;
          onEvent({ kind: 'step', claim, step });
        },
      }),
    );
    held.letGo(mine);
    longest = Math.max(0.9 * longest, performance.now() - begun);
    // Without an end the store stayed away: the run is lost for this worker.
    if (end === null) return;
    ended[end.kind]++;
    onEvent({ kind: 'ended', claim, end, seconds: (performance.now() - begun) / 1000 });
    if (end.kind !== 'given back') refusals.delete(claim.run.id);
    else if (!mine.stop.signal.aborted) {
      const delay = end.why === null ? 0 : delayAfter(refusals, claim.run.id);
      while ((await tried(() => putBack([waiting], delay))) === null && !signal.aborted) {
        await pause();
      }
    }
  };
  const start = (claim: Claim, waiting: WaitingRun) => {
    const one: Promise<void> = work(claim, waiting).finally(() => running.delete(one));
    running.set(one, waiting);
  };
  const take = async (count: number): Promise<number | null> => {
    const jobs = await tried(() => queue.take(count));
    if (jobs === null || jobs.length === 0) return jobs === null ? null : 0;
    const used = await Promise.all(
      jobs.map(async (job) => {
        const answer = await tried(async () => ({
          claim: await store.claimRun(job.run.id, owner),
        }));
        // The job comes again when it expires.
        if (answer === null) return [];
        // Without a claim it is in other hands, done, paused, or cancelled.
        if (answer.claim !== null) start(answer.claim, job.run);
        return [job];
      }),
    );
    await tried(() => queue.done(used.flat()));
    return jobs.length;
  };
  /** Puts in what waits without a job; returns how many wait. */
  const complete = async () => putBack(await store.waiting(), 0);
  const pause = () => sleep(pollMilliseconds, undefined, { signal }).catch(() => {});

  const takeAndWork = async () => {
    let completed = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      // Short runs are taken in handfuls, so that the next is at hand when a thread is free; of long ones nobody
      // holds more than he works on, so that others find some.
      const ahead = longest > 0 && longest < 2000 ? 3 * pool.workers : 0;
      const room = pool.workers + ahead - running.size;
      if (room <= ahead / 2) {
        await Promise.race(running.keys());
        continue;
      }
      const taken = await take(room);
      if (taken !== null && taken > 0) continue;
      if (taken === 0 && performance.now() - completed > completeMilliseconds) {
        completed = performance.now();
        if (((await tried(complete)) ?? 0) > 0) continue;
      }
      if (taken === 0 && untilEmpty && running.size === 0) {
        if ((await tried(() => isEmpty(store))) === true) break;
      }
      await Promise.race([...running.keys(), pause()]);
    }
    await Promise.all(running.keys());
  };

  const working = takeAndWork();
  await Promise.race([working, aborted(signal)]);
  const isClean = await within(checkpointMilliseconds, working);
  const abandoned = running.size;
  over.abort();
  held.close();
  const closing = async () => {
    if (!isClean) {
      const left = [...running.values()];
      await store.releaseOwners([owner]);
      await queue.add(left);
    }
    await watching;
    await queue.close();
  };
  const isClosed = await within(giveBackMilliseconds, closing());
  const { done, failed, lost } = ended;
  return {
    done,
    failed,
    lost,
    givenBack: ended['given back'] + (isClosed ? abandoned : 0),
    abandoned: isClosed ? 0 : abandoned,
  };
}

/** Seconds before a run that the store refused to take is tried again, longer every time. */
function delayAfter(refusals: Map<number, number>, id: number): number {
  const tries = (refusals.get(id) ?? 0) + 1;
  refusals.set(id, tries);
  return Math.min(300, 5 * 2 ** tries);
}

/** Whether no run of an active sweep waits or is in somebody's hands. */
async function isEmpty(store: Store): Promise<boolean> {
  const sweeps = await store.listSweeps();
  return sweeps.every(
    ({ state, counts: { queued, running, stopped } }) =>
      state !== 'active' || queued + running + stopped === 0,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Whether the work ends well within this time; it isn't stopped otherwise. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const isDone = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([
      isDone,
      sleep(milliseconds, false, { signal: late.signal }).catch(() => false),
    ]);
  } finally {
    late.abort();
  }
}

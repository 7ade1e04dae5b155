/** Finds runs whose worker has died, and puts them back into the queue. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../store/index.ts';
import type { RunQueue } from './run-queue.ts';

/** With the store's `heartbeatLimit` of 25 s this keeps the time to notice below 30 s. */
const checkMilliseconds = 2000;
/**
 * After a server was away so long, no worker could give signs of life: they get time to do it, or all
 * of them would take each other for dead.
 */
const awayMilliseconds = 10_000;
const recoveryMilliseconds = 8000;

export interface LostRunsOptions {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly signal: AbortSignal;
  /** Gets how many were put back. */
  readonly onFound: (count: number) => void;
  readonly onTrouble: (message: string) => void;
}

/** Looks for lost runs until the signal ends it. */
export async function watchForLostRuns(options: LostRunsOptions): Promise<void> {
  const { store, queue, signal, onFound, onTrouble } = options;
  // What was before this worker came isn't known to it.
  let trustedFrom = performance.now() + recoveryMilliseconds;
  while (!signal.aborted) {
    try {
      const asked = performance.now();
      const owners = await store.owners();
      const answered = performance.now();
      if (answered - asked > awayMilliseconds) trustedFrom = answered + recoveryMilliseconds;
      if (owners.length > 0 && answered >= trustedFrom) {
        const lost = await store.releaseLost();
        if (lost.length > 0) {
          onFound(lost.length);
          await queue.add(await store.waiting({ ids: lost }));
        }
      }
    } catch (error) {
      trustedFrom = performance.now() + recoveryMilliseconds;
      if (!signal.aborted) onTrouble((error as Error).message);
    }
    await sleep(checkMilliseconds, undefined, { signal }).catch(() => {});
  }
}

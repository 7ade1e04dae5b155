/** A sweep on this machine: takes runs from the store, one a core, until none is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkError } from '../../errors.ts';
import type { Claim, Store } from '../../store/index.ts';
import type { WorkerPool } from '../worker-pool.ts';
import { openHeldRuns } from './held-runs.ts';
import { isDead, ownOwner } from './owner.ts';
import { type WorkEnd, workOnRun } from './work-on-run.ts';

/** How often runs in other hands are looked at, when there is nothing else to do. */
const pollMilliseconds = 1000;
/** So often a run that the store refused to take is tried again. */
const mostTries = 3;

export interface RunSweepOptions {
  readonly store: Store;
  readonly sweepId: number;
  readonly pool: WorkerPool;
  readonly signal: AbortSignal;
  /** Longest time between two checkpoints of a run; default 30 s. */
  readonly segmentSeconds?: number;
  readonly onEvent?: (event: SweepEvent) => void;
}

export type SweepEvent =
  | { readonly kind: 'started'; readonly claim: Claim }
  | { readonly kind: 'step'; readonly claim: Claim; readonly step: number }
  | { readonly kind: 'ended'; readonly claim: Claim; readonly end: WorkEnd }
  /** Somebody has paused the sweep; it is waited for until it goes on. */
  | { readonly kind: 'paused' }
  /** The store can't be reached or written for now. */
  | { readonly kind: 'trouble'; readonly message: string };

/** Every run is done or failed, the signal has stopped it, or somebody has cancelled the sweep. */
export type SweepEnd = 'finished' | 'stopped' | 'cancelled';

/**
 * Works on a sweep until every run is done or failed, also those that other processes have and lose, or until the
 * signal stops it; then what runs is kept at a checkpoint. A sweep that is paused is waited for. Runs of processes of
 * this machine that have died are taken over at once.
 *
 * @throws WorkError where the store stays away.
 */
export async function runSweep(options: RunSweepOptions): Promise<SweepEnd> {
  const { store, sweepId, pool, signal, segmentSeconds = 30, onEvent } = options;
  const owner = ownOwner();
  const refusals = new Map<number, number>();
  const broken = new AbortController();
  let trouble: unknown = null;

  const held = openHeldRuns(store, (message) => onEvent?.({ kind: 'trouble', message }));

  const work = async (claim: Claim) => {
    const mine = held.hold(claim);
    const begun = performance.now();
    onEvent?.({ kind: 'started', claim });
    try {
      const end = await workOnRun(claim, {
        store,
        pool,
        segmentSeconds,
        signal: AbortSignal.any([signal, mine.stop.signal, broken.signal]),
        onStep: (step) => {
          mine.step = step;
          onEvent?.({ kind: 'step', claim, step });
        },
      });
      if (end.kind === 'given back' && end.why !== null) {
        const tries = (refusals.get(claim.run.id) ?? 0) + 1;
        refusals.set(claim.run.id, tries);
        held.letGo(mine);
        onEvent?.({ kind: 'trouble', message: end.why });
        await sleep(500 * 2 ** tries, undefined, { signal }).catch(() => {});
        if (tries >= mostTries) {
          // Still refused: nothing else can be kept either.
          throw new WorkError(end.why);
        }
      } else if (end.kind === 'done') refusals.clear();
      onEvent?.({ kind: 'ended', claim, end });
    } catch (error) {
      trouble ??= error;
      broken.abort(error);
    } finally {
      held.letGo(mine);
      longest = Math.max(0.9 * longest, performance.now() - begun);
    }
  };

  const stopped = () => signal.aborted || broken.signal.aborted;
  const running = new Set<Promise<void>>();
  let longest = 0;
  let end: SweepEnd | null = null;
  const takeFromTheDead = async () =>
    store.releaseOwners((await store.owners()).filter((owner) => isDead(owner)));
  const pause = () =>
    sleep(pollMilliseconds, undefined, { signal: AbortSignal.any([signal, broken.signal]) }).catch(
      () => {},
    );
  try {
    await takeFromTheDead();
    while (!stopped()) {
      // Short runs are taken in handfuls, so that the next is at hand when a thread is free; of long ones nobody
      // holds more than he works on, so that others find some.
      const ahead = longest > 0 && longest < 2000 ? 3 * pool.workers : 0;
      const room = pool.workers + ahead - running.size;
      if (room <= ahead / 2) {
        await Promise.race(running);
        continue;
      }
      const claims = await store.claimNext(sweepId, room, owner, held.ids());
      for (const claim of claims) {
        const one: Promise<void> = work(claim).finally(() => running.delete(one));
        running.add(one);
      }
      if (claims.length > 0) continue;
      // Others may add runs, or lose some, while the last ones are at work here.
      if (running.size === 0) {
        const state = await stateOf(store, sweepId);
        if (state === 'finished' || state === 'cancelled') {
          end = state;
          break;
        }
        if (state === 'paused') onEvent?.({ kind: 'paused' });
      }
      await Promise.race([...running, pause()]);
      if (running.size < pool.workers) await takeFromTheDead();
    }
    await Promise.all(running);
  } catch (error) {
    // Whoever begins anew must not meet what this has left at work.
    broken.abort(error);
    await Promise.all(running);
    throw error;
  } finally {
    held.close();
  }
  if (trouble !== null) throw trouble;
  return end ?? 'stopped';
}

/** How a sweep stands of which there is nothing to take. */
async function stateOf(
  store: Store,
  sweepId: number,
): Promise<'finished' | 'cancelled' | 'paused' | 'open'> {
  const sweep = (await store.listSweeps()).find(({ id }) => id === sweepId);
  if (sweep === undefined || sweep.state === 'cancelled') return 'cancelled';
  const { queued, running, stopped } = sweep.counts;
  if (queued + running + stopped === 0) return 'finished';
  return sweep.state === 'paused' ? 'paused' : 'open';
}

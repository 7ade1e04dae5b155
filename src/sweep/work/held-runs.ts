/** The runs that this process works on: it gives signs of life for them, and hears which are to be stopped. */
import type { Claim, Store } from '../../store/index.ts';

/** Signs of life are given so often: several before `heartbeatLimit` is over. */
const heartbeatMilliseconds = 5000;

interface HeldRun {
  readonly claim: Claim;
  /** Steps taken; whoever works on the run keeps it up to date. */
  step: number;
  /** Set when the run is in other hands, paused or cancelled. */
  readonly stop: AbortController;
}

export interface HeldRuns {
  hold(claim: Claim): HeldRun;
  letGo(held: HeldRun): void;
  /** Of the runs in hand. */
  ids(): readonly number[];
  close(): void;
}

/** @param onTrouble gets a sentence where the store didn't take a sign of life. */
export function openHeldRuns(store: Store, onTrouble: (message: string) => void): HeldRuns {
  const runs = new Map<number, HeldRun>();
  let isBeating = false;
  const beat = async () => {
    if (isBeating || runs.size === 0) return;
    isBeating = true;
    const alive = new Map(runs);
    try {
      const stopped = await store.heartbeat(
        [...alive.values()].map(({ claim, step }) => ({ ...claim.run, step })),
      );
      for (const id of stopped) alive.get(id)?.stop.abort();
    } catch (error) {
      onTrouble((error as Error).message);
    } finally {
      isBeating = false;
    }
  };
  const timer = setInterval(beat, heartbeatMilliseconds);
  return {
    hold(claim) {
      const { id, step } = claim.run;
      // An earlier attempt of this process that was taken for dead can't write any more.
      runs.get(id)?.stop.abort();
      const held = { claim, step, stop: new AbortController() };
      runs.set(id, held);
      return held;
    },
    letGo(held) {
      const { id } = held.claim.run;
      if (runs.get(id) === held) runs.delete(id);
    },
    ids: () => [...runs.keys()],
    close: () => clearInterval(timer),
  };
}

import type { Store } from '../../store/index.ts';
import { openRunQueue } from './run-queue.ts';

/**
 * Puts every run of an active sweep that waits into the queue that workers take from, in the order of the sweep;
 * returns how many wait. Runs whose job is there already get no second one.
 * @param url of the PostgreSQL server behind `store`
 */
export async function enqueueSweep(store: Store, url: string, sweepId: number): Promise<number> {
  const runs = await store.waiting({ sweepId });
  const queue = await openRunQueue(url);
  try {
    await queue.add(runs);
  } finally {
    await queue.close();
  }
  return runs.length;
}

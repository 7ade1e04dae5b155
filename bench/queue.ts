/**
 * What the queue of a cluster costs: runs so small that they take no time (P=11, M=17, one step), by a worker
 * against a local sweep over the same PostgreSQL store, in turn on two threads each.
 *
 * Usage: node bench/queue.ts [runs] [rounds]
 */
import process from 'node:process';
import { startPostgres } from '../scripts/test-postgres.ts';
import { openStore, type Store } from '../src/store/index.ts';
import { enqueueSweep, openWorkerPool, runWorker } from '../src/sweep/index.ts';
import { runSweep } from '../src/sweep/work/run-sweep.ts';
import { completeSettings } from '../src/train/settings.ts';
import { median } from '../src/train/step-speed.ts';

const runs = Number(process.argv[2] ?? 300);
const rounds = Number(process.argv[3] ?? 5);

const server = await startPostgres();
try {
  const url = await server.createDatabase();
  const store = await openStore(url);
  const pool = openWorkerPool({ workers: 2 });
  const { signal } = new AbortController();
  const sweepOf = async (name: string, firstSeed: number, count = runs) =>
    (await put(store, name, firstSeed, count)).sweep.id;
  const timed = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  // Threads start, and the queue is made.
  await runSweep({ store, sweepId: await sweepOf('warm', 1e6, 20), pool, signal });
  await enqueueSweep(store, url, await sweepOf('warm queue', 2e6, 20));
  await runWorker({ store, url, pool, signal, untilEmpty: true });

  const differences: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const local = await sweepOf(`local ${round}`, 2 * round * runs);
    const localTime = await timed(() => runSweep({ store, sweepId: local, pool, signal }));
    const queued = await sweepOf(`queued ${round}`, (2 * round + 1) * runs);
    const putTime = await timed(() => enqueueSweep(store, url, queued));
    const workTime = await timed(() => runWorker({ store, url, pool, signal, untilEmpty: true }));
    differences.push((putTime + workTime - localTime) / runs);
    console.log(
      `round ${round}: ${runs} runs; local ${perRun(localTime)}, enqueued in ${perRun(putTime)}, worked on in ${perRun(workTime)}`,
    );
  }
  console.log(`overhead of the queue, median: ${median(differences).toFixed(2)} ms a run`);
  await pool.close();
  await store.close();
} finally {
  await server.remove();
}

function perRun(milliseconds: number): string {
  return `${(milliseconds / runs).toFixed(2)} ms a run`;
}

function put(store: Store, name: string, firstSeed: number, count: number) {
  return store.putSweep({
    name,
    filename: `${name}.yaml`,
    text: name,
    runs: Array.from({ length: count }, (_, index) => ({
      run: {
        settings: completeSettings({ modulus: 11, width: 17, steps: 1, seed: firstSeed + index }),
        dataset: null,
        measureEvery: null,
        extract: [],
        keep: 'weights',
      },
      axes: { seed: firstSeed + index },
    })),
  });
}

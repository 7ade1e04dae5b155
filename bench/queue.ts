/**
 * What the queue of a cluster costs: runs so small that they take no time (P=11, M=17, one step), by a worker against
 * a local sweep over the same PostgreSQL store. Every round has both, each on two threads.
 *
 *   node bench/queue.ts [--runs 300] [--rounds 5] [--write]
 */
import { parseArgs } from 'node:util';
import { startPostgres } from '../scripts/test-postgres.ts';
import { openStore, type Store } from '../src/store/index.ts';
import { enqueueSweep, openWorkerPool, runWorker } from '../src/sweep/index.ts';
import { runSweep } from '../src/sweep/work/run-sweep.ts';
import { completeSettings } from '../src/train/settings.ts';
import { median } from '../src/train/step-speed.ts';
import { digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);

warnWhenBusy();
const server = await startPostgres();
const url = await server.createDatabase();
const store = await openStore(url);
const pool = openWorkerPool({ workers: 2 });
const { signal } = new AbortController();

/** Milliseconds a run. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / runs;
}

const local = async (sweepId: number) => {
  await runSweep({ store, sweepId, pool, signal });
};
const worker = () => runWorker({ store, url, pool, signal, untilEmpty: true });

// Threads start, and the queue is made.
await local(await put(store, 'first', 1e6, 20));
await enqueueSweep(store, url, await put(store, 'second', 2e6, 20));
await worker();

const times = { local: [] as number[], enqueue: [] as number[], worker: [] as number[] };
for (let round = 0; round < Number(values.rounds); round++) {
  const swept = await put(store, `local ${round}`, 2 * round * runs, runs);
  times.local.push(await timed(() => local(swept)));
  const queued = await put(store, `queued ${round}`, (2 * round + 1) * runs, runs);
  times.enqueue.push(await timed(() => enqueueSweep(store, url, queued)));
  times.worker.push(await timed(worker));
}
const { counts } = await store.sweepStatus('queued 0');
if (counts.done !== runs) throw new Error(`${counts.done} of ${runs} runs done`);
const overhead = times.local.map((each, i) => times.enqueue[i] + times.worker[i] - each);
await pool.close();
await store.close();
await server.remove();

publish(
  'The queue of a cluster',
  [
    `${machine()}`,
    '',
    `${runs} runs of P=11, M=17, one step, on two threads over one PostgreSQL store on the same machine; medians of ${values.rounds} rounds. The worker opens the queue and waits for its end once in each.`,
    '',
    markdownTable([
      ['', 'ms a run'],
      ['a local sweep', digits(median(times.local))],
      ['putting into the queue', digits(median(times.enqueue))],
      ['a worker', digits(median(times.worker))],
      ['what the queue costs', digits(median(overhead))],
    ]),
  ].join('\n'),
  values.write,
);

async function put(into: Store, name: string, firstSeed: number, count: number): Promise<number> {
  const { sweep } = await into.putSweep({
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
  return sweep.id;
}

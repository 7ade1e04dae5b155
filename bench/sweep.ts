/**
 * What a sweep costs beyond its trainings: 1,000 tiny runs through the store, each claimed, written and kept with its
 * weights and metrics, against the same trainings on the bare batch API. Every round has both, on a new store.
 *
 *   node bench/sweep.ts [--rounds 3] [--runs 1000] [--write]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../src/store/index.ts';
import { openWorkerPool, runSweep, trainingJob, trainMany } from '../src/sweep/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import { median } from '../src/train/step-speed.ts';
import { digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '1000' },
    write: { type: 'boolean', default: false },
  },
});

warnWhenBusy();
const pool = openWorkerPool();
const folder = mkdtempSync(join(tmpdir(), 'undertone-bench-'));
const list = Array.from({ length: Number(values.runs) }, (_, seed) =>
  completeSettings({ modulus: 31, width: 33, steps: 500, seed }),
);

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function bare(): Promise<void> {
  for await (const result of trainMany(
    list.map((settings) => ({ settings })),
    { pool },
  )) {
    if ('error' in result) throw result.error;
  }
}

async function swept(round: number): Promise<void> {
  const store = await openStore(join(folder, `${round}.db`));
  const { sweep } = await store.putSweep({
    name: 'bench',
    filename: 'bench.yaml',
    text: '',
    runs: list.map((settings) => ({
      run: { settings, dataset: null, measureEvery: null, extract: [], keep: 'weights' },
      axes: { seed: settings.seed },
    })),
  });
  await runSweep({ store, sweepId: sweep.id, pool, signal: new AbortController().signal });
  const { counts } = await store.sweepStatus('bench');
  if (counts.done !== list.length) throw new Error(`${counts.done} of ${list.length} runs done`);
  await store.close();
}

// The threads start before anything is timed.
await Promise.all(
  list.slice(0, 2 * pool.workers).map((settings) => pool.run(trainingJob, { settings })),
);

const times: { readonly bare: number; readonly sweep: number }[] = [];
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const first = round % 2 === 0 ? await seconds(bare) : null;
    const sweep = await seconds(() => swept(round));
    times.push({ bare: first ?? (await seconds(bare)), sweep });
  }
} finally {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
}
const share = times.map((time) => time.bare / time.sweep);
publish(
  'A sweep against the bare batch API',
  [
    `${machine()}, ${pool.workers} workers. Medians of ${times.length} rounds; P=31, M=33, 500 steps, SQLite.`,
    markdownTable([
      ['runs', 'bare runs/s', 'sweep runs/s', 'sweep / bare', 'of single rounds'],
      [
        String(list.length),
        digits(list.length / median(times.map((time) => time.bare))),
        digits(list.length / median(times.map((time) => time.sweep))),
        median(share).toFixed(3),
        share.map((one) => one.toFixed(2)).join(', '),
      ],
    ]),
  ].join('\n\n'),
  values.write,
);

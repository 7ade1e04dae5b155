/**
 * Many models at once: the batch API (one model a thread) against the same trainings one after the other
 * with all threads on each.
 *
 *   node bench/batch.ts [--rounds 5] [--write]
 *
 * Whole trainings with data, initial weights and measurements, as a sweep does them.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { selectBackend } from '../src/compute/index.ts';
import { openWorkerPool, trainMany } from '../src/sweep/index.ts';
import { datasetOf, initialNetworkOf } from '../src/train/prepare.ts';
import { completeSettings, type Settings } from '../src/train/settings.ts';
import { train } from '../src/train/trainer.ts';
import { alternate, digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const batches = [
  { count: 100, modulus: 31, width: 33, steps: 500 },
  { count: 20, modulus: 59, width: 129, steps: 200 },
  { count: 8, modulus: 113, width: 513, steps: 20 },
];

warnWhenBusy();
const threads = availableParallelism();
const pool = openWorkerPool({ workers: threads, backend: 'native' });
const backend = selectBackend({ backend: 'native', threads });

async function together(list: readonly Settings[]): Promise<number> {
  const start = performance.now();
  for await (const result of trainMany(
    list.map((settings) => ({ settings })),
    { pool },
  )) {
    if ('error' in result) throw result.error;
  }
  return performance.now() - start;
}

async function oneByOne(list: readonly Settings[]): Promise<number> {
  const start = performance.now();
  for (const settings of list) {
    await train({
      settings,
      dataset: datasetOf(settings),
      initial: initialNetworkOf(settings),
      backend,
    });
  }
  return performance.now() - start;
}

const rows: string[][] = [];
for (const { count, ...given } of batches) {
  const list = Array.from({ length: count }, (_, seed) => completeSettings({ ...given, seed }));
  const [batch, sequence] = await alternate([() => together(list), () => oneByOne(list)], rounds);
  rows.push([
    `${count} models, P=${given.modulus}, M=${given.width}, ${given.steps} steps`,
    digits(batch / count),
    digits(sequence / count),
    (sequence / batch).toFixed(2),
  ]);
}
await pool.close();
publish(
  'Many models at once',
  [
    `${machine()}, ${threads} threads. Medians of ${rounds} alternating rounds.`,
    markdownTable([
      ['ms per model', 'one a thread', `${threads} threads on each`, 'ratio'],
      ...rows,
    ]),
  ].join('\n\n'),
  values.write,
);

/**
 * What measuring costs: the default run as it is, and the same with measurements at its two ends only.
 *
 *   node bench/metrics.ts [--steps 2000] [--rounds 3] [--write]
 */
import { parseArgs } from 'node:util';
import { selectBackend } from '../src/compute/index.ts';
import { datasetOf, initialNetworkOf } from '../src/train/prepare.ts';
import { completeSettings } from '../src/train/settings.ts';
import { median } from '../src/train/step-speed.ts';
import { train } from '../src/train/trainer.ts';
import { machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const settings = completeSettings({ steps: Number(values.steps) });
const dataset = datasetOf(settings);
const initial = initialNetworkOf(settings);
const backend = selectBackend({ backend: 'native' });

interface Times {
  readonly wall: number;
  readonly processor: number;
}

/** Seconds of one run, by the clock and of the processors: the latter don't count what others take. */
async function run(measureEvery: number | null): Promise<Times> {
  const start = performance.now();
  const before = process.cpuUsage();
  await train({ settings, dataset, initial, backend, measureEvery });
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
}

warnWhenBusy();
const runs = { measured: [] as Times[], unmeasured: [] as Times[] };
for (let round = 0; round < rounds; round++) {
  runs.measured.push(await run(null));
  runs.unmeasured.push(await run(settings.steps));
}
const row = (text: string, pick: (times: Times) => number) => {
  const [measured, unmeasured] = [runs.measured, runs.unmeasured].map((all) =>
    median(all.map(pick)),
  );
  const cost = `${(100 * (measured / unmeasured - 1)).toFixed(1)} %`;
  return [text, measured.toFixed(2), unmeasured.toFixed(2), cost];
};
publish(
  'What measuring costs',
  [
    `${machine()}. The default run (P=${settings.modulus}, M=${settings.width}, ${settings.steps} steps) on ${backend.threads} threads, and the same with measurements at its two ends only. Medians of ${rounds} alternating rounds.`,
    markdownTable([
      ['seconds', 'measuring', 'not', 'cost'],
      row('by the clock', ({ wall }) => wall),
      row('of the processors', ({ processor }) => processor),
    ]),
  ].join('\n\n'),
  values.write,
);

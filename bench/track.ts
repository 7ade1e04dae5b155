/**
 * What `--track evidence` costs: the same training with and without, in turn, with its default measurements.
 *
 *   node bench/track.ts [--backends native,wasm] [--threads 1] [--rounds 5] [--sizes 113x513x2000,…] [--write]
 *
 * A size is P x M x steps. The first round isn't counted: there both compile their functions.
 */
import { parseArgs } from 'node:util';
import { evidenceTracker, trackedRule } from '../src/analysis/index.ts';
import { type BackendName, selectBackend } from '../src/compute/index.ts';
import { rolesOf } from '../src/task/index.ts';
import { measurementSteps } from '../src/train/measurement-steps.ts';
import { datasetOf, initialNetworkOf, operationOf } from '../src/train/prepare.ts';
import { completeSettings } from '../src/train/settings.ts';
import { median } from '../src/train/step-speed.ts';
import { train } from '../src/train/trainer.ts';
import { machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: 'native,wasm' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '113x513x2000,59x513x2000,31x2049x200' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const threads = Number(values.threads);

/** Seconds of one run, of the processors (what others take doesn't count) and by the clock. */
interface Times {
  readonly processor: number;
  readonly wall: number;
}

async function compare(backendName: BackendName, size: string): Promise<string[]> {
  const [modulus, width, steps] = size.split('x').map(Number);
  const backend = selectBackend({ backend: backendName, threads });
  const settings = completeSettings({ modulus, width, steps });
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  const roles = rolesOf(dataset);
  const { rule } = trackedRule(operationOf(settings), roles, modulus);
  if (rule === null) throw new Error('expected a rule to follow');
  const run = async (isTracked: boolean): Promise<Times> => {
    const start = performance.now();
    const before = process.cpuUsage();
    const { activation, seed } = settings;
    const { heldOut } = roles;
    const track = isTracked
      ? evidenceTracker({ rule, modulus, activation, heldOut, seed, compute: backend })
      : undefined;
    await train({ settings, dataset, initial, backend, track });
    const { user, system } = process.cpuUsage(before);
    return { processor: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
  };
  const times = { plain: [] as Times[], tracked: [] as Times[] };
  for (let round = 0; round <= rounds; round++) {
    // Who goes first changes, so that neither gains by it.
    for (const isTracked of round % 2 === 0 ? [false, true] : [true, false]) {
      const time = await run(isTracked);
      if (round > 0) times[isTracked ? 'tracked' : 'plain'].push(time);
    }
  }
  const cells = (pick: (times: Times) => number) => {
    const [plain, tracked] = [times.plain, times.tracked].map((all) => median(all.map(pick)));
    // The ratio within each round, where both had the same neighbours.
    const ratio = median(times.tracked.map((time, i) => pick(time) / pick(times.plain[i])));
    return [plain.toFixed(3), tracked.toFixed(3), `${(100 * (ratio - 1)).toFixed(1)} %`];
  };
  console.error(`${backendName} ${size}`);
  return [
    `${backendName}, P=${modulus}, M=${width}, ${steps} steps`,
    String(measurementSteps(steps, null).length),
    ...cells(({ processor }) => processor),
    ...cells(({ wall }) => wall),
  ];
}

warnWhenBusy();
const rows: string[][] = [];
for (const backend of values.backends.split(',') as BackendName[]) {
  for (const size of values.sizes.split(',')) rows.push(await compare(backend, size));
}
publish(
  'What tracking the evidence costs',
  [
    `${machine()}, ${threads} ${threads === 1 ? 'thread' : 'threads'}. Seconds of a training with its default measurements, without and with \`--track evidence\`, of the processors and by the clock. Medians of ${rounds} alternating rounds; the cost is the median over rounds of their ratio.`,
    markdownTable([
      ['', 'measurements', 'processors: without', 'with', 'cost', 'clock: without', 'with', 'cost'],
      ...rows,
    ]),
  ].join('\n\n'),
  values.write,
);

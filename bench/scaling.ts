/**
 * Time per step against the width, the number of rows and the modulus, on log axes: linear growth is slope 1.
 *
 *   node bench/scaling.ts [--threads 1] [--rounds 5] [--write]
 *
 * Prints the fitted slopes; --write also writes docs/figures/scaling.csv and scaling.svg.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectBackend, type TrainingProblem } from '../src/compute/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import {
  problemOf,
  stepMilliseconds,
  stepOperations,
  stepsWithin,
} from '../src/train/step-speed.ts';
import { alternate, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';
import { drawScaling, type Measured } from './scaling-figure.ts';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);
const millisecondsPerSample = 150;

const widths = [17, 33, 65, 129, 257, 513, 1025, 2049, 4097, 8193, 16385];
const fractions = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
const moduli = [31, 43, 59, 83, 113, 151, 199, 251];

const series = {
  width: widths.map((width) => ({ width })),
  rows: fractions.map((trainFraction) => ({ trainFraction, validationFraction: 0 })),
  modulus: moduli.map((modulus) => ({ modulus })),
} as const;

/** One point after the other and round after round, so that a slow minute doesn't bend the line. */
async function measure(name: keyof typeof series): Promise<Measured[]> {
  const backend = selectBackend({ backend: 'native', threads });
  const problems: TrainingProblem[] = series[name].map((settings) =>
    problemOf(completeSettings(settings)),
  );
  const sessions = problems.map((problem) => backend.train(problem));
  const contestants = sessions.map((session) => {
    const steps = stepsWithin(session, millisecondsPerSample);
    return () => stepMilliseconds(session, steps);
  });
  const times = await alternate(contestants, rounds);
  for (const session of sessions) session.dispose();
  return problems.map((problem, i) => ({
    series: name,
    modulus: problem.initial.modulus,
    width: problem.initial.width,
    rows: problem.rows.a.length,
    milliseconds: times[i],
    gflops: stepOperations(problem) / times[i] / 1e6,
  }));
}

/** Slope of log y over log x by least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const [meanX, meanY] = [0, 1].map((i) => logs.reduce((sum, p) => sum + p[i], 0) / logs.length);
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

warnWhenBusy();
const measured: Measured[] = [];
for (const name of ['width', 'rows', 'modulus'] as const) {
  console.error(`measuring ${name}`);
  measured.push(...(await measure(name)));
}
const along = (name: string, x: (point: Measured) => number, from = 0) => {
  const points = measured.filter((point) => point.series === name && point.width >= from);
  return slope(points.map((point) => [x(point), point.milliseconds]));
};
const slopes = [
  ['width M, 17 … 16,385 (P=113)', along('width', ({ width }) => width)],
  ['width M, 129 … 16,385 (P=113)', along('width', ({ width }) => width, 129)],
  ['rows n, 10 … 100 % of the pairs (P=113, M=513)', along('rows', ({ rows }) => rows)],
  ['n·P, P = 31 … 251 (M=513)', along('modulus', ({ rows, modulus }) => rows * modulus)],
] as const;
const csv = [
  'series,modulus,width,rows,ms_per_step,gflops',
  ...measured.map(
    ({ series: name, modulus, width, rows, milliseconds, gflops }) =>
      `${name},${modulus},${width},${rows},${milliseconds.toPrecision(4)},${gflops.toPrecision(4)}`,
  ),
].join('\n');
console.error(csv);
publish(
  'Growth with width, rows and modulus',
  [
    `${machine()}, ${threads} ${threads === 1 ? 'thread' : 'threads'}. Medians of ${rounds} alternating rounds. Slope of log time over log size; 1 is linear. Figure: docs/figures/scaling.svg, numbers beside it.`,
    markdownTable([
      ['time per step against', 'slope'],
      ...slopes.map(([text, value]) => [text, value.toFixed(2)]),
    ]),
  ].join('\n\n'),
  values.write,
);
if (values.write) {
  const folder = fileURLToPath(new URL('../docs/figures/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}scaling.csv`, `${csv}\n`);
  writeFileSync(`${folder}scaling.svg`, drawScaling(measured));
}

/**
 * The training step here and in PyTorch and JAX, in turn: P = 113, 80 % of the pairs, ReLU, cross-entropy,
 * AdamW, full batch, single precision. See bench/README.md for how to install them.
 *
 *   node bench/frameworks.ts [--python PATH]… [--widths 129,513,2049] [--threads 1,2] [--rounds 7] [--write]
 *
 * Every variant starts from the same weights and rows and has to arrive at our loss after twenty steps.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { selectBackend, type TrainingProblem } from '../src/compute/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import { problemOf, stepMilliseconds, stepsWithin } from '../src/train/step-speed.ts';
import { alternate, digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';
import {
  describePython,
  type PythonInstallation,
  PythonStep,
  type VariantKind,
} from './python-step.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', multiple: true, default: ['python3'] },
    widths: { type: 'string', default: '129,513,2049' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const millisecondsPerSample = 300;
/** Of a loss near log 113 = 4.7 in single precision, summed in another order; 1e-6 was seen. */
const lossTolerance = 1e-4;

interface Timed {
  readonly name: string;
  /** Which installation it ran in; null for ours. */
  readonly framework: string | null;
  readonly kind: VariantKind | null;
  readonly milliseconds: number;
}

interface Column {
  readonly width: number;
  readonly timed: readonly Timed[];
}

function writeProblem(folder: string, { initial, rows }: TrainingProblem): void {
  const { modulus, width } = initial;
  const description = { modulus, width, samples: rows.a.length };
  writeFileSync(join(folder, 'problem.json'), JSON.stringify(description));
  for (const name of ['U', 'V', 'W', 'mu'] as const) {
    writeFileSync(join(folder, `${name}.f32`), initial[name]);
  }
  for (const name of ['a', 'b', 'label'] as const) {
    writeFileSync(join(folder, `${name}.i32`), Int32Array.from(rows[name]));
  }
}

/** Our session with the losses that the others have to reach. */
function openOurs(problem: TrainingProblem, threads: number) {
  const session = selectBackend({ backend: 'native', threads }).train(problem);
  session.run(1);
  const first = session.lossBeforeLastStep();
  session.run(20);
  return { session, losses: { first, afterTwenty: session.lossBeforeLastStep() } };
}

async function compare(
  pythons: readonly PythonInstallation[],
  width: number,
  threads: number,
): Promise<Timed[]> {
  const problem = problemOf(completeSettings({ width }));
  const folder = mkdtempSync(join(tmpdir(), 'undertone-frameworks-'));
  const steps: PythonStep[] = [];
  const { session, losses } = openOurs(problem, threads);
  try {
    writeProblem(folder, problem);
    const entrants: (Omit<Timed, 'milliseconds'> & { step: PythonStep })[] = [];
    for (const python of pythons) {
      for (const { id, version, name, kind } of python.variants) {
        if (!`${version} ${name}`.includes(values.only)) continue;
        console.error(`M=${width}, threads ${threads}: ${version}, ${name}`);
        const step = new PythonStep({ python: python.path, folder, variant: id, threads, kind });
        steps.push(step);
        const problem = await step.ready(losses, lossTolerance);
        if (problem === null) entrants.push({ name, framework: version, kind, step });
        else console.error(`  left out: ${problem}`);
      }
    }
    const ourSteps = stepsWithin(session, millisecondsPerSample);
    const times = await alternate(
      [
        () => stepMilliseconds(session, ourSteps),
        ...entrants.map(
          ({ step }) =>
            () =>
              step.milliseconds(millisecondsPerSample),
        ),
      ],
      rounds,
    );
    const ours = { name: 'Undertone', framework: null, kind: null, milliseconds: times[0] };
    const theirs = entrants.map(({ step: _, ...entrant }, i) => ({
      ...entrant,
      milliseconds: times[i + 1],
    }));
    return [ours, ...theirs];
  } finally {
    for (const step of steps) step.stop();
    session.dispose();
    rmSync(folder, { recursive: true });
  }
}

/** One table per number of threads: a row per variant, ms and ratio to ours per width. */
function tableOf(columns: readonly Column[]): string {
  const label = ({ name, framework }: Timed) =>
    framework === null ? `**${name}**` : `${framework}: ${name}`;
  const labels = [...new Set(columns.flatMap(({ timed }) => timed.map(label)))];
  return markdownTable([
    ['ms per step (× ours)', ...columns.map(({ width }) => `M=${width}`)],
    ...labels.map((row) => [
      row,
      ...columns.map(({ timed }) => {
        const found = timed.find((each) => label(each) === row);
        if (found === undefined) return '–';
        const ratio = found.milliseconds / timed[0].milliseconds;
        const cell = `${digits(found.milliseconds)} (${ratio.toFixed(2)})`;
        return isFastest(found, timed) ? `**${cell}**` : cell;
      }),
    ]),
  ]);
}

/** The fastest of its kind in its framework. */
function isFastest(one: Timed, timed: readonly Timed[]): boolean {
  const rivals = timed.filter(
    ({ framework, kind }) => framework === one.framework && kind === one.kind,
  );
  return one.milliseconds === Math.min(...rivals.map(({ milliseconds }) => milliseconds));
}

/** How many times our time the fastest of each kind takes, per framework and width. */
function ratiosOf(columns: readonly Column[]): string {
  const rows = columns[0].timed
    .filter(({ kind }) => kind !== null)
    .map(({ framework, kind }) => `${framework}: ${kind}`);
  return markdownTable([
    ['fastest of each, × ours', ...columns.map(({ width }) => `M=${width}`)],
    ...[...new Set(rows)].map((row) => [
      row,
      ...columns.map(({ timed }) => {
        const best = timed.find(
          (each) => `${each.framework}: ${each.kind}` === row && isFastest(each, timed),
        );
        if (best === undefined) return '–';
        return `${(best.milliseconds / timed[0].milliseconds).toFixed(2)} (${best.name})`;
      }),
    ]),
  ]);
}

const pythons = values.python.map(describePython).filter((python) => python !== null);
if (pythons.length === 0) process.exit(1);
warnWhenBusy();
const sections: string[] = [
  `${machine()}. P=113, n=10215. ${pythons.map(({ text }) => text).join('; ')}. Medians of ${rounds} alternating rounds; in bold the fastest of its kind. Plain: as people write it. Tuned: what the framework differentiates, with lookups, sorted rows, kept and huge-page buffers, OpenBLAS on its AVX-512 kernels. By hand: no automatic differentiation, every gradient written out into kept buffers. Every variant reached our loss after 20 steps within ${lossTolerance}.`,
];
for (const threads of values.threads.split(',').map(Number)) {
  const columns: Column[] = [];
  for (const width of values.widths.split(',').map(Number)) {
    columns.push({ width, timed: await compare(pythons, width, threads) });
  }
  sections.push(
    `### ${threads === 1 ? 'One thread' : `${threads} threads`}`,
    tableOf(columns),
    ratiosOf(columns),
  );
}
publish('Against PyTorch and JAX', sections.join('\n\n'), values.write);

/**
 * What a busy process beside us costs: one process that computes without end is let run and held still in
 * turn, while as many threads as there are cores train.
 *
 *   node bench/neighbour.ts [--widths 513,2049] [--rounds 9] [--write]
 *
 * With two cores a neighbour takes half of one: 1.33 times the time is its fair share.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { selectBackend } from '../src/compute/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import { problemOf, stepMilliseconds, stepsWithin } from '../src/train/step-speed.ts';
import { alternate, digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    widths: { type: 'string', default: '513,2049' },
    rounds: { type: 'string', default: '9' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const cores = availableParallelism();
/** Many time slices of the operating system, so that every sample meets the neighbour alike. */
const millisecondsPerSample = 1000;

warnWhenBusy();
const neighbour = spawn(process.execPath, ['-e', 'for (;;);']);
async function beside(signal: 'SIGSTOP' | 'SIGCONT', measure: () => number): Promise<number> {
  neighbour.kill(signal);
  await setTimeout(20);
  return measure();
}
const rows: string[][] = [];
try {
  for (const width of values.widths.split(',').map(Number)) {
    const backend = selectBackend({ backend: 'native', threads: cores });
    const session = backend.train(problemOf(completeSettings({ width })));
    const steps = stepsWithin(session, millisecondsPerSample);
    const measure = () => stepMilliseconds(session, steps);
    const [alone, disturbed] = await alternate(
      [() => beside('SIGSTOP', measure), () => beside('SIGCONT', measure)],
      rounds,
    );
    session.dispose();
    const ratio = (disturbed / alone).toFixed(2);
    rows.push([`M=${width}`, digits(alone), digits(disturbed), ratio]);
  }
} finally {
  neighbour.kill('SIGKILL');
}
publish(
  'Beside a busy process',
  [
    `${machine()}, ${cores} threads. Medians of ${rounds} alternating rounds.`,
    markdownTable([['ms per step', 'alone', 'beside it', 'ratio'], ...rows]),
  ].join('\n\n'),
  values.write,
);

/**
 * What the other activations, losses and optimizers and tied weights cost, as a multiple of ReLU with
 * cross-entropy and AdamW, in alternating rounds.
 *
 *   node bench/choices.ts [--widths 129,513,2049] [--threads 1] [--rounds 7] [--write]
 */
import { parseArgs } from 'node:util';
import { selectBackend, UnsupportedError } from '../src/compute/index.ts';
import { completeSettings, type PartialSettings } from '../src/train/settings.ts';
import { problemOf, stepMilliseconds, stepsWithin } from '../src/train/step-speed.ts';
import { alternate, digits, machine, markdownTable, publish, warnWhenBusy } from './alternate.ts';

const { values } = parseArgs({
  options: {
    widths: { type: 'string', default: '129,513,2049' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '7' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const backend = selectBackend({ backend: 'native', threads: Number(values.threads) });
const millisecondsPerSample = 200;

/** The first is what the others are compared with. */
const choices: Readonly<Record<string, PartialSettings>> = {
  'ReLU, cross-entropy, AdamW': {},
  quadratic: { activation: 'quadratic' },
  GELU: { activation: 'gelu' },
  'reverse-ReLU': { activation: 'reverse-relu' },
  'mean squared error': { loss: 'mse' },
  Adam: { optimizer: 'adam' },
  SGD: { optimizer: 'sgd' },
  Muon: { optimizer: 'muon' },
  tied: { tied: true },
  'hidden bias': { hiddenBias: true },
};

/** A cell per choice; a dash where the native kernel doesn't train it. */
async function measure(width: number): Promise<string[]> {
  const sessions = Object.values(choices).map((choice) => {
    // Random weights under x² and a learning rate for ReLU can diverge: what counts is time alone.
    const settings = completeSettings({ width, learningRate: 1e-4, ...choice });
    try {
      return backend.train(problemOf(settings));
    } catch (error) {
      if (error instanceof UnsupportedError) return null;
      throw error;
    }
  });
  const open = sessions.filter((session) => session !== null);
  const times = await alternate(
    open.map((session) => {
      const steps = stepsWithin(session, millisecondsPerSample);
      return () => stepMilliseconds(session, steps);
    }),
    rounds,
  );
  const cells = sessions.map((session) => {
    if (session === null) return '–';
    const milliseconds = times[open.indexOf(session)];
    return `${digits(milliseconds)} (${(milliseconds / times[0]).toFixed(2)})`;
  });
  for (const session of open) session.dispose();
  return cells;
}

warnWhenBusy();
const widths = values.widths.split(',').map(Number);
const columns: string[][] = [];
for (const width of widths) {
  console.error(`M=${width}`);
  columns.push(await measure(width));
}
publish(
  'Activations, losses, optimizers',
  [
    `${machine()}, ${backend.threads} ${backend.threads === 1 ? 'thread' : 'threads'}, ${backend.instructionSet}. Medians of ${rounds} alternating rounds; a dash is what this kernel does not train.`,
    markdownTable([
      ['ms per step (× the first)', ...widths.map((width) => `M=${width}`)],
      ...Object.keys(choices).map((name, i) => [name, ...columns.map((column) => column[i])]),
    ]),
  ].join('\n\n'),
  values.write,
);

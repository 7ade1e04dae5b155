/**
 * Memory of a training session: how much resident memory a process gains from before it opens to after
 * ten steps, against weights and optimizer state (3 numbers per weight under AdamW) and the logits [n, P].
 *
 *   node bench/memory.ts [--write]
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectBackend } from '../src/compute/index.ts';
import { completeSettings } from '../src/train/settings.ts';
import { problemOf } from '../src/train/step-speed.ts';
import { machine, markdownTable, publish } from './alternate.ts';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    /** In a process of its own: MODULUS,WIDTH. */
    one: { type: 'string' },
  },
});

const sizes = [
  { modulus: 113, width: 513 },
  { modulus: 113, width: 2049 },
  { modulus: 113, width: 16385 },
  { modulus: 251, width: 513 },
  { modulus: 251, width: 4097 },
];
const threads = 2;

/** Bytes of resident memory that a session holds: buffers of the kernel stay until it is disposed of. */
function growth(modulus: number, width: number): number {
  const problem = problemOf(completeSettings({ modulus, width }));
  const backend = selectBackend({ backend: 'native', threads });
  const before = process.memoryUsage.rss();
  const session = backend.train(problem);
  session.run(10);
  const after = process.memoryUsage.rss();
  session.dispose();
  return after - before;
}

function growthInOwnProcess(modulus: number, width: number): number {
  const script = fileURLToPath(import.meta.url);
  const output = execFileSync(process.execPath, [script, '--one', `${modulus},${width}`], {
    encoding: 'utf8',
  });
  return Number(output);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

if (values.one !== undefined) {
  const [modulus, width] = values.one.split(',').map(Number);
  console.log(growth(modulus, width));
} else {
  const rows = sizes.map(({ modulus, width }) => {
    const state = 3 * 4 * (3 * modulus * width + modulus);
    const logits = 4 * Math.round(0.8 * modulus ** 2) * modulus;
    const bytes = growthInOwnProcess(modulus, width);
    return [
      `P=${modulus}, M=${width}`,
      megabytes(bytes),
      megabytes(state),
      megabytes(logits),
      ((bytes - logits) / state).toFixed(2),
    ];
  });
  publish(
    'Memory of a training session',
    [
      `${machine()}, ${threads} threads. Resident memory that a session adds, after ten steps.`,
      markdownTable([
        ['MB', 'session', 'weights and optimizer state', 'logits', '(session − logits) / state'],
        ...rows,
      ]),
    ].join('\n\n'),
    values.write,
  );
}

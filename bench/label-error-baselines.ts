/** What the field finds wrong labels with, on the same networks: scores of rows, the larger the likelier wrong. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend, TrainingRows } from '../src/compute/index.ts';
import { createGenerator } from '../src/task/index.ts';
import { optimizerOf } from '../src/train/optimizer.ts';
import { initialNetworkOf } from '../src/train/prepare.ts';
import { completeSettings, type Settings } from '../src/train/settings.ts';

/** One way to score rows, and which rows it calls wrong; null where it has no threshold of its own. */
export interface Scoring {
  readonly method: 'confident learning' | 'loss ranking' | 'forgetting events';
  /** The setting, in words. */
  readonly setting: string;
  readonly scores: ArrayLike<number>;
  readonly flagged: ArrayLike<boolean> | null;
}

/**
 * The slow settings that the network's own defaults are, and those of the audit's ensemble; and when folds are
 * asked for their probabilities, in the fast one also late, when a network may have begun to generalise.
 */
const optimizers = [
  { name: 'slow', learningRate: 1e-3, weightDecay: 0.1, foldSteps: [25, 100, 400] },
  { name: 'fast', learningRate: 1e-2, weightDecay: 1, foldSteps: [25, 100, 400, 2000] },
] as const;
const foldCount = 5;
const lossSteps = [1, 5, 10, 25, 50, 100, 200];
const forgettingSteps = [50, 200, 500];
const script = fileURLToPath(new URL('frameworks/confident_learning.py', import.meta.url));

function settingsOf(modulus: number, seed: number, optimizer: (typeof optimizers)[number]) {
  const { learningRate, weightDecay } = optimizer;
  return completeSettings({ modulus, width: 513, seed, learningRate, weightDecay });
}

function open(backend: Backend, settings: Settings, rows: TrainingRows) {
  return backend.train({
    activation: settings.activation,
    loss: settings.loss,
    optimizer: optimizerOf(settings),
    rows,
    initial: initialNetworkOf(settings),
    tied: false,
    freezeFirstLayer: false,
  });
}

/** Softmax of the logits of all pairs: [P², P]. */
function probabilities(backend: Backend, session: ReturnType<typeof open>, modulus: number) {
  const logits = backend.logits(session.network(), 'relu', 0, modulus);
  for (let start = 0; start < logits.length; start += modulus) {
    const row = logits.subarray(start, start + modulus);
    const highest = Math.max(...row);
    let sum = 0;
    for (let c = 0; c < modulus; c++) sum += Math.exp(row[c] - highest);
    for (let c = 0; c < modulus; c++) row[c] = Math.exp(row[c] - highest) / sum;
  }
  return logits;
}

/** Confident learning with probabilities out of five folds, at every setting. */
export function confidentLearning(
  backend: Backend,
  rows: TrainingRows,
  modulus: number,
  seed: number,
  python: string,
): { readonly version: string; readonly scorings: Scoring[] } {
  const size = rows.a.length;
  const order = createGenerator(seed, 'bench-folds').shuffle(
    Uint32Array.from({ length: size }, (_, i) => i),
  );
  const foldOf = new Uint8Array(size);
  order.forEach((row, place) => {
    foldOf[row] = place % foldCount;
  });
  const outOfFold = new Map<string, Float32Array>();
  for (const optimizer of optimizers) {
    for (let fold = 0; fold < foldCount; fold++) {
      const kept = (column: Uint16Array) => column.filter((_, row) => foldOf[row] !== fold);
      const session = open(backend, settingsOf(modulus, seed * foldCount + fold, optimizer), {
        a: kept(rows.a),
        b: kept(rows.b),
        label: kept(rows.label),
      });
      for (const steps of optimizer.foldSteps) {
        session.run(steps - session.step);
        const all = probabilities(backend, session, modulus);
        const name = `${optimizer.name}-${steps}`;
        const found = outOfFold.get(name) ?? new Float32Array(size * modulus);
        outOfFold.set(name, found);
        for (let row = 0; row < size; row++) {
          if (foldOf[row] !== fold) continue;
          const start = (rows.a[row] * modulus + rows.b[row]) * modulus;
          found.set(all.subarray(start, start + modulus), row * modulus);
        }
      }
      session.dispose();
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'undertone-confident-'));
  try {
    const settings = [...outOfFold.keys()];
    writeFileSync(
      join(folder, 'problem.json'),
      JSON.stringify({ rows: size, classes: modulus, settings }),
    );
    writeFileSync(join(folder, 'labels.i32'), Int32Array.from(rows.label));
    for (const [name, values] of outOfFold) writeFileSync(join(folder, `${name}.f32`), values);
    const printed = execFileSync(python, [script, folder], { maxBuffer: 1 << 28 });
    return scoringsOf(JSON.parse(printed.toString()));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Attempt<T> = { readonly values: readonly T[] | null; readonly why: string | null };
interface Printed {
  readonly version: string;
  readonly settings: Readonly<
    Record<
      string,
      {
        readonly scores: Readonly<Record<string, Attempt<number>>>;
        readonly issues: Readonly<Record<string, Attempt<boolean>>>;
      }
    >
  >;
}

/** Every score with every filter: whoever looks may take the best of them. */
function scoringsOf({ version, settings }: Printed) {
  const scorings = Object.entries(settings).flatMap(([name, { scores, issues }]) =>
    Object.entries(scores).flatMap(([score, quality]) =>
      Object.entries(issues).flatMap(([filter, found]): Scoring[] => {
        if (quality.values === null) return [];
        return [
          {
            method: 'confident learning',
            setting: `${name}, ${score}, ${filter}`,
            scores: quality.values.map((value) => -value),
            flagged: found.values,
          },
        ];
      }),
    ),
  );
  return { version, scorings };
}

/** Early loss and forgetting events of a network that trains on all rows. */
export function trainingDynamics(
  backend: Backend,
  rows: TrainingRows,
  modulus: number,
  seed: number,
): Scoring[] {
  const size = rows.a.length;
  const scorings: Scoring[] = [];
  for (const optimizer of optimizers) {
    const session = open(backend, settingsOf(modulus, seed, optimizer), rows);
    const wasRight = new Uint8Array(size);
    const learned = new Uint8Array(size);
    const forgotten = new Float64Array(size);
    for (let step = 1; step <= Math.max(...forgettingSteps); step++) {
      session.run(1);
      const answers = session.answers();
      for (let row = 0; row < size; row++) {
        const isRight = answers[rows.a[row] * modulus + rows.b[row]] === rows.label[row] ? 1 : 0;
        if (wasRight[row] > isRight) forgotten[row]++;
        learned[row] |= isRight;
        wasRight[row] = isRight;
      }
      if (lossSteps.includes(step)) {
        const all = probabilities(backend, session, modulus);
        scorings.push({
          method: 'loss ranking',
          setting: `${optimizer.name}-${step}`,
          scores: Float64Array.from({ length: size }, (_, row) => {
            const start = (rows.a[row] * modulus + rows.b[row]) * modulus;
            return -Math.log(Math.max(1e-30, all[start + rows.label[row]]));
          }),
          flagged: null,
        });
      }
      if (forgettingSteps.includes(step)) {
        scorings.push({
          method: 'forgetting events',
          setting: `${optimizer.name}-${step}`,
          // Never learned counts as forgotten most often (Toneva et al. 2019).
          scores: forgotten.map((events, row) => (learned[row] === 0 ? step : events)),
          flagged: null,
        });
      }
    }
    session.dispose();
  }
  return scorings;
}

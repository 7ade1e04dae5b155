import { setImmediate } from 'node:timers/promises';
import type { Backend, Loss, Optimizer, TrainingRows, TrainingSession } from '../compute/port.ts';
import { WorkError } from '../errors.ts';
import type { Activation, Network } from '../model/network.ts';
import { accuracies, type Dataset, type Roles, rolesOf, splits } from '../task/dataset.ts';
import { measurementSteps } from './measurement-steps.ts';
import type { MetricsRow } from './metrics-row.ts';

export interface Training {
  readonly dataset: Dataset;
  readonly initial: Network;
  readonly activation: Activation;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly steps: number;
  readonly freezeFirstLayer?: boolean;
  /** Measure every so many steps; null or absent: log-spaced, dense at the beginning. */
  readonly measureEvery?: number | null;
  readonly backend: Backend;
  /** Called between chunks of steps, about ten times a second. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops the training at the next chunk; what there is by then is returned. */
  readonly signal?: AbortSignal;
}

export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  /** The newest measurement; null before the first step. */
  readonly latest: MetricsRow | null;
}

export interface TrainingOutcome {
  readonly network: Network;
  readonly metrics: readonly MetricsRow[];
  /** Steps taken; fewer than asked where the signal stopped it. */
  readonly step: number;
  readonly stopped: boolean;
}

/** One call into the backend is kept to about this long, so that Ctrl-C and progress stay alive. */
const chunkMilliseconds = 100;

/**
 * Trains full-batch and measures on the way. The weights depend on the problem alone: neither how often
 * is measured, nor chunks, nor the clock move a bit.
 * @throws WorkError when the loss is no longer finite, naming the step.
 */
export async function train(training: Training): Promise<TrainingOutcome> {
  const { dataset, backend, steps, signal } = training;
  const roles = rolesOf(dataset);
  const rows = trainingRows(dataset);
  const session = backend.train({
    activation: training.activation,
    loss: training.loss,
    optimizer: training.optimizer,
    rows,
    initial: training.initial,
    tied: false,
    freezeFirstLayer: training.freezeFirstLayer ?? false,
  });
  try {
    const metrics: MetricsRow[] = [];
    const measureAt = new Set(measurementSteps(steps, training.measureEvery ?? null));
    let unfinished: Omit<MetricsRow, 'loss'> | null = null;
    let secondsPerStep = 0;
    let stopped = false;
    while (true) {
      if (measureAt.has(session.step)) unfinished = measure(session, roles);
      if (session.step >= steps) break;
      if (signal?.aborted) {
        stopped = true;
        break;
      }
      // A measured row's loss comes out of the step after it, so that step is taken alone.
      const count =
        unfinished === null ? chunkLength(session.step, steps, measureAt, secondsPerStep) : 1;
      const start = performance.now();
      session.run(count);
      secondsPerStep = (performance.now() - start) / 1000 / count;
      const loss = session.lossBeforeLastStep();
      if (!Number.isFinite(loss)) throw diverged(session.step, loss);
      if (unfinished !== null) {
        metrics.push({ ...unfinished, loss });
        unfinished = null;
      }
      training.onProgress?.({ step: session.step, steps, latest: metrics.at(-1) ?? null });
      await setImmediate();
    }
    const network = session.network();
    const loss = meanLoss(network, training, rows);
    if (!Number.isFinite(loss)) throw diverged(session.step, loss);
    metrics.push({ ...(unfinished ?? measure(session, roles)), loss });
    return { network, metrics, step: session.step, stopped };
  } finally {
    session.dispose();
  }
}

/** The rows that are trained on, in the data set's order. */
export function trainingRows(dataset: Dataset): TrainingRows {
  const train = splits.indexOf('train');
  const isTrain = (_: number, row: number) => dataset.split[row] === train;
  return {
    a: dataset.a.filter(isTrain),
    b: dataset.b.filter(isTrain),
    label: dataset.label.filter(isTrain),
  };
}

function measure(session: TrainingSession, roles: Roles): Omit<MetricsRow, 'loss'> {
  return { step: session.step, ...accuracies(session.answers(), roles) };
}

/** Steps until the next measurement, at most what fits into a chunk's time. */
function chunkLength(
  step: number,
  steps: number,
  measureAt: ReadonlySet<number>,
  secondsPerStep: number,
): number {
  const most = Math.max(1, Math.floor(chunkMilliseconds / 1000 / Math.max(secondsPerStep, 1e-6)));
  let count = 1;
  while (count < most && step + count < steps && !measureAt.has(step + count)) count++;
  return count;
}

/** Mean training loss of a network, from its logits. */
function meanLoss(
  network: Network,
  { backend, activation, loss }: Training,
  rows: TrainingRows,
): number {
  const { modulus } = network;
  const rowsOfA = new Map<number, number[]>();
  for (let row = 0; row < rows.a.length; row++) {
    const list = rowsOfA.get(rows.a[row]);
    if (list === undefined) rowsOfA.set(rows.a[row], [row]);
    else list.push(row);
  }
  let total = 0;
  for (const [a, list] of rowsOfA) {
    const logits = backend.logits(network, activation, a, 1);
    for (const row of list) {
      const z = logits.subarray(rows.b[row] * modulus, (rows.b[row] + 1) * modulus);
      total += loss === 'mse' ? squaredError(z, rows.label[row]) : crossEntropy(z, rows.label[row]);
    }
  }
  return total / rows.a.length;
}

function crossEntropy(z: Float32Array, label: number): number {
  let largest = z[0];
  for (const value of z) if (value > largest) largest = value;
  let sum = 0;
  for (const value of z) sum += Math.exp(value - largest);
  return Math.log(sum) + largest - z[label];
}

function squaredError(z: Float32Array, label: number): number {
  let sum = 0;
  z.forEach((value, p) => {
    sum += (value - (p === label ? 1 : 0)) ** 2;
  });
  return sum / z.length;
}

function diverged(step: number, loss: number): WorkError {
  return new WorkError(
    `The training loss became ${loss} by step ${step}. Try a smaller --learning-rate.`,
  );
}

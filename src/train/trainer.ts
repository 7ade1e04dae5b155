import type { Backend, SessionState } from '../compute/port.ts';
import { WorkError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import { accuracies, type Dataset, rolesOf } from '../task/dataset.ts';
import { meanLoss } from './mean-loss.ts';
import { measurementSteps } from './measurement-steps.ts';
import type { MetricsRow } from './metrics-row.ts';
import { nextMacrotask } from './next-macrotask.ts';
import { trainingProblem } from './problem.ts';
import type { Settings } from './settings.ts';
import { stepper } from './stepper.ts';

export interface Training {
  readonly settings: Settings;
  readonly dataset: Dataset;
  readonly initial: Network;
  readonly backend: Backend;
  readonly freezeFirstLayer?: boolean;
  /** Measure every so many steps; null or absent: log-spaced, dense at the beginning. */
  readonly measureEvery?: number | null;
  /** Evaluates the network at each measurement. No weight depends on it. */
  readonly track?: Tracker | undefined;
  /** Where an earlier training of the same settings, data and backend stood; null or absent: the beginning. */
  readonly resumeFrom?: TrainingCheckpoint | null;
  readonly checkpoints?: CheckpointPlan;
  /** Looks at the network on the way; a resumed training may show the step it resumed from again. */
  readonly observations?: Observations;
  /** Called between chunks of steps, about ten times a second. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Stops the training at the next chunk; what there is by then is returned. */
  readonly signal?: AbortSignal;
}

/**
 * Measures more of a network than its accuracies, which then come from these answers ([P²], index a·P + b), so that it is
 * evaluated once. `evidenceTracker` makes one.
 */
export type Tracker = (network: Network) => {
  readonly answers: Uint16Array;
  readonly evidence: RuleEvidence;
};

/** What a training needs to go on as if it had never been interrupted. */
export interface TrainingCheckpoint {
  readonly state: SessionState;
  /** Everything measured below the state's step. */
  readonly metrics: readonly MetricsRow[];
}

export interface CheckpointPlan {
  /** At every multiple of so many steps; null: about every 30 seconds. */
  readonly every: number | null;
  /** Keeps a checkpoint, also when the signal stops the training; returns whether it could. */
  readonly write: (checkpoint: TrainingCheckpoint) => boolean;
}

export interface Observations {
  /** Steps at which `observe` gets a copy of the weights: 0 is before the first, `steps` after the last. */
  readonly steps: readonly number[];
  readonly observe: (step: number, network: Network) => void;
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
const secondsBetweenCheckpoints = 30;

/**
 * Trains and measures on the way. The weights depend on settings, data, initial weights and backend
 * alone: neither how often is measured, nor checkpoints, interruptions, chunks or the clock move a bit.
 * @throws WorkError when the loss is no longer finite, naming the step and the last checkpoint.
 */
export async function train(training: Training): Promise<TrainingOutcome> {
  const { settings, dataset, backend, signal, resumeFrom = null, checkpoints } = training;
  const { steps } = settings;
  const problem = trainingProblem(
    settings,
    dataset,
    training.initial,
    training.freezeFirstLayer ?? false,
  );
  const roles = rolesOf(dataset);
  const session = backend.train(problem, resumeFrom?.state);
  try {
    const metrics = [...(resumeFrom?.metrics ?? [])];
    const { isFullBatch, take } = stepper(session, settings, problem.rows.a.length);
    const measureAt = new Set(measurementSteps(steps, training.measureEvery ?? null));
    const observeAt = new Set(training.observations?.steps);
    const breaks = new Set([...measureAt, ...observeAt]);
    const observe = () => {
      if (observeAt.has(session.step)) {
        training.observations?.observe(session.step, session.network());
      }
    };
    const measureNow = (): Omit<MetricsRow, 'loss'> => {
      const { step } = session;
      if (training.track === undefined) return { step, ...accuracies(session.answers(), roles) };
      const { answers, evidence } = training.track(session.network());
      return { step, ...accuracies(answers, roles), evidence };
    };
    const lossNow = () => meanLoss(backend, session.network(), problem);
    let unfinished: Omit<MetricsRow, 'loss'> | null = null;
    // Nobody knows yet: one step alone tells, so that a stop is heard soon after a resume as well.
    let secondsPerStep = Number.POSITIVE_INFINITY;
    let stopped = false;
    let checkpointStep = resumeFrom === null ? null : session.step;
    let checkpointTime = performance.now();
    const writeCheckpoint = () => {
      const state = session.state();
      requireFinite('weights', sumOf(state), session.step, checkpointStep);
      if (checkpoints?.write({ state, metrics: [...metrics] })) checkpointStep = session.step;
      checkpointTime = performance.now();
    };
    const isCheckpointDue = () => {
      if (checkpoints === undefined || session.step === (checkpointStep ?? 0)) return false;
      if (checkpoints.every !== null) return session.step % checkpoints.every === 0;
      return performance.now() - checkpointTime > 1000 * secondsBetweenCheckpoints;
    };
    while (session.step < steps) {
      // Before the measurement: a row's loss may only come with the next step, so a resumed run measures anew.
      if (signal?.aborted) {
        stopped = true;
        if (checkpoints !== undefined && session.step !== checkpointStep) writeCheckpoint();
        break;
      }
      if (isCheckpointDue()) writeCheckpoint();
      observe();
      if (measureAt.has(session.step)) {
        unfinished = measureNow();
        if (!isFullBatch) {
          metrics.push({ ...unfinished, loss: lossNow() });
          unfinished = null;
        }
      }
      // A measured row's loss comes out of the step after it, so that step is taken alone.
      const count =
        unfinished === null
          ? chunkLength(session.step, steps, breaks, checkpoints?.every ?? null, secondsPerStep)
          : 1;
      const start = performance.now();
      take(count);
      secondsPerStep = (performance.now() - start) / 1000 / count;
      const loss = session.lossBeforeLastStep();
      requireFinite('training loss', loss, session.step, checkpointStep);
      if (unfinished !== null) {
        metrics.push({ ...unfinished, loss });
        unfinished = null;
      }
      training.onProgress?.({ step: session.step, steps, latest: metrics.at(-1) ?? null });
      await nextMacrotask();
    }
    if (!stopped) observe();
    const loss = lossNow();
    requireFinite('training loss', loss, session.step, checkpointStep);
    metrics.push({ ...measureNow(), loss });
    return { network: session.network(), metrics, step: session.step, stopped };
  } finally {
    session.dispose();
  }
}

/** Steps until the next measurement, observation or checkpoint, at most what fits into a chunk's time. */
function chunkLength(
  step: number,
  steps: number,
  breaks: ReadonlySet<number>,
  checkpointEvery: number | null,
  secondsPerStep: number,
): number {
  const most = Math.max(1, Math.floor(chunkMilliseconds / 1000 / Math.max(secondsPerStep, 1e-6)));
  const isBreak = (at: number) =>
    at >= steps || breaks.has(at) || (checkpointEvery !== null && at % checkpointEvery === 0);
  let count = 1;
  while (count < most && !isBreak(step + count)) count++;
  return count;
}

/** Finite where every number of a state is. */
function sumOf({ tensors }: SessionState): number {
  let sum = 0;
  for (const values of Object.values(tensors)) for (const value of values) sum += Math.abs(value);
  return sum;
}

function requireFinite(
  what: string,
  value: number,
  step: number,
  checkpointStep: number | null,
): void {
  if (Number.isFinite(value)) return;
  const kept =
    checkpointStep === null ? '' : ` The last good checkpoint is that of step ${checkpointStep}.`;
  throw new WorkError(
    `The training diverged: by step ${step} its ${what} became ${Number.isNaN(value) ? 'NaN' : 'infinite'}. Try a smaller --learning-rate.${kept}`,
  );
}

/** What `train` and `demo` share: from settings to a trained network in a run directory. */
import {
  type Backend,
  type SessionState,
  selectBackend,
  type TrainingProblem,
  UnsupportedError,
} from '../compute/index.ts';
import { InputError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import type { Settings } from '../train/settings.ts';
import {
  type CheckpointPlan,
  type Tracker,
  type TrainingCheckpoint,
  type TrainingOutcome,
  train,
} from '../train/trainer.ts';
import { showProgress } from './progress.ts';

/**
 * The backend that trains a problem where `backend` is asked to: itself, or the one it falls back to. So
 * config.json names the one at work, and its measurements come from the same one.
 * @throws InputError where it can't train that.
 */
export function backendThatTrains(
  backend: Backend,
  problem: TrainingProblem,
  state?: SessionState,
): Backend {
  try {
    const session = backend.train(problem, state);
    session.dispose();
    return session.backend === backend.name ? backend : selectBackend({ backend: session.backend });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    throw new InputError(`${error.message} Choose another --backend.`, { cause: error });
  }
}

export interface TrainingRun {
  readonly settings: Settings;
  readonly dataset: Dataset;
  readonly initial: Network;
  readonly backend: Backend;
  readonly signal: AbortSignal;
  readonly title: string;
  readonly measureEvery?: number | null;
  readonly freezeFirstLayer?: boolean;
  readonly resumeFrom?: TrainingCheckpoint | null;
  readonly checkpoints?: CheckpointPlan;
  readonly track?: Tracker | undefined;
}

/** Trains with a progress bar on standard error. */
export async function trainWithProgress(run: TrainingRun): Promise<TrainingOutcome> {
  const { title, ...training } = run;
  const firstStep = run.resumeFrom?.state.step ?? 0;
  const progress = showProgress(title, run.settings.steps, firstStep);
  try {
    return await train({ ...training, onProgress: (step) => progress.update(step) });
  } finally {
    progress.stop();
  }
}

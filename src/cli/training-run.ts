/** What `train` and `demo` share: from settings to a trained network in a run directory. */
import process from 'node:process';
import type { Backend } from '../compute/index.ts';
import type { RunConfig } from '../format/index.ts';
import type { Network } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import type { Settings } from '../train/settings.ts';
import { type TrainingOutcome, train } from '../train/trainer.ts';
import { version } from '../version.ts';
import { showProgress } from './progress.ts';

export function runConfig(settings: Settings, backend: Backend): RunConfig {
  return {
    settings,
    versions: { undertone: version, node: process.versions.node },
    backend: {
      name: backend.name,
      instructionSet: backend.instructionSet,
      threads: backend.threads,
    },
  };
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
}

/** Trains with a progress bar on standard error. */
export async function trainWithProgress(run: TrainingRun): Promise<TrainingOutcome> {
  const { settings } = run;
  const progress = showProgress(run.title, settings.steps);
  try {
    return await train({
      settings,
      dataset: run.dataset,
      initial: run.initial,
      freezeFirstLayer: run.freezeFirstLayer ?? false,
      measureEvery: run.measureEvery ?? null,
      backend: run.backend,
      signal: run.signal,
      onProgress: (step) => progress.update(step),
    });
  } finally {
    progress.stop();
  }
}

import type { Dataset } from '../task/dataset.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import type { Settings } from '../train/settings.ts';
import { type TrainingOutcome, train } from '../train/trainer.ts';
import type { Job } from './job.ts';
import {
  openWorkerPool,
  type RunOptions,
  type WorkerPool,
  type WorkerPoolOptions,
} from './worker-pool.ts';

/** One training of a batch. */
export interface BatchTraining {
  readonly settings: Settings;
  /** Rows from elsewhere; default: those that the settings describe. */
  readonly dataset?: Dataset;
  /** The random-feature control: U, V and the hidden bias stay as they are. */
  readonly freezeFirstLayer?: boolean;
  /** As in `Training`. */
  readonly measureEvery?: number | null;
}

/** One training of a batch, on the backend of a worker. */
export const trainingJob: Job<BatchTraining, TrainingOutcome> = {
  module: import.meta.url,
  name: 'trainingJob',
  async run({ settings, dataset, freezeFirstLayer, measureEvery }, context) {
    const { backend, signal, onProgress } = context;
    return await train({
      settings,
      dataset: dataset ?? datasetOf(settings),
      initial: initialNetworkOf(settings),
      backend,
      signal,
      freezeFirstLayer: freezeFirstLayer ?? false,
      measureEvery: measureEvery ?? null,
      onProgress: ({ step, steps }) => onProgress(step / Math.max(1, steps)),
    });
  },
};

export interface BatchOptions extends WorkerPoolOptions, Pick<RunOptions, 'signal'> {
  /** Workers to use; they stay open. Default: a pool of the batch's own. */
  readonly pool?: WorkerPool;
}

/** How one training of a batch ended: in an outcome or an error. */
export type BatchResult = { readonly index: number } & (
  | { readonly outcome: TrainingOutcome }
  | { readonly error: unknown }
);

/**
 * Trains many independent models at once, one a thread, and hands out each as it gets done; `index` is
 * its place in the list. The bits are those of `train` on its own, whatever else runs beside it. One that
 * fails doesn't stop the others. Where the signal stops the batch, what runs comes out as far as it got
 * (`stopped`), what hadn't begun as the signal's reason.
 */
export async function* trainMany(
  trainings: readonly BatchTraining[],
  options: BatchOptions = {},
): AsyncGenerator<BatchResult> {
  const pool = options.pool ?? openWorkerPool(options);
  // Whoever stops listening stops the trainings, too.
  const abandoned = new AbortController();
  const signal = AbortSignal.any([abandoned.signal, ...(options.signal ? [options.signal] : [])]);
  const ready: BatchResult[] = [];
  let wake = () => {};
  const settle = (result: BatchResult) => {
    ready.push(result);
    wake();
  };
  try {
    for (const [index, training] of trainings.entries()) {
      pool.run(trainingJob, training, { signal }).then(
        (outcome) => settle({ index, outcome }),
        (error: unknown) => settle({ index, error }),
      );
    }
    for (let left = trainings.length; left > 0; left--) {
      while (ready.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      yield ready.shift() as BatchResult;
    }
  } finally {
    abandoned.abort();
    if (options.pool === undefined) await pool.close();
  }
}

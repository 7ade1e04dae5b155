/** What a sweep will take: a short calibration on this machine, and the arithmetic of its runs. */
import { trainingBytes } from '../../compute/kernel-settings.ts';
import type { Settings } from '../../train/settings.ts';
import { median, problemOf, stepMilliseconds, stepsWithin } from '../../train/step-speed.ts';
import type { Job } from '../job.ts';
import type { WorkerPool } from '../worker-pool.ts';

export interface SweepEstimate {
  /** Training on all workers of this machine; what is taken out at the end of each run comes on top. */
  readonly seconds: number;
  /** Of the largest runs, one on each worker. */
  readonly bytes: number;
}

interface Speed {
  /** Floating-point operations of a step, roughly. */
  readonly operations: number;
  readonly secondsPerStep: number;
  /** Data, first weights, session. */
  readonly secondsBefore: number;
  readonly bytes: number;
}

/** Steps of one set of settings, timed for about `milliseconds`. @public: a worker finds it by its name. */
export const speedJob: Job<{ settings: Settings; milliseconds: number }, Speed> = {
  module: import.meta.url,
  name: 'speedJob',
  async run({ settings, milliseconds }, { backend }) {
    const start = performance.now();
    const problem = problemOf(settings);
    const session = backend.train(problem);
    const secondsBefore = (performance.now() - start) / 1000;
    try {
      const count = stepsWithin(session, milliseconds / 3);
      const times = [1, 2, 3].map(() => stepMilliseconds(session, count) / 1000);
      return {
        operations: operationsOf(settings),
        secondsPerStep: median(times),
        secondsBefore,
        bytes: trainingBytes(problem, 1),
      };
    } finally {
      session.dispose();
    }
  },
};

/**
 * Times a step of the smallest, the middle and the largest of these runs, on all workers at once, as in the
 * sweep itself; the others are interpolated, in the logarithm of their operations. Takes about a second.
 */
export async function estimateSweep(
  runs: readonly Settings[],
  pool: WorkerPool,
  milliseconds = 150,
): Promise<SweepEstimate> {
  if (runs.length === 0) return { seconds: 0, bytes: 0 };
  // A file of rows is not read for this: its size is about that of the task's own rows.
  const sorted = runs
    .map((settings) => ({ ...settings, dataset: null, task: settings.task ?? 'add' }))
    .toSorted((x, y) => operationsOf(x) - operationsOf(y));
  const places = [0, sorted.length >> 1, sorted.length - 1];
  const chosen = [...new Map(places.map((at) => [operationsOf(sorted[at]), sorted[at]])).values()];
  const speeds = await Promise.all(
    chosen.map(async (settings) => {
      const side = Array.from({ length: Math.max(1, Math.floor(pool.workers / chosen.length)) });
      const [first] = await Promise.all(
        side.map(() => pool.run(speedJob, { settings, milliseconds })),
      );
      return first;
    }),
  );
  const total = sorted.reduce((sum, settings) => {
    const operations = operationsOf(settings);
    return (
      sum +
      interpolate(speeds, operations, ({ secondsBefore }) => secondsBefore) +
      settings.steps * interpolate(speeds, operations, ({ secondsPerStep }) => secondsPerStep)
    );
  }, 0);
  const busy = Math.min(pool.workers, runs.length);
  return {
    seconds: total / busy,
    bytes: busy * Math.max(...speeds.map(({ bytes }) => bytes)),
  };
}

/** Linear between the logarithms of two that were timed. */
function interpolate(
  speeds: readonly Speed[],
  operations: number,
  value: (speed: Speed) => number,
): number {
  const above = speeds.findIndex((speed) => speed.operations >= operations);
  if (above === 0) return value(speeds[0]);
  if (above < 0) return value(speeds[speeds.length - 1]);
  const [low, high] = [speeds[above - 1], speeds[above]];
  const share = Math.log(operations / low.operations) / Math.log(high.operations / low.operations);
  return Math.exp((1 - share) * Math.log(value(low)) + share * Math.log(value(high)));
}

function operationsOf({ modulus, trainFraction, batchSize, width }: Settings): number {
  const rows = trainFraction * modulus ** 2;
  return 6 * Math.min(batchSize ?? rows, rows) * width * modulus;
}

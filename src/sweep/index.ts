export type { Job, JobContext } from './job.ts';
export { sweepJsonSchema } from './plan/json-schema.ts';
export {
  type PlannedRun,
  parseSweep,
  readSweepFile,
  type SweepAxis,
  type SweepPlan,
} from './plan/plan.ts';
export { type ExtractName, extractNames } from './plan/sweep-file.ts';
export {
  type BatchOptions,
  type BatchResult,
  type BatchTraining,
  trainingJob,
  trainMany,
} from './train-many.ts';
export {
  openWorkerPool,
  type RunOptions,
  type WorkerPool,
  type WorkerPoolOptions,
} from './worker-pool.ts';

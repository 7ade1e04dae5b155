export type { Job, JobContext } from './job.ts';
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

export { enqueueSweep } from './cluster/enqueue-sweep.ts';
export {
  type RunWorkerOptions,
  runWorker,
  type WorkerEvent,
  type WorkerSummary,
} from './cluster/run-worker.ts';
export type { Job, JobContext } from './job.ts';
export {
  type BatchOptions,
  type BatchResult,
  type BatchTraining,
  trainingJob,
  trainMany,
} from './train-many.ts';
export type { WorkEnd } from './work/work-on-run.ts';
export {
  openWorkerPool,
  type RunOptions,
  type WorkerPool,
  type WorkerPoolOptions,
} from './worker-pool.ts';

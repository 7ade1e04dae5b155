export { enqueueSweep } from './cluster/enqueue-sweep.ts';
export {
  type RunWorkerOptions,
  runWorker,
  type WorkerEvent,
  type WorkerSummary,
} from './cluster/run-worker.ts';
export type { Job, JobContext } from './job.ts';
export { sweepJsonSchema } from './plan/json-schema.ts';
export {
  type PlannedRun,
  parseSweep,
  readSweepFile,
  type SweepAxis,
  type SweepPlan,
} from './plan/plan.ts';
export { SweepFileError } from './plan/problems.ts';
export { type ExtractName, extractNames } from './plan/sweep-file.ts';
export {
  type BatchOptions,
  type BatchResult,
  type BatchTraining,
  trainingJob,
  trainMany,
} from './train-many.ts';
export { estimateSweep, type SweepEstimate } from './work/estimate.ts';
export { ownOwner } from './work/owner.ts';
export {
  type RunSweepOptions,
  runSweep,
  type SweepEnd,
  type SweepEvent,
} from './work/run-sweep.ts';
export { wantedRuns } from './work/wanted-runs.ts';
export type { WorkEnd } from './work/work-on-run.ts';
export {
  openWorkerPool,
  type RunOptions,
  type WorkerPool,
  type WorkerPoolOptions,
} from './worker-pool.ts';

export { measurementSteps } from './measurement-steps.ts';
export type { MetricsRow } from './metrics-row.ts';
export { datasetOf, initialNetworkOf, operationOf } from './prepare.ts';
export { trainingProblem, trainingRows } from './problem.ts';
export {
  completeSettings,
  optimizerOf,
  type PartialSettings,
  type Settings,
  settingsSchema,
} from './settings.ts';
export {
  type CheckpointPlan,
  type Observations,
  type Tracker,
  type Training,
  type TrainingCheckpoint,
  type TrainingOutcome,
  type TrainingProgress,
  train,
} from './trainer.ts';

export { kebabCase, trainCommandLine } from './command-line.ts';
export { meanLoss } from './mean-loss.ts';
export { measurementSteps } from './measurement-steps.ts';
export type { MetricsRow } from './metrics-row.ts';
export { optimizerOf } from './optimizer.ts';
export { datasetOf, initialNetworkOf, operationOf } from './prepare.ts';
export { trainingProblem, trainingRows } from './problem.ts';
export {
  completeSettings,
  type PartialSettings,
  type Settings,
  settingsSchema,
} from './settings.ts';
export { stepper } from './stepper.ts';
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

export { measurementSteps } from './measurement-steps.ts';
export type { MetricsRow } from './metrics-row.ts';
export { datasetOf, initialNetworkOf } from './prepare.ts';
export {
  completeSettings,
  optimizerOf,
  type PartialSettings,
  type Settings,
  settingsSchema,
} from './settings.ts';
export {
  type Training,
  type TrainingOutcome,
  type TrainingProgress,
  train,
  trainingRows,
} from './trainer.ts';

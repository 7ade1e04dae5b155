export { formatFilter, parseFilter, type RunFilter } from './filter.ts';
export { type OpenStoreOptions, openStore } from './open-store.ts';
export { isServer } from './place.ts';
export {
  type AttemptOf,
  type Claim,
  DamageError,
  type Extracted,
  type FinalMetrics,
  heartbeatLimit,
  type Made,
  type PutSweepResult,
  type RunList,
  type RunQuery,
  type RunRecord,
  type RunResult,
  type RunStatus,
  StaleAttemptError,
  type Store,
  type SweepMember,
  type SweepPlanRecord,
  type SweepRecord,
  type SweepRun,
  type SweepState,
  type SweepStatus,
  type WaitingRun,
  type WantedRun,
} from './port.ts';
export { datasetHash, runKey, runName } from './run-identity.ts';

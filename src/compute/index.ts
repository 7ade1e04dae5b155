export {
  type Backend,
  type Loss,
  type MatrixProduct,
  type Optimizer,
  type SessionState,
  type TrainingProblem,
  type TrainingRows,
  type TrainingSession,
  UnsupportedError,
} from './port.ts';
export { createReferenceBackend } from './reference/index.ts';
export { type BackendChoice, type BackendName, backendNames, selectBackend } from './select.ts';

/** Undertone: what a neural network knows underneath what it says. Subpaths hold the rest of each part. */
export {
  type Extraction,
  extract,
  filterFrequencies,
  mix,
  type Scan,
  scan,
} from './analysis/index.ts';
export { type Backend, selectBackend } from './compute/index.ts';
export { InputError, WorkError } from './errors.ts';
export { readModel, readRun, weightsHash, writeModel } from './format/index.ts';
export type { Activation, Network } from './model/index.ts';
export { accuracies, type Dataset, parseOperation, type Roles, rolesOf } from './task/index.ts';
export {
  completeSettings,
  datasetOf,
  initialNetworkOf,
  optimizerOf,
  type Settings,
  train,
} from './train/index.ts';

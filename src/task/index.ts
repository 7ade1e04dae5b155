export {
  type AbelianGroup,
  cyclicGroup,
  groupText,
  productGroup,
  xorGroup,
} from './abelian-group.ts';
export {
  type Basis,
  cyclicBasis,
  fittingBases,
  multiplicativeBasis,
  parseBasis,
} from './basis.ts';
export { type CleanNoisy, cleanNoisyMeans, type RowMean } from './clean-noisy.ts';
export {
  type Accuracies,
  accuracies,
  accuracy,
  type Dataset,
  type LabelledPairs,
  type Pairs,
  type Roles,
  rolesOf,
  type Split,
  splits,
} from './dataset.ts';
export { generateDataset, type TaskSettings } from './generate.ts';
export { createGenerator, type Generator } from './generator.ts';
export {
  type ExpectedCollisions,
  expectedCollisions,
  type LabelledRows,
  labelCollisions,
  type NoiseSettings,
} from './label-collisions.ts';
export { corruptLabels, type NoiseKind, noiseKinds } from './noise.ts';
export { type Operation, parseOperation, taskName } from './operation.ts';
export { splitPairs } from './split.ts';
export { type TrainingTable, trainingTable } from './training-table.ts';

export { type ActivationFunction, activationFunctions } from './activation.ts';
export { initializeNetwork } from './initialize.ts';
export { type Loss, lossAndLogitGradient } from './loss.ts';
export {
  type Activation,
  activations,
  copyNetwork,
  emptyNetwork,
  type Network,
} from './network.ts';
export type { Normalization, OneLayerTransformer } from './one-layer-transformer.ts';
export type { RuleEvidence } from './rule-evidence.ts';

export { type Activation, activations, copyNetwork, emptyNetwork, type Network } from './network.ts';
export { initializeNetwork } from './initialize.ts';

export { initializeNetwork } from './initialize.ts';
export {
  type Activation,
  activations,
  copyNetwork,
  emptyNetwork,
  type Network,
} from './network.ts';

export { createNativeBackend, nativeInstructionSets, nativeUnavailable } from './backend.ts';

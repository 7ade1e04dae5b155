export {
  createNativeBackend,
  type NativeOptions,
  nativeInstructionSets,
  nativeUnavailable,
} from './backend.ts';

export { createWasmBackend, wasmIsFused, wasmUnavailable } from './backend.ts';

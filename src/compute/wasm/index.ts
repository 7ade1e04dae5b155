export { createWasmBackend, wasmIsFused, wasmUnavailable } from './node.ts';

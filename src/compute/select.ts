import { availableParallelism } from 'node:os';
import { InputError } from '../errors.ts';
import { createNativeBackend, nativeUnavailable } from './native/index.ts';
import { type Backend, UnsupportedError } from './port.ts';
import { createReferenceBackend } from './reference/index.ts';
import { createWasmBackend, wasmUnavailable } from './wasm/index.ts';

export const backendNames = ['auto', 'native', 'wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendChoice {
  readonly backend?: BackendName;
  /** Default: all cores. */
  readonly threads?: number;
  /** Told, in one sentence, when "auto" has to fall back to something slower. */
  readonly onFallback?: (reason: string) => void;
}

/**
 * The backend to compute with. "auto" is the native kernel; where that isn't built, the same kernel as
 * WebAssembly; and the reference backend where there is neither, or for what the kernel can't train.
 * @throws InputError when a backend that was asked for by name can't be had.
 */
export function selectBackend(choice: BackendChoice = {}): Backend {
  const name = choice.backend ?? 'auto';
  if (!backendNames.includes(name)) {
    throw new InputError(`Unknown backend "${name}": expected ${backendNames.join(', ')}.`);
  }
  const threads = choice.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) {
    throw new InputError(
      `The number of threads must be an integer from 1 to 1024, not ${threads}.`,
    );
  }
  if (name === 'reference') return createReferenceBackend();
  const noNative = nativeUnavailable();
  const noWasm = wasmUnavailable();
  if (name === 'native') {
    if (noNative === null) return createNativeBackend({ threads });
    throw new InputError(`The native kernel isn't available: ${noNative} Use --backend auto.`);
  }
  if (name === 'wasm') {
    if (noWasm === null) return createWasmBackend({ threads });
    throw new InputError(`The WebAssembly kernel isn't available: ${noWasm} Use --backend auto.`);
  }
  if (noNative === null) {
    return withFallback(createNativeBackend({ threads }), choice.onFallback);
  }
  if (noWasm === null) {
    choice.onFallback?.(`Running on the WebAssembly kernel: ${noNative}`);
    return withFallback(createWasmBackend({ threads }), choice.onFallback);
  }
  choice.onFallback?.(`Running on the slow reference backend: ${noNative} ${noWasm}`);
  return createReferenceBackend();
}

/** `fast`, but what it can't train goes to the reference backend. */
function withFallback(fast: Backend, onFallback: BackendChoice['onFallback']): Backend {
  return {
    ...fast,
    train(problem, state) {
      try {
        return fast.train(problem, state);
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        onFallback?.(`Training on the slow reference backend: ${error.message}`);
        return createReferenceBackend().train(problem, state);
      }
    },
  };
}

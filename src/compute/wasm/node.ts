/** The WebAssembly backend in Node: modules from build/, threads from node:worker_threads. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Backend, UnsupportedError } from '../port.ts';
import { openWasmBackend } from './backend.ts';
import {
  describeModule,
  type StartThread,
  threadFunction,
  type WasmBuild,
  type WasmModule,
} from './kernel.ts';

export interface WasmOptions {
  /** Threads that compute, the caller's included; by default as many as the machine offers. */
  readonly threads?: number | undefined;
}

const loaded = new Map<WasmBuild, WasmModule | null>();

/** A build, or null where it isn't there or the engine lacks what it needs. */
export function loadBuild(build: WasmBuild): WasmModule | null {
  const known = loaded.get(build);
  if (known !== undefined) return known;
  const file = new URL(`../../../build/undertone-${build}.wasm`, import.meta.url);
  const bytes = existsSync(file) ? readFileSync(file) : null;
  const module =
    bytes !== null && WebAssembly.validate(bytes)
      ? describeModule(build, new WebAssembly.Module(bytes))
      : null;
  loaded.set(build, module);
  return module;
}

function bestForOneThread(): WasmModule | null {
  return loadBuild('relaxed') ?? loadBuild('simd');
}

/** Why the WebAssembly backend can't be used here, or null where it can. */
export function wasmUnavailable(): string | null {
  if (bestForOneThread() !== null) return null;
  return 'The WebAssembly kernel has not been built, or this engine has no WebAssembly SIMD: "node scripts/build-wasm.js" builds it.';
}

/** Whether this engine's results have the bits of the native backend. */
export function wasmIsFused(): boolean {
  return bestForOneThread()?.isFused ?? false;
}

/**
 * Opens the WebAssembly backend; with one thread where the engine has no relaxed SIMD. Throws
 * `UnsupportedError` with the reason where there is none (see `wasmUnavailable`).
 */
export function createWasmBackend(options: WasmOptions = {}): Backend {
  const threads = options.threads ?? availableParallelism();
  const module = (threads > 1 ? loadBuild('threads') : null) ?? bestForOneThread();
  if (module === null) throw new UnsupportedError(wasmUnavailable() ?? '');
  return openWasmBackend(module, threads, startThread);
}

const startThread: StartThread = (order) => {
  const source = `(${threadFunction})(require('node:worker_threads').workerData)`;
  // Without this process's flags and scripts: a thread runs nothing but the kernel.
  new Worker(source, { eval: true, workerData: order, execArgv: [] }).unref();
};

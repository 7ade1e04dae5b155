/** The WebAssembly backend in a browser: modules by fetch, threads from Web Workers. */
import { type Backend, UnsupportedError } from '../port.ts';
import { openWasmBackend } from './backend.ts';
import {
  describeModule,
  type StartThread,
  threadFunction,
  type WasmBuild,
  type WasmModule,
} from './kernel.ts';

export interface BrowserOptions {
  /** The folder with undertone-relaxed.wasm, undertone-simd.wasm and undertone-threads.wasm. */
  readonly modules: string | URL;
  /**
   * Threads that compute, the caller's included; one by default. More are to be had only in a worker of
   * a page that is cross-origin isolated.
   */
  readonly threads?: number | undefined;
}

/** A backend, and whether its bits are those of the native one. */
export interface BrowserBackend {
  readonly backend: Backend;
  readonly isFused: boolean;
}

/**
 * Loads the fastest module that this browser takes.
 * @throws UnsupportedError where it takes none, or for threads that can't be had.
 */
export async function loadWasmBackend(options: BrowserOptions): Promise<BrowserBackend> {
  const { modules, threads = 1 } = options;
  const builds: WasmBuild[] = threads > 1 ? ['threads'] : ['relaxed', 'simd'];
  for (const build of builds) {
    const module = await loadBuild(build, modules);
    if (module === null) continue;
    const backend = openWasmBackend(module, threads, startThread);
    return { backend, isFused: module.isFused };
  }
  throw new UnsupportedError(
    threads > 1
      ? 'This browser lacks WebAssembly threads or relaxed SIMD: ask for one thread.'
      : 'This browser lacks WebAssembly SIMD.',
  );
}

/** A build, or null where the browser lacks what it needs. */
async function loadBuild(build: WasmBuild, folder: string | URL): Promise<WasmModule | null> {
  const response = await fetch(new URL(`undertone-${build}.wasm`, folder));
  if (!response.ok) {
    throw new Error(`The WebAssembly kernel can’t be fetched: ${response.status} ${response.url}.`);
  }
  const bytes = await response.arrayBuffer();
  if (!WebAssembly.validate(bytes)) return null;
  return describeModule(build, await WebAssembly.compile(bytes));
}

const startThread: StartThread = (order) => {
  const source = `onmessage = ({ data }) => (${threadFunction})(data)`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  new Worker(url).postMessage(order);
};

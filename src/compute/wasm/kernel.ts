/**
 * The kernel as a WebAssembly module: its functions, its memory, its threads. Needs nothing from Node,
 * so it runs in browsers too. The functions are those of kernel/wasm.cpp; pointers are byte offsets
 * into `memory`.
 */
import { UnsupportedError } from '../port.ts';

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  release(pointer: number): void;
  openPool(threads: number): void;
  closePool(): void;
  openSession(...settings: number[]): number;
  closeSession(session: number): void;
  readArray(session: number, part: number, slot: number, out: number): void;
  writeArray(session: number, part: number, slot: number, from: number): void;
  prepare(session: number): void;
  beta1Power(session: number): number;
  beta2Power(session: number): number;
  setPowers(session: number, beta1: number, beta2: number): void;
  setLearningRate(session: number, rate: number, adamwRate: number): void;
  run(session: number, steps: number): void;
  runBatch(session: number, rows: number, count: number): void;
  loss(session: number): number;
  sessionAnswers(session: number, out: number): void;
  answers(...networkAndOut: number[]): number;
  logits(...networkAndOut: number[]): number;
  product(...factorsResultSizesTransposed: number[]): number;
  fusedTest(a: number, b: number, c: number, out: number): void;
  peak(rounds: number): number;
}

type Array = Float32Array | Uint16Array | Uint32Array;

/** The builds of scripts/build-wasm.js: "relaxed" and "simd" for one thread, "threads" with relaxed SIMD. */
export type WasmBuild = 'relaxed' | 'simd' | 'threads';

/** A build, compiled. */
export interface WasmModule {
  readonly build: WasmBuild;
  readonly module: WebAssembly.Module;
  /**
   * Whether a·b + c is rounded once, as on the native backend. Where it is not, results are right but
   * their bits are others.
   */
  readonly isFused: boolean;
}

/** Thrown where a module's 4 GB, or the machine's memory, are used up. */
export class WasmMemoryError extends Error {
  override name = 'WasmMemoryError';
}

/** What a thread is told: no more than numbers and what all threads share. */
interface ThreadOrder {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where its stack begins: the end of the memory for it. */
  readonly stack: number;
  /** Its number, 1 or more. */
  readonly worker: number;
}

/** Starts a worker that calls `threadFunction` with the order, and that keeps no process alive. */
export type StartThread = (order: ThreadOrder) => void;

/**
 * Source of the function that each worker of the pool runs, for its whole life. As text it needs no
 * file of its own, wherever the library is bundled or published.
 */
export const threadFunction = `({ module, memory, stack, worker }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.__stack_pointer.value = stack;
  exports.work(worker);
}`;

const stackBytes = 65536;
/** As scripts/build-wasm.js links it, in pages of 64 kB: 1 MB at first, 4 GB at most. */
const sharedPages = { initial: 16, maximum: 65536 };

/** One instance of a module with its memory and threads. */
export class WasmKernel {
  readonly exports: KernelExports;
  readonly threads: number;

  /**
   * @throws UnsupportedError for threads where this thread may not wait for others, or where there is no
   * shared memory.
   */
  constructor({ build, module }: Omit<WasmModule, 'isFused'>, threads = 1, start?: StartThread) {
    this.threads = build === 'threads' && start !== undefined ? threads : 1;
    const memory = build === 'threads' ? sharedMemory() : null;
    if (this.threads > 1) requireWaiting();
    const imports = memory === null ? {} : { env: { memory } };
    this.exports = new WebAssembly.Instance(module, imports).exports as unknown as KernelExports;
    if (memory === null || start === undefined) return;
    this.exports.openPool(this.threads);
    for (let worker = 1; worker < this.threads; worker++) {
      start({ module, memory, stack: this.allocate(stackBytes) + stackBytes, worker });
    }
    closePoolOf.register(this, this.exports);
  }

  /** Zeroed memory; to be released. */
  allocate(bytes: number): number {
    const pointer = this.exports.allocate(bytes) >>> 0;
    if (pointer === 0) throw new WasmMemoryError();
    return pointer;
  }

  /** Runs an action with an allocator whose memory is released afterwards. */
  withScratch<Result>(action: (scratch: Scratch) => Result): Result {
    const pointers: number[] = [];
    const allocate = (bytes: number) => {
      const pointer = this.allocate(bytes);
      pointers.push(pointer);
      return pointer;
    };
    const copyIn = (array: Array) => {
      const pointer = allocate(array.byteLength);
      this.set(pointer, array);
      return pointer;
    };
    try {
      return action({ allocate, copyIn });
    } finally {
      for (const pointer of pointers) this.exports.release(pointer);
    }
  }

  set(pointer: number, array: Array): void {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.exports.memory.buffer).set(bytes, pointer);
  }

  copyOut(pointer: number, array: Array): void {
    const memory = new Uint8Array(this.exports.memory.buffer, pointer, array.byteLength);
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(memory);
  }
}

export interface Scratch {
  allocate(bytes: number): number;
  /** A copy of the array in the kernel's memory. */
  copyIn(array: Array): number;
}

/** Threads of a kernel that nobody holds any more go home. */
const closePoolOf = new FinalizationRegistry<KernelExports>((exports) => exports.closePool());

function sharedMemory(): WebAssembly.Memory {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new UnsupportedError(
      'Threads need shared memory, and this page has none: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or ask for one thread.',
    );
  }
  return new WebAssembly.Memory({ ...sharedPages, shared: true });
}

/** Browsers forbid waiting on the thread of a page. */
function requireWaiting(): void {
  try {
    // Returns at once: the value isn't 1.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UnsupportedError(
      'With threads the WebAssembly backend waits for them, which a browser forbids on the thread of a page: create it in a worker, or ask for one thread.',
    );
  }
}

/** A compiled build, tried out for whether it rounds a multiply-add once. */
export function describeModule(build: WasmBuild, module: WebAssembly.Module): WasmModule {
  return { build, module, isFused: isFused(new WasmKernel({ build, module })) };
}

/**
 * (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ exactly; a product rounded on its own loses that. Engines may compile
 * a function anew as it gets warm, so it is tried many times.
 */
function isFused(kernel: WasmKernel): boolean {
  return kernel.withScratch(({ allocate, copyIn }) => {
    const inputs = [1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)];
    const [a, b, c] = inputs.map((value) => copyIn(new Float32Array(4).fill(value)));
    const out = allocate(16);
    const result = new Float32Array(4);
    for (let i = 0; i < 10_000; i++) kernel.exports.fusedTest(a, b, c, out);
    kernel.copyOut(out, result);
    return result.every((value) => value === 2 ** -24);
  });
}

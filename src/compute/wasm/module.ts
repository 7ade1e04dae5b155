/**
 * The kernel as a WebAssembly module: loading, memory, and whether its multiply-add is rounded once.
 * The functions are those of kernel/wasm.cpp; pointers are byte offsets into `memory`.
 */
import { existsSync, readFileSync } from 'node:fs';

export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  reset(): void;
  allocate(bytes: number): number;
  openSession(...settings: number[]): number;
  readArray(part: number, slot: number, out: number): void;
  writeArray(part: number, slot: number, from: number): void;
  prepare(): void;
  beta1Power(): number;
  beta2Power(): number;
  setPowers(beta1: number, beta2: number): void;
  setLearningRate(rate: number, adamwRate: number): void;
  run(steps: number): void;
  runBatch(rows: number, count: number): void;
  loss(): number;
  sessionAnswers(out: number): void;
  answers(...networkAndOut: number[]): number;
  logits(...networkAndOut: number[]): number;
  product(a: number, b: number, c: number, m: number, k: number, n: number): number;
  fusedTest(a: number, b: number, c: number, out: number): void;
  peak(rounds: number, sink: number): number;
}

type Array = Float32Array | Uint16Array | Uint32Array;

/** Thrown where a module's 4 GB, or the machine's memory, are used up. */
export class WasmMemoryError extends Error {
  override name = 'WasmMemoryError';
}

/** One instance of the module with its own memory. */
export class KernelInstance {
  readonly exports: KernelExports;

  constructor(module: WebAssembly.Module) {
    this.exports = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  }

  /** Zeroed memory; valid until `reset`. */
  allocate(bytes: number): number {
    const pointer = this.exports.allocate(bytes) >>> 0;
    if (pointer === 0) throw new WasmMemoryError();
    return pointer;
  }

  /** A copy of the array in the instance's memory. */
  copyIn(array: Array): number {
    const pointer = this.allocate(array.byteLength);
    this.set(pointer, array);
    return pointer;
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

export interface WasmModule {
  readonly module: WebAssembly.Module;
  readonly isRelaxed: boolean;
  /**
   * Whether a·b + c is rounded once, as on the native backend. Where it is not, results are right but
   * their bits are others.
   */
  readonly isFused: boolean;
}

/** The module, or why there is none. */
export type WasmLoad = WasmModule | { readonly module: null; readonly reason: string };

let loaded: WasmLoad | null = null;

/** Loads the fastest module that this engine takes; never throws. */
export function loadModule(): WasmLoad {
  loaded ??= loadVariant('relaxed') ?? loadVariant('simd') ?? notBuilt();
  return loaded;
}

/** One of the two builds, or null where it isn't there or the engine lacks what it needs. */
export function loadVariant(variant: 'relaxed' | 'simd'): WasmModule | null {
  const file = new URL(`../../../build/undertone-${variant}.wasm`, import.meta.url);
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  if (!WebAssembly.validate(bytes)) return null;
  const module = new WebAssembly.Module(bytes);
  return { module, isRelaxed: variant === 'relaxed', isFused: isFused(module) };
}

function notBuilt(): WasmLoad {
  return {
    module: null,
    reason:
      'The WebAssembly kernel has not been built, or this engine has no WebAssembly SIMD: "node scripts/build-wasm.js" builds it.',
  };
}

/**
 * (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ exactly; a product rounded on its own loses that. Engines may compile
 * a function anew as it gets warm, so it is tried many times.
 */
function isFused(module: WebAssembly.Module): boolean {
  const instance = new KernelInstance(module);
  const inputs = [1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)];
  const [a, b, c] = inputs.map((value) => instance.copyIn(new Float32Array(4).fill(value)));
  const out = instance.allocate(16);
  const result = new Float32Array(4);
  for (let i = 0; i < 10_000; i++) instance.exports.fusedTest(a, b, c, out);
  instance.copyOut(out, result);
  return result.every((value) => value === 2 ** -24);
}

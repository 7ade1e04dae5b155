/**
 * Work that a pool of workers does: a function with the place where a worker finds it, the URL of its
 * module and the name of an export. Inputs and outputs cross threads: plain data and typed arrays.
 */
import type { Backend } from '../compute/index.ts';

export interface JobContext {
  /** The worker's own, of one thread. */
  readonly backend: Backend;
  /** Set when the job should end early and return what there is. */
  readonly signal: AbortSignal;
  /** Tells the share of the job that is done, 0…1. */
  readonly onProgress: (share: number) => void;
}

/** A job, exported by its module under `name`. */
export interface Job<Input, Output> {
  /** `import.meta.url` of its module. */
  readonly module: string;
  readonly name: string;
  readonly run: (input: Input, context: JobContext) => Promise<Output>;
}

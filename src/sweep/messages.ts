/** What the pool and its workers tell each other. */
import type { BackendName } from '../compute/index.ts';
import { InputError, WorkError } from '../errors.ts';

export interface WorkerSettings {
  readonly backend: BackendName;
}

export type ToWorker =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly module: string;
      readonly name: string;
      readonly input: unknown;
    }
  | { readonly kind: 'stop'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly share: number }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

/** An error on its way to another thread, which would lose its class. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

const known = { InputError, WorkError };

/** The error again: one of our own where it was one. */
export function fromFailure({ name, message, stack }: Failure): Error {
  const type = Object.hasOwn(known, name) ? known[name as keyof typeof known] : Error;
  const error = new type(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

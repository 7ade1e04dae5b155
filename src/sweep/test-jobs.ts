/** Jobs for the tests of the pool. */
import process from 'node:process';
import { InputError } from '../errors.ts';
import type { Job } from './job.ts';

/** Counts up to a number, or as far as it gets; returns where it ended. */
export const stoppableJob: Job<number, number> = {
  module: import.meta.url,
  name: 'stoppableJob',
  async run(steps, { signal, onProgress }) {
    for (let step = 1; step <= steps; step++) {
      if (signal.aborted) return step - 1;
      onProgress(step / steps);
    }
    return steps;
  },
};

/** Ends its thread with an exit code. */
export const crashingJob: Job<number, never> = {
  module: import.meta.url,
  name: 'crashingJob',
  run: (code) => process.exit(code),
};

export const failingJob: Job<string, never> = {
  module: import.meta.url,
  name: 'failingJob',
  run: (what) => Promise.reject(new InputError(`expected another ${what}`)),
};

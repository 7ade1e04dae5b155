import type { Backend } from '../../compute/port.ts';

/** What an experiment on the tape runs with. */
export interface ExperimentContext {
  readonly backend: Backend;
  readonly signal?: AbortSignal | undefined;
  /** Is told the share that is done, 0…1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** How many labels of a table follow the best of all rules: what random orders are compared by, in a worker or not. */
import { countMatches, maskOf } from '../analysis/evidence.ts';
import type { Job } from '../sweep/index.ts';

/** The most frequent label of every given cell. */
export interface LabelTable {
  readonly modulus: number;
  /** By pair, a·P + b: [P²]; 0 where there is none. */
  readonly labels: Uint16Array;
  /** The pairs that have one. */
  readonly pairs: Uint32Array;
}

export function bestMatches({ modulus, labels, pairs }: LabelTable): number {
  const matches = countMatches(labels, modulus, maskOf(pairs, modulus));
  return matches.reduce((x, y) => Math.max(x, y));
}

export const orderJob: Job<LabelTable, number> = {
  module: import.meta.url,
  name: 'orderJob',
  run: (table) => Promise.resolve(bestMatches(table)),
};

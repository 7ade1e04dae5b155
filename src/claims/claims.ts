/** All claims, in the order of the paper. */
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';
import { frequencyFiltration } from './frequency-filtration.ts';
import { neuronPartition } from './neuron-partition.ts';
import { ruleInside } from './rule-inside.ts';

export const claims: readonly Claim[] = [
  doubleDescent,
  ruleInside,
  frequencyFiltration,
  neuronPartition,
];

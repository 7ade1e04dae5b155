/** All claims: those of the paper in its order, then what goes beyond it. */
import { calibration } from './calibration.ts';
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';
import { frequencyFiltration } from './frequency-filtration.ts';
import { groups } from './groups.ts';
import { methods } from './methods.ts';
import { misspecification } from './misspecification.ts';
import { mnistNoiseFirst } from './mnist-noise-first.ts';
import { networkOrFilter } from './network-or-filter.ts';
import { neuronPartition } from './neuron-partition.ts';
import { noiseFirst } from './noise-first.ts';
import { power } from './power.ts';
import { ruleInside } from './rule-inside.ts';
import { storedOrCarried } from './stored-or-carried.ts';
import { transformerEvidence } from './transformer-evidence.ts';
import { transformerFiltration } from './transformer-filtration.ts';
import { withoutBasis } from './without-basis.ts';

export const claims: readonly Claim[] = [
  doubleDescent,
  noiseFirst,
  mnistNoiseFirst,
  ruleInside,
  frequencyFiltration,
  transformerFiltration,
  neuronPartition,
  misspecification,
  networkOrFilter,
  methods,
  calibration,
  power,
  storedOrCarried,
  transformerEvidence,
  groups,
  withoutBasis,
];

/** All claims, in the order of the paper. */
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';
import { mnistNoiseFirst } from './mnist-noise-first.ts';
import { noiseFirst } from './noise-first.ts';
import { transformerFiltration } from './transformer-filtration.ts';

export const claims: readonly Claim[] = [
  doubleDescent,
  noiseFirst,
  mnistNoiseFirst,
  transformerFiltration,
];

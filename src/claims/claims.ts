/** All claims, in the order of the paper. */
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';
import { methods } from './methods.ts';
import { misspecification } from './misspecification.ts';
import { networkOrFilter } from './network-or-filter.ts';

export const claims: readonly Claim[] = [doubleDescent, misspecification, networkOrFilter, methods];

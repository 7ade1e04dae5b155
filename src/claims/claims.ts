/** All claims, in the order of the paper. */
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';

export const claims: readonly Claim[] = [doubleDescent];

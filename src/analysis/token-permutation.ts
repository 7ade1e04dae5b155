import { log10UpperTail, normalOfStudent } from './tails.ts';

/** How large a statistic is beside those of the same network with its tokens permuted. */
export interface PermutationTail {
  /** log10 p from a distribution fitted to the permuted ones; reaches as far down as evidence does. */
  readonly log10PValue: number;
  /** (1 + number of permuted ones ≥ it) / (1 + their number): exact, but no less than 1/(1 + their number). */
  readonly rankPValue: number;
}

/** Of the largest of many independent values with light tails (Gumbel). */
const skewnessOfMaximum = 1.1395;

/**
 * The token-permutation test (ours). `observed` is the largest score over all rules, `permuted` the same of
 * copies of the network whose tokens of a, b and c were each renamed at random (`permuteTokens`).
 *
 * Why it is a test: labels of pure noise, a random split and independent initial weights have the same
 * distribution whatever the tokens are called, and so does the trained network, for every optimizer here
 * treats all tokens alike. Network and copies are then exchangeable, and the rank's p is exact.
 *
 * The fitted p: t = (observed − mean)/(s·sqrt(1 + 1/k)) with mean and spread of the k copies, taken from
 * Student's t with k − 1 degrees of freedom to the normal scale, then the tail of Pearson III with the
 * skewness of a maximum. Where the copies don't differ, p is 1 unless `observed` is larger, then 0 (−∞).
 * @throws RangeError for fewer than two copies.
 */
export function permutationTail(observed: number, permuted: readonly number[]): PermutationTail {
  const count = permuted.length;
  if (count < 2) throw new RangeError(`a permutation test needs two copies or more, not ${count}`);
  const mean = permuted.reduce((sum, value) => sum + value, 0) / count;
  const variance = permuted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const atLeast = permuted.filter((value) => value >= observed).length;
  const rankPValue = (1 + atLeast) / (1 + count);
  if (variance === 0) {
    return { log10PValue: observed > mean ? Number.NEGATIVE_INFINITY : 0, rankPValue };
  }
  const t = (observed - mean) / Math.sqrt(variance * (1 + 1 / count));
  const log10PValue = log10UpperTail(normalOfStudent(t, count - 1), skewnessOfMaximum);
  return { log10PValue, rankPValue };
}

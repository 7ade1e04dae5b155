/** The least spread and skewness that evidence has where there is no rule. */
import type { NullShape } from './calibration.ts';
import type { RuleScores } from './rule-scores.ts';

/** Counts of n independent answers, each of P classes alike: binomial. */
export function chanceCounts(pairs: number, modulus: number): NullShape {
  const spread = Math.sqrt((pairs / modulus) * (1 - 1 / modulus));
  return { spread, skewness: spread > 0 ? (1 - 2 / modulus) / spread : 0 };
}

/** Where other rules differ by no more than float32 rounding, that rounding is their spread. */
export function roundingOf({ values }: RuleScores): NullShape {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { spread: largest * 2 ** -17, skewness: 0 };
}

import type { LabelledPairs } from '../task/dataset.ts';
import { countMatches, maskOf } from './evidence.ts';
import type { Rule } from './results.ts';
import { ruleAt } from './rule-scores.ts';

export interface LabelBaseline {
  /** The rule that most training labels obey; the first in the order of (k1, k2, shift) on a tie. */
  readonly rule: Rule;
  /** Number of training rows, and of those whose label obeys the rule. */
  readonly rows: number;
  readonly matches: number;
  /** T_data = (matches − n/P) / sqrt(n/P · (1 − 1/P)), n = rows. Not corrected for the rules compared. */
  readonly T: number;
}

/**
 * What the training labels say without any network: the rule c = k1·a + k2·b + shift that most of them
 * obey. What an extraction is worth is what it adds to this. Exact counts over all (P−1)²·P rules.
 */
export function labelBaseline(train: LabelledPairs, modulus: number): LabelBaseline {
  const labels = new Uint16Array(modulus * modulus);
  train.pair.forEach((pair, row) => {
    labels[pair] = train.label[row];
  });
  const matches = countMatches(labels, modulus, maskOf(train.pair, modulus));
  let best = 0;
  for (let index = 1; index < matches.length; index++) {
    if (matches[index] > matches[best]) best = index;
  }
  const rows = train.pair.length;
  const expected = rows / modulus;
  return {
    rule: ruleAt(best, modulus),
    rows,
    matches: matches[best],
    T: (matches[best] - expected) / Math.sqrt(expected * (1 - 1 / modulus)),
  };
}

import { type Basis, cyclicBasis, elementsOf } from '../task/basis.ts';
import type { LabelledPairs } from '../task/dataset.ts';
import { directCounts } from './direct-sums.ts';
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
 * obey, on Z_P or in another basis. What an extraction is worth is what it adds to this. Exact counts over all
 * rules; rows with a token or a label that the basis sets apart don't count.
 */
export function labelBaseline(
  train: LabelledPairs,
  modulus: number,
  basis: Basis = cyclicBasis(modulus),
): LabelBaseline {
  const { group } = basis;
  const { order } = group;
  const elements = elementsOf(basis, modulus);
  const labels = new Uint16Array(order * order);
  const counted: number[] = [];
  train.pair.forEach((pair, row) => {
    const [x, y] = [elements[Math.floor(pair / modulus)], elements[pair % modulus]];
    const label = elements[train.label[row]];
    if (x < 0 || y < 0 || label < 0) return;
    labels[x * order + y] = label;
    counted.push(x * order + y);
  });
  const mask = maskOf(Uint32Array.from(counted), order);
  const matches =
    group.factors.length > 1
      ? directCounts(labels, group, mask)
      : countMatches(labels, order, mask);
  let best = 0;
  for (let index = 1; index < matches.length; index++) {
    if (matches[index] > matches[best]) best = index;
  }
  const rows = counted.length;
  const expected = rows / order;
  return {
    rule: ruleAt(best, group),
    rows,
    matches: matches[best],
    T: expected > 0 ? (matches[best] - expected) / Math.sqrt(expected * (1 - 1 / order)) : 0,
  };
}

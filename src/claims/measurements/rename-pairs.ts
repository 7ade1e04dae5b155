import type { TokenOrder } from '../../analysis/index.ts';
import type { LabelledPairs } from '../../task/dataset.ts';

/** Pairs of tokens whose names change as those of a network by `permuteTokens`; null where there are none. */
export function renamePairs(pairs: LabelledPairs | null, { a, b, c }: TokenOrder) {
  if (pairs === null) return null;
  const modulus = a.length;
  return {
    pair: pairs.pair.map((index) => a[Math.floor(index / modulus)] * modulus + b[index % modulus]),
    label: pairs.label.map((label) => c[label]),
  };
}

import type { LabelledPairs } from '../task/dataset.ts';
import { noAnswer } from './frame.ts';
import type { RuleAgreement } from './results.ts';
import { log10UpperTail } from './tails.ts';

/**
 * How often two tables of rules agree, and whether labels follow the second where they don't follow the first. One group's rule leaks into another's characters because their tables agree on many pairs: x ⊕ y
 * and x + y on Z_4×Z_2×… on three quarters of them. Off the named rule such a rule has nothing left, for there
 * a wrong label is its by chance alone: once in P − 1 times, where the two tables differ.
 *
 * @param train the rows trained on with the labels given. A network's own answers would not do: its errors on pairs
 *   that it never saw aren't uniform. Null where they aren't known.
 * @param log10Correction of p for all rules that were compared, for the other rule was the best of them.
 */
export function ruleAgreementOf(
  named: Uint16Array,
  other: Uint16Array,
  train: LabelledPairs | null,
  modulus: number,
  log10Correction: number,
): RuleAgreement {
  let common = 0;
  let pairs = 0;
  for (let pair = 0; pair < named.length; pair++) {
    if (named[pair] === noAnswer || other[pair] === noAnswer) continue;
    common++;
    if (named[pair] === other[pair]) pairs++;
  }
  const chance = 1 / modulus;
  const expected = common * chance;
  const spread = Math.sqrt(expected * (1 - chance));
  const z = spread > 0 ? (pairs - expected) / spread : 0;
  if (train === null) return { pairs, expected, z, offRule: null };
  let open = 0;
  let matches = 0;
  train.pair.forEach((pair, row) => {
    const label = train.label[row];
    if (named[pair] === noAnswer || other[pair] === noAnswer) return;
    if (named[pair] === other[pair] || label === named[pair]) return;
    open++;
    if (label === other[pair]) matches++;
  });
  const byChance = 1 / (modulus - 1);
  const mean = open * byChance;
  const deviation = Math.sqrt(mean * (1 - byChance));
  // The skewness of a binomial: its tail is heavier than normal where few matches are expected.
  const skewness = deviation > 0 ? (1 - 2 * byChance) / deviation : 0;
  const tail = deviation > 0 ? log10UpperTail((matches - mean) / deviation, skewness) : 0;
  return {
    pairs,
    expected,
    z,
    offRule: {
      matches,
      expected: mean,
      log10PValue: Math.min(0, tail + log10Correction),
    },
  };
}

import { noAnswer } from './frame.ts';
import type { RuleAgreement } from './results.ts';
import { log10UpperTail } from './tails.ts';

/**
 * How often two tables of rules agree, and whether a network's answers follow the second where they don't follow
 * the first. One group's rule leaks into another's characters because their tables agree on many pairs: x ⊕ y
 * and x + y on Z_4×Z_2×… on three quarters of them. Off the named rule such a rule has nothing left, for there
 * a memorised label is right by chance alone: once in P − 1 times, where the two tables differ.
 *
 * @param answers the network's, [P²]; null where they aren't known.
 * @param log10Correction of p for all rules that were compared, for the other rule was the best of them.
 */
export function ruleAgreementOf(
  named: Uint16Array,
  other: Uint16Array,
  answers: Uint16Array | null,
  modulus: number,
  log10Correction: number,
): RuleAgreement {
  let common = 0;
  let pairs = 0;
  let open = 0;
  let matches = 0;
  for (let pair = 0; pair < named.length; pair++) {
    if (named[pair] === noAnswer || other[pair] === noAnswer) continue;
    common++;
    if (named[pair] === other[pair]) pairs++;
    else if (answers !== null && answers[pair] !== named[pair]) {
      open++;
      if (answers[pair] === other[pair]) matches++;
    }
  }
  const chance = 1 / modulus;
  const expected = common * chance;
  const spread = Math.sqrt(expected * (1 - chance));
  const z = spread > 0 ? (pairs - expected) / spread : 0;
  if (answers === null) return { pairs, expected, z, offRule: null };
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

import { bestShift, type Calibration, calibrate, type NullShape } from './calibration.ts';
import type { Evidence, PartScore, Rule } from './results.ts';
import { greatestCommonDivisor, isUnit } from './rule.ts';
import { type RuleScores, ruleAt } from './rule-scores.ts';

/** What an `exchangeCalibration` tells; as in `Calibration`. */
export interface ExchangeCalibration {
  readonly rules: number;
  evidence(rule: Rule): Evidence;
  partScore(rule: Rule, named: boolean): PartScore;
  /** The rule with the smallest p, and its evidence; among equals that with the largest z. */
  best(): { readonly rule: Rule; readonly evidence: Evidence };
}

/**
 * `calibrate` for networks that treat a and b alike, or nearly so, as a transformer does: both tokens have one
 * embedding.
 *
 * Where z[a, b] = z[b, a], the score of a rule with k1 = k2 counts every unordered pair twice, so without any
 * rule its variance is twice that of a rule with k1 ≠ k2, and comparing it with all others makes z too large
 * by up to √2: far out in the tail by many orders of magnitude. So the spread of a rule with k1 = k2 is here
 * at least that of the OTHER rules with k1 = k2 (of its class of units, and as in `calibrate` without those
 * that agree with it modulo a divisor of P from 3 on). A rule with k1 ≠ k2 is calibrated as ever. [ours]
 */
export function exchangeCalibration(
  scores: RuleScores,
  kinds: number,
  least: NullShape,
  allShifts: boolean,
): ExchangeCalibration {
  const { modulus } = scores;
  const shifts = allShifts ? modulus : 1;
  const general = calibrate(scores, kinds, least, allShifts);
  const of = (rule: Rule): Calibration => {
    if (rule.k1 !== rule.k2) return general;
    const spread = Math.max(least.spread, spreadOfSymmetric(scores, rule.k1, shifts));
    return calibrate(scores, kinds, { ...least, spread }, allShifts);
  };
  return {
    rules: general.rules,
    evidence: (rule) => of(rule).evidence(rule),
    partScore: (rule, named) => of(rule).partScore(rule, named),
    best() {
      const candidates = strongestRules(scores, shifts).map((rule) => ({
        rule,
        evidence: of(rule).evidence(rule),
      }));
      return candidates.reduce((best, next) => (isStronger(next, best) ? next : best));
    },
  };
}

/** Whether one rule's evidence has the smaller p; where both are corrected to p = 1, the larger z. */
export function isStronger(
  { evidence: x }: { readonly evidence: Evidence },
  { evidence: y }: { readonly evidence: Evidence },
): boolean {
  return x.log10PValue < y.log10PValue || (x.log10PValue === y.log10PValue && x.z > y.z);
}

/**
 * The rules that can be the strongest: the highest score with k1 = k2 and with k1 ≠ k2, each among units and
 * others. Within each of the four, p falls as the score rises (but for the rules left out of a spread).
 */
function strongestRules(scores: RuleScores, shifts: number): Rule[] {
  const { modulus, values } = scores;
  const highest = new Map<string, number>();
  for (let row = 0; row < (modulus - 1) ** 2; row++) {
    const { k1, k2 } = ruleAt(row * modulus, modulus);
    const group = `${k1 === k2} ${isUnit(k1, modulus) && isUnit(k2, modulus)}`;
    const index = bestShift(scores, row, shifts);
    const height = highest.get(group);
    if (height === undefined || values[index] > values[height]) highest.set(group, index);
  }
  return [...highest.values()].map((index) => ruleAt(index, modulus));
}

/** Root mean square of the scores c = k'(a + b) + shift, k' other than k, about their mean; 0 for none. */
function spreadOfSymmetric({ modulus, values }: RuleScores, k: number, shifts: number): number {
  const others: number[] = [];
  for (let other = 1; other < modulus; other++) {
    const common = greatestCommonDivisor(Math.abs(other - k), modulus);
    if (common > 2 || isUnit(other, modulus) !== isUnit(k, modulus)) continue;
    const row = ((other - 1) * (modulus - 1) + other - 1) * modulus;
    for (let shift = 0; shift < shifts; shift++) others.push(values[row + shift]);
  }
  if (others.length < 2) return 0;
  const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
  const squares = others.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (others.length - 1));
}

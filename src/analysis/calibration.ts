import type { Evidence, Rule } from './results.ts';
import { isUnit } from './rule.ts';
import { type RuleScores, ruleAt, ruleIndex } from './rule-scores.ts';
import { log10UpperTail, normalOfStudent, studentOfNormal, zOfUpperTail } from './tails.ts';

/** The least spread and skewness that a kind of evidence has where there is no rule at all. */
export interface NullShape {
  readonly spread: number;
  readonly skewness: number;
}

/** What the other rules of the same class look like, seen from one rule. */
interface Background {
  readonly mean: number;
  readonly spread: number;
  readonly skewness: number;
  /** Degrees of freedom of the spread. */
  readonly freedom: number;
}

export interface Calibration {
  /** Number of rules compared. */
  readonly rules: number;
  /** The evidence for one rule, corrected for all `rules` and for the kinds of evidence. */
  evidence(rule: Rule): Evidence;
  /** The rule with the most significant score, its evidence, and log10 of its p before correction. */
  best(): { readonly rule: Rule; readonly evidence: Evidence; readonly log10Tail: number };
  /** The score at which a rule in the class of `rule` reaches the level after correction. */
  threshold(rule: Rule, level: number): number;
}

/**
 * Turns scores of all rules into evidence. A rule is compared with the OTHER rules of its class:
 *
 *     z = (score − mean) / spread,    p = min(1, rules · kinds · P(X ≥ z)),
 *
 * where mean, spread and skewness are those of all (k1', k2', shift') with (k1', k2') ≠ (k1, k2) (the
 * other shifts of one (k1, k2) carry its side lobes) in the same class: k1 and k2 both units of Z_P, or
 * not. X is Pearson III with that skewness (normal where it is ≤ 0), because counts with a mean of 100
 * have tails 30 times heavier than normal at z = 6; and z is first taken from Student's t to the normal
 * scale, because for P < 10 the spread itself is uncertain. Bonferroni's correction holds under any dependence.
 * One-sided: labels that avoid the true rule make it the most NEGATIVE of all. [Standardising by the
 * other rules is confirmed on trained pure-noise networks: docs/analysis.md.]
 *
 * `least` keeps the spread from vanishing in a network that holds one rule and nothing else.
 * `allShifts` false compares rules with shift 0 only.
 */
export function calibrate(
  scores: RuleScores,
  kinds: number,
  least: NullShape,
  allShifts: boolean,
): Calibration {
  const { modulus, values } = scores;
  const rows = (modulus - 1) ** 2;
  const shifts = allShifts ? modulus : 1;
  const units = Uint8Array.from({ length: modulus }, (_, k) => (isUnit(k, modulus) ? 1 : 0));
  const classOf = ({ k1, k2 }: Rule) => units[k1] & units[k2];
  const rowOf = (rule: Rule) => Math.floor(ruleIndex(rule, modulus) / modulus);
  const moments = rowMoments(scores, shifts, (row) => classOf(ruleAt(row * modulus, modulus)));
  const correction = Math.log10(rows * shifts * kinds);

  const background = (rule: Rule): Background => {
    const total = moments.classes[classOf(rule)];
    const at = 3 * rowOf(rule);
    const count = total.count - shifts;
    // A row sums to the same for every (k1, k2), so each costs one degree of freedom.
    const freedom = allShifts ? count - count / shifts : count - 1;
    if (freedom < 1) {
      return { mean: total.mean, spread: Number.POSITIVE_INFINITY, skewness: 0, freedom: 1 };
    }
    const first = (total.sums[0] - moments.rows[at]) / count;
    const second = (total.sums[1] - moments.rows[at + 1]) / count;
    const third = (total.sums[2] - moments.rows[at + 2]) / count;
    const variance = Math.max(0, second - first * first) * (count / (count - 1));
    const spread = Math.max(Math.sqrt(variance), least.spread);
    const central = third - 3 * first * second + 2 * first ** 3;
    return {
      mean: total.mean + first,
      spread,
      skewness: Math.max(spread > 0 ? central / spread ** 3 : 0, least.skewness),
      freedom,
    };
  };
  const standardise = (rule: Rule) => {
    const { mean, spread, skewness, freedom } = background(rule);
    const z = spread > 0 ? (values[ruleIndex(rule, modulus)] - mean) / spread : 0;
    const log10Tail = log10UpperTail(normalOfStudent(z, freedom), skewness);
    return { z, log10Tail };
  };
  const evidence = (rule: Rule): Evidence => {
    const { z, log10Tail } = standardise(rule);
    const statistic = scores.statistic[ruleIndex(rule, modulus)];
    return { statistic, z, log10PValue: Math.min(0, log10Tail + correction) };
  };
  const best = () => {
    const strongest: (Rule | null)[] = [null, null];
    const height = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < rows; row++) {
      const rule = ruleAt(bestShift(scores, row, shifts), modulus);
      const { mean, spread } = background(rule);
      const z = spread > 0 ? (values[ruleIndex(rule, modulus)] - mean) / spread : 0;
      const group = classOf(rule);
      if (strongest[group] === null || z > height[group]) {
        strongest[group] = rule;
        height[group] = z;
      }
    }
    const [first] = strongest
      .filter((rule) => rule !== null)
      .map((rule) => ({ rule, evidence: evidence(rule), log10Tail: standardise(rule).log10Tail }))
      .sort((x, y) => x.log10Tail - y.log10Tail);
    return first;
  };
  return {
    rules: rows * shifts,
    evidence,
    best,
    threshold(rule, level) {
      const { mean, spread, skewness, freedom } = background(rule);
      const z = zOfUpperTail(Math.log10(level) - correction, skewness);
      return mean + spread * studentOfNormal(z, freedom);
    },
  };
}

/** The index in `scores.values` of the best of the first `shifts` shifts of a (k1, k2) row. */
export function bestShift({ modulus, values }: RuleScores, row: number, shifts: number): number {
  let best = row * modulus;
  for (let index = best + 1; index < row * modulus + shifts; index++) {
    if (values[index] > values[best]) best = index;
  }
  return best;
}

interface ClassMoments {
  count: number;
  mean: number;
  /** Sums of (value − mean) to the powers 1, 2, 3. */
  readonly sums: [number, number, number];
}

/** Sums of powers of (value − class mean), per (k1, k2) row and per class. */
function rowMoments(
  { modulus, values }: RuleScores,
  shifts: number,
  classOf: (row: number) => number,
): { rows: Float64Array; classes: ClassMoments[] } {
  const count = (modulus - 1) ** 2;
  const classes: ClassMoments[] = [0, 1].map(() => ({ count: 0, mean: 0, sums: [0, 0, 0] }));
  const groups = Uint8Array.from({ length: count }, (_, row) => classOf(row));
  for (let row = 0; row < count; row++) {
    const group = classes[groups[row]];
    for (let shift = 0; shift < shifts; shift++) group.mean += values[row * modulus + shift];
    group.count += shifts;
  }
  for (const group of classes) group.mean /= Math.max(1, group.count);
  const rows = new Float64Array(3 * count);
  for (let row = 0; row < count; row++) {
    const group = classes[groups[row]];
    for (let shift = 0; shift < shifts; shift++) {
      const difference = values[row * modulus + shift] - group.mean;
      rows[3 * row] += difference;
      rows[3 * row + 1] += difference * difference;
      rows[3 * row + 2] += difference ** 3;
    }
    for (let power = 0; power < 3; power++) group.sums[power] += rows[3 * row + power];
  }
  return { rows, classes };
}

import { greatestCommonDivisor, isUnit } from '../task/abelian-group.ts';
import type { Evidence, PartScore, Rule } from './results.ts';
import { multipliersOf, type RuleScores, ruleAt, ruleIndex } from './rule-scores.ts';
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
  /** Skewness of the lower tail, turned around: ≥ 0. */
  readonly lowerSkewness: number;
  /** Degrees of freedom of the spread. */
  readonly freedom: number;
}

export interface CalibrationOptions {
  /** Scores of c = a + b + shift under renamed tokens, [rows, N], that stand for those of other rules. */
  readonly permuted?: Float32Array | null;
  /** In how many bases rules are looked for; p is corrected for them. */
  readonly bases?: number;
  /** The network treats a and b alike: rules with k1 = −k2 are compared among themselves, too. */
  readonly exchangeable?: boolean;
  /** False to compare rules with k1 = k2 as all others; only to show what that does. */
  readonly symmetricApart?: boolean;
}

export interface Calibration {
  /** Number of rules compared. */
  readonly rules: number;
  /** log10 of p for one rule after correction, not cut off at p = 1. */
  tail(rule: Rule): number;
  /** The evidence for one rule, corrected for all `rules` and for the kinds of evidence. */
  evidence(rule: Rule): Evidence;
  /** The rules with the highest scores: of those with k1 = k2, k1 = −k2 and the others, each among units and others. */
  candidates(): readonly Rule[];
  /** The rule with the most significant score, its evidence, and log10 of its p before correction. */
  best(): { readonly rule: Rule; readonly evidence: Evidence; readonly log10Tail: number };
  /**
   * The evidence for and against one rule that was fixed beforehand, corrected for the kinds of
   * evidence; with `named` false, when it was picked among all `rules`, corrected for them too.
   */
  partScore(rule: Rule, named: boolean): PartScore;
  /** The score at which a rule in the class of `rule` reaches the level after correction. */
  threshold(rule: Rule, level: number): number;
}

/**
 * Turns scores of all rules into evidence. A rule is compared with the OTHER rules of its class:
 *
 *     z = (score − mean) / spread,    p = min(1, rules · kinds · P(X ≥ z)),
 *
 * with mean, spread and skewness over all (k1', k2', shift') in the same class (k1 and k2 both units of
 * Z_P, or not), except those that the rule itself moves: the other shifts of (k1, k2), which carry its
 * side lobes, and for composite P every (k1', k2') ≡ (k1, k2) modulo a divisor of P from 3 on (modulo 2
 * they share one frequency, too little to matter, and for even P all units do).
 *
 * X is Pearson III with that skewness (normal where it is ≤ 0), because counts with a mean of 100 have
 * tails 30 times heavier than normal at z = 6. To the skewness its standard error √(6/ν) is added: it is an
 * estimate, and the best rule of a scan was picked from among those that would have raised it. z is first taken
 * from Student's t to the normal scale, because for P < 10 the spread itself is uncertain. Bonferroni's
 * correction holds under any dependence.
 * One-sided: labels that avoid the true rule make it the most NEGATIVE of all. Confirmed on untrained
 * and on trained pure-noise networks: docs/analysis.md.
 *
 * Where a network treats a and b alike (z[a, b] = z[b, a]: tied weights, symmetric noise, a transformer, nearly),
 * a rule with k1 = k2 counts every unordered pair twice; without any rule its score has twice the variance of
 * one with k1 ≠ k2. So its spread is at least that of the other rules with k1 = k2 [ours]. The diagonal a = b stands
 * apart in such a network, and all of it is one answer of a rule with k1 = −k2; with `exchangeable` these are
 * compared among themselves, too.
 *
 * `least` keeps the spread from vanishing in a network that holds one rule and nothing else.
 * `allShifts` false compares rules with shift 0 only.
 *
 * A product of groups has too few rules to compare one with the others (XOR has one, with its shifts).
 * There `options.permuted` stands for them: the scores of c = a + b + shift, [rows, N], after random renamings
 * of the tokens, which destroy every rule and nothing else (`permutation-null.ts`).
 */
export function calibrate(
  scores: RuleScores,
  kinds: number,
  least: NullShape,
  allShifts: boolean,
  options: CalibrationOptions = {},
): Calibration {
  const { group, values } = scores;
  const { permuted = null, bases = 1, symmetricApart = true, exchangeable = false } = options;
  const modulus = group.order;
  const rows = multipliersOf(group).length ** 2;
  const shifts = allShifts ? modulus : 1;
  const units = Uint8Array.from({ length: group.exponent }, (_, k) =>
    isUnit(k, group.exponent) ? 1 : 0,
  );
  const classOf = ({ k1, k2 }: Rule) => units[k1] & units[k2];
  const moments = rowMoments(permuted ?? values, modulus, shifts);
  const correction = Math.log10(rows * shifts * kinds * bases);

  const background = (rule: Rule): Background => {
    const sums = [0, 0, 0];
    let others = 0;
    // Of the rules with k1 = k2, or k1 = −k2, as the rule itself.
    const alike = { count: 0, sum: 0, squares: 0 };
    for (let row = 0; row < moments.rows; row++) {
      const other = permuted === null ? ruleAt(row * modulus, group) : null;
      if (other !== null && !isComparable(rule, other)) continue;
      for (let power = 0; power < 3; power++) sums[power] += moments.sums[3 * row + power];
      others++;
      if (other === null || symmetryOf(rule) === 0 || symmetryOf(other) !== symmetryOf(rule))
        continue;
      alike.count += shifts;
      alike.sum += moments.sums[3 * row];
      alike.squares += moments.sums[3 * row + 1];
    }
    // The shifts of one (k1, k2) add up to a constant, so each row costs a degree of freedom.
    const freedom = others * Math.max(1, shifts - 1) - 1;
    if (freedom < 1) {
      const spread = Number.POSITIVE_INFINITY;
      return { mean: 0, spread, skewness: 0, lowerSkewness: 0, freedom: 1 };
    }
    const count = others * shifts;
    const [first, second, third] = sums.map((sum) => sum / count);
    const variance = Math.max(0, second - first * first) * (count / (count - 1));
    const ownSpread = spreadOf(alike);
    const spread = Math.max(Math.sqrt(variance), ownSpread, least.spread);
    const central = third - 3 * first * second + 2 * first ** 3;
    const skewness = spread > 0 ? central / spread ** 3 : 0;
    const standardError = Math.sqrt(6 / freedom);
    return {
      mean: moments.origin + first,
      spread,
      skewness: Math.max(skewness + standardError, least.skewness),
      lowerSkewness: Math.max(-skewness + standardError, 0),
      freedom,
    };
  };
  /** 1 for k1 = k2, 2 for k1 = −k2 where a and b are exchangeable, else 0. */
  const symmetryOf = ({ k1, k2 }: Rule) => {
    if (k1 === k2) return symmetricApart ? 1 : 0;
    return exchangeable && k1 + k2 === group.exponent ? 2 : 0;
  };
  const isComparable = (rule: Rule, other: Rule) =>
    classOf(other) === classOf(rule) && agreement(rule, other, modulus) <= 2;
  const measure = (rule: Rule) => {
    const index = ruleIndex(rule, group);
    const { mean, spread, skewness, lowerSkewness, freedom } = background(rule);
    const z = spread > 0 ? (values[index] - mean) / spread : 0;
    const normal = normalOfStudent(z, freedom);
    const log10Tail = log10UpperTail(normal, skewness);
    const log10LowerTail = log10UpperTail(-normal, lowerSkewness);
    const log10PValue = Math.min(0, log10Tail + correction);
    const evidence = { statistic: scores.statistic[index], z, log10PValue };
    return { rule, log10Tail, log10LowerTail, evidence };
  };
  const candidates = () => {
    const highest: (number | null)[] = new Array(6).fill(null);
    for (let row = 0; row < rows; row++) {
      const index = bestShift(scores, row, shifts);
      const rule = ruleAt(index, group);
      const which = 3 * classOf(rule) + symmetryOf(rule);
      const height = highest[which];
      if (height === null || values[index] > values[height]) highest[which] = index;
    }
    return highest.filter((index) => index !== null).map((index) => ruleAt(index, group));
  };
  return {
    rules: rows * shifts,
    tail: (rule) => measure(rule).log10Tail + correction,
    evidence: (rule) => measure(rule).evidence,
    partScore(rule, named) {
      const { evidence, log10Tail, log10LowerTail } = measure(rule);
      const corrected = (tail: number) =>
        Math.min(0, tail + (named ? Math.log10(kinds) : correction));
      return {
        ...evidence,
        log10PValue: corrected(log10Tail),
        log10LowerPValue: corrected(log10LowerTail),
      };
    },
    candidates,
    best() {
      const [strongest] = candidates()
        .map(measure)
        .sort((x, y) => x.log10Tail - y.log10Tail);
      return strongest;
    },
    threshold(rule, level) {
      const { mean, spread, skewness, freedom } = background(rule);
      const z = zOfUpperTail(Math.log10(level) - correction, skewness);
      return mean + spread * studentOfNormal(z, freedom);
    },
  };
}

/** The index in `scores.values` of the best of the first `shifts` shifts of a (k1, k2) row. */
export function bestShift({ group, values }: RuleScores, row: number, shifts: number): number {
  let best = row * group.order;
  for (let index = best + 1; index < row * group.order + shifts; index++) {
    if (values[index] > values[best]) best = index;
  }
  return best;
}

/** The largest divisor of P modulo which two rules have the same (k1, k2). */
function agreement(rule: Rule, other: Rule, modulus: number): number {
  const common = greatestCommonDivisor(Math.abs(rule.k1 - other.k1), Math.abs(rule.k2 - other.k2));
  return greatestCommonDivisor(common, modulus);
}

/** The standard deviation of values from their number, sum and sum of squares; 0 for fewer than two. */
function spreadOf({ count, sum, squares }: { count: number; sum: number; squares: number }) {
  return count < 2 ? 0 : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1));
}

/** Sums of (value − origin) to the powers 1, 2, 3 over the shifts of every row: [rows, 3]. */
function rowMoments(
  values: Float32Array,
  order: number,
  shifts: number,
): { rows: number; origin: number; sums: Float64Array } {
  const rows = values.length / order;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    for (let shift = 0; shift < shifts; shift++) total += values[row * order + shift];
  }
  // Around their mean, so that sums of powers lose no digits.
  const origin = total / (rows * shifts);
  const sums = new Float64Array(3 * rows);
  for (let row = 0; row < rows; row++) {
    for (let shift = 0; shift < shifts; shift++) {
      const difference = values[row * order + shift] - origin;
      sums[3 * row] += difference;
      sums[3 * row + 1] += difference * difference;
      sums[3 * row + 2] += difference ** 3;
    }
  }
  return { rows, origin, sums };
}

import { type AnalysisCompute, calibrate, logitScores, maskOf } from '../analysis/index.ts';
import { logGamma } from '../analysis/tails.ts';
import type { Cells } from './cells.ts';
import { answersOf, type NamedRule, named } from './rule.ts';

/** What the labels alone say of the best of all rules. */
export interface LabelEvidence {
  readonly rule: NamedRule;
  /** Cells with a label, and how many of them give the rule's answer; a cell with several labels counts in part. */
  readonly cells: number;
  readonly matches: number;
  /** What chance would give: cells / P. */
  readonly expected: number;
  readonly z: number;
  /** Corrected for all rules scanned. */
  readonly log10PValue: number;
  readonly rulesScanned: number;
  /** P(rule | labels), prior and likelihood as in `rulePosterior`. */
  readonly posterior: number;
}

/**
 * Which rule do the labels obey, without any network? For every rule the number of cells whose label it
 * gives, a cell with several labels counting by their shares, with class means removed as in
 * `logitScores` and calibrated against the other rules as in `calibrate`. The spread is at least what labels
 * drawn at random would have, sqrt(Σ_cells (Σ_c share² / P − 1/P²)): a cell counts once however often it is
 * repeated, so copies of rows are no evidence.
 */
export function labelEvidence(cells: Cells, compute: AnalysisCompute): LabelEvidence {
  const { modulus, given } = cells;
  const shares = new Float32Array(modulus ** 3);
  let variance = 0;
  for (const { pair, labels, rows } of given) {
    for (const label of labels) {
      const share = label.rows / rows;
      shares[pair * modulus + label.label] = share;
      variance += (share * share) / modulus;
    }
    variance -= 1 / modulus ** 2;
  }
  const spread = Math.sqrt(Math.max(0, variance));
  const mask = maskOf(
    Uint32Array.from(given, ({ pair }) => pair),
    modulus,
  );
  const scores = logitScores(shares, modulus, mask, compute);
  // The scores are means over cells, the spread is of counts; skewness as of a binomial count.
  const least = {
    spread: spread / given.length,
    skewness: spread > 0 ? (1 - 2 / modulus) / spread : 0,
  };
  const calibration = calibrate(scores, 1, least, true);
  const best = calibration.best();
  const rule = named(best.rule, modulus);
  const answers = answersOf(rule, modulus);
  const matches = given.reduce((sum, { pair }) => sum + shares[pair * modulus + answers[pair]], 0);
  return {
    rule,
    cells: given.length,
    matches,
    expected: given.length / modulus,
    z: best.evidence.z,
    log10PValue: best.evidence.log10PValue,
    rulesScanned: calibration.rules,
    posterior: rulePosterior(matches, given.length, modulus, calibration.rules),
  };
}

/**
 * P(rule | labels) when n cells are labelled and N labels follow it:
 *
 *     BF / (BF + 2R),   BF = Pⁿ ∫₀¹ (1 − ε)^N (ε/(P−1))^(n−N) dε = Pⁿ (P−1)^(N−n) B(N + 1, n − N + 1),
 *
 * BF weighs the rule, at a noise ratio ε nobody knows, against labels without any rule. Assumed: with
 * probability ½ there is a rule, each of the R alike. The other R − 1 rules have a Bayes factor of 1 on
 * average where none holds, hence the second R.
 */
export function rulePosterior(
  matches: number,
  cells: number,
  modulus: number,
  rules: number,
): number {
  const misses = cells - matches;
  const logFactor =
    cells * Math.log(modulus) -
    misses * Math.log(modulus - 1) +
    logGamma(matches + 1) +
    logGamma(misses + 1) -
    logGamma(cells + 2);
  return 1 / (1 + 2 * Math.exp(Math.log(rules) - logFactor));
}

/**
 * The largest evidence that so many cells can give, log10 of the corrected p if every label followed one
 * rule: R · P⁻ⁿ. Above the level nothing can be told, whatever the labels are.
 */
export function log10LeastPValue(cells: number, modulus: number): number {
  const rules = (modulus - 1) ** 2 * modulus;
  return Math.log10(rules) - cells * Math.log10(modulus);
}

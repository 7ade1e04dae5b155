import {
  type AnalysisCompute,
  calibrate,
  logitScores,
  maskOf,
  type Rule,
} from '../analysis/index.ts';
import { type RuleScores, ruleAt } from '../analysis/rule-scores.ts';
import { logGamma } from '../analysis/tails.ts';
import type { Cells } from './cells.ts';
import { answersOf, type NamedRule, named } from './rule.ts';

/** What the labels alone say of the best of all rules. */
export interface LabelEvidence {
  /** The rule that most labels follow. */
  readonly rule: NamedRule;
  /** Cells with a label, and how many of them give the rule's answer; a cell with several labels counts in part. */
  readonly cells: number;
  readonly matches: number;
  /** What chance would give: cells / P. */
  readonly expected: number;
  /** That there is a rule at all: z of the rule that stands out most, and its p, corrected for all rules. */
  readonly z: number;
  readonly log10PValue: number;
  readonly rulesScanned: number;
  /** The rules that come next by their matches. */
  readonly runnersUp: readonly { readonly rule: NamedRule; readonly matches: number }[];
}

/** Rules whose matches are counted exactly; any other has fewer than all of them. */
const candidates = 6;

/**
 * Which rule do the labels obey, without any network? For every rule the number of cells whose label it
 * gives, a cell with several labels counting by their shares, with class means removed as in
 * `logitScores` and calibrated against the other rules as in `calibrate`. The spread is at least what labels
 * drawn at random would have, sqrt(Σ_cells (Σ_c share² / P − 1/P²)): a cell counts once however often it is
 * repeated, so copies of rows are no evidence.
 *
 * That p-value says that there is a rule. Which one, the likelihood says: the rule with most matches. For
 * prime P they are the same; for composite P a rule that agrees with it on half of the cells may stand out more.
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
  const { rule: outstanding, evidence } = calibration.best();
  const [first, ...runnersUp] = [outstanding, ...highest(scores, candidates)]
    .map((each) => named(each, modulus))
    .filter((each, i, all) => all.findIndex(({ text }) => text === each.text) === i)
    .map((rule) => ({ rule, matches: matchesOf(rule, cells) }))
    .sort((x, y) => y.matches - x.matches);
  return {
    ...first,
    cells: given.length,
    expected: given.length / modulus,
    z: evidence.z,
    log10PValue: evidence.log10PValue,
    rulesScanned: calibration.rules,
    runnersUp,
  };
}

/** The rules with the highest statistic, highest first. */
function highest({ statistic, group }: RuleScores, count: number): Rule[] {
  const best: number[] = [];
  for (let index = 0; index < statistic.length; index++) {
    if (best.length === count && statistic[index] <= statistic[best[count - 1]]) continue;
    const place = best.findIndex((other) => statistic[index] > statistic[other]);
    best.splice(place < 0 ? best.length : place, 0, index);
    best.length = Math.min(best.length, count);
  }
  return best.map((index) => ruleAt(index, group));
}

/** How many cells give the rule's answer; one with several labels counts in part. */
export function matchesOf(rule: NamedRule, { given, modulus }: Cells): number {
  const answers = answersOf(rule, modulus);
  return given.reduce((sum, { pair, labels, rows }) => {
    const match = labels.find(({ label }) => label === answers[pair]);
    return sum + (match === undefined ? 0 : match.rows / rows);
  }, 0);
}

/**
 * P(rule | labels) when n cells are labelled and N labels follow it:
 *
 *     BF / (BF + Σ_rivals BF + 2R),
 *     BF = Pⁿ ∫₀¹ (1 − ε)^N (ε/(P−1))^(n−N) dε = Pⁿ (P−1)^(N−n) B(N + 1, n − N + 1),
 *
 * BF weighs a rule, at a noise ratio ε nobody knows, against labels without any rule. Assumed: with
 * probability ½ there is a rule, each of the R alike. Rivals are those that come next; all others have a Bayes
 * factor of 1 on average where they don't hold, hence the second R.
 */
export function rulePosterior(rule: NamedRule, cells: Cells, labels: LabelEvidence): number {
  const logFactor = (matches: number) => logBayesFactor(matches, cells.given.length, cells.modulus);
  const own = logFactor(matchesOf(rule, cells));
  const rivals = [labels, ...labels.runnersUp]
    .filter((other) => other.rule.text !== rule.text)
    .reduce((sum, { matches }) => sum + Math.exp(logFactor(matches) - own), 0);
  return 1 / (1 + rivals + 2 * Math.exp(Math.log(labels.rulesScanned) - own));
}

function logBayesFactor(matches: number, cells: number, modulus: number): number {
  const misses = cells - matches;
  return (
    cells * Math.log(modulus) -
    misses * Math.log(modulus - 1) +
    logGamma(matches + 1) +
    logGamma(misses + 1) -
    logGamma(cells + 2)
  );
}

/**
 * The largest evidence that so many cells can give, log10 of the corrected p if every label followed one
 * rule: R · P⁻ⁿ. Above the level nothing can be told, whatever the labels are.
 */
export function log10LeastPValue(cells: number, modulus: number): number {
  const rules = (modulus - 1) ** 2 * modulus;
  return Math.log10(rules) - cells * Math.log10(modulus);
}

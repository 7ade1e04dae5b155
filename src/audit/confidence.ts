import type { Cells } from './cells.ts';
import { cellLikelihood, type NoiseModel, obeyingProbability } from './noise-model.ts';

/** What is to be believed of one pair. */
export interface CellVerdict {
  readonly pair: number;
  /** The most probable true label, and its probability. */
  readonly proposal: number;
  readonly confidence: number;
  /** P(wrong) of each label given, in the order of `Cell.labels`; empty for a missing cell. */
  readonly wrong: readonly number[];
}

/**
 * Posterior of the true label t of a pair, by Bayes:
 *
 *     P(t) ∝ (π·h·[t is the rule's answer] + (1 − π·h)/P) · L(t),
 *
 * with π the probability of the rule itself, h that the pair obeys it and L the likelihood of the labels
 * given (`noise-model.ts`). A label c is wrong with probability 1 − P(c).
 *
 * @param probability π, 0…1.
 * @returns the cells in the order of `cells.given`, then those of `cells.missing`.
 */
export function cellVerdicts(
  cells: Cells,
  answers: Uint16Array,
  votes: Uint8Array,
  model: NoiseModel,
  probability: number,
): CellVerdict[] {
  const { modulus } = cells;
  const prior = (pair: number) => probability * obeyingProbability(model, pair, votes[pair]);
  const given = cells.given.map((cell): CellVerdict => {
    const obeys = prior(cell.pair);
    const likelihood = cellLikelihood(cell, modulus, model);
    const answer = answers[cell.pair];
    const highest = Math.max(likelihood.other, ...likelihood.given);
    const weightOf = (label: number, log: number) =>
      ((label === answer ? obeys : 0) + (1 - obeys) / modulus) * Math.exp(log - highest);
    const weights = cell.labels.map(({ label }, i) => weightOf(label, likelihood.given[i]));
    const isGiven = cell.labels.some(({ label }) => label === answer);
    const unlisted = modulus - cell.labels.length - (isGiven ? 0 : 1);
    const atAnswer = isGiven ? 0 : weightOf(answer, likelihood.other);
    const elsewhere = unlisted * weightOf(-1, likelihood.other);
    const total = weights.reduce((sum, weight) => sum + weight, 0) + atAnswer + elsewhere;
    const best = weights.indexOf(Math.max(...weights));
    const proposal = atAnswer > weights[best] ? answer : cell.labels[best].label;
    return {
      pair: cell.pair,
      proposal,
      confidence: Math.max(atAnswer, weights[best]) / total,
      // As a sum of the others, so that what is nearly certain keeps its digits.
      wrong: weights.map((own) => {
        const others = weights.reduce((sum, weight) => sum + weight, 0) - own;
        return Math.min(1, Math.max(0, (others + atAnswer + elsewhere) / total));
      }),
    };
  });
  const missing = Array.from(cells.missing, (pair): CellVerdict => {
    const obeys = prior(pair);
    return {
      pair,
      proposal: answers[pair],
      confidence: obeys + (1 - obeys) / modulus,
      wrong: [],
    };
  });
  return [...given, ...missing];
}

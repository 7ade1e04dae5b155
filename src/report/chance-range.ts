import type { Study } from './study.ts';

/** Whether a test accuracy is above what answering at random gives in 97.5 of 100 cases. */
export function beatsChance({ pairCounts, extraction }: Study, accuracy: number): boolean {
  return accuracy > chanceRange(pairCounts.test ?? 0, extraction.chance)[1];
}

/**
 * The shares of n answers that come out right by chance p, without 2.5 % of cases at either end: the
 * 0.025 and 0.975 quantiles of the binomial distribution over n.
 */
export function chanceRange(n: number, p: number): [number, number] {
  if (n === 0 || p <= 0 || p >= 1) return [p, p];
  let logProbability = n * Math.log1p(-p);
  let cumulative = Math.exp(logProbability);
  let low = cumulative > 0.025 ? 0 : -1;
  let right = 0;
  while (cumulative < 0.975 && right < n) {
    logProbability += Math.log(((n - right) / (right + 1)) * (p / (1 - p)));
    right++;
    cumulative += Math.exp(logProbability);
    if (low < 0 && cumulative >= 0.025) low = right;
  }
  return [Math.max(low, 0) / n, right / n];
}

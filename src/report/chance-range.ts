/**
 * The accuracy on n pairs that counts as above chance p only when passed: by answering at random, ANY of
 * `readings` accuracies that are compared with it passes it in 2.5 of 100 cases at most (Bonferroni).
 */
export function chanceLimit(n: number, p: number, readings: number): number {
  return chanceRange(n, p, 0.05 / readings)[1];
}

/**
 * The shares of n answers that come out right by chance p, without the `outside`/2 of cases at either
 * end: two quantiles of the binomial distribution over n.
 */
export function chanceRange(n: number, p: number, outside = 0.05): [number, number] {
  if (n === 0 || p <= 0 || p >= 1) return [p, p];
  const tail = outside / 2;
  let logProbability = n * Math.log1p(-p);
  let cumulative = Math.exp(logProbability);
  let low = cumulative >= tail ? 0 : -1;
  let right = 0;
  while (cumulative < 1 - tail && right < n) {
    logProbability += Math.log(((n - right) / (right + 1)) * (p / (1 - p)));
    right++;
    cumulative += Math.exp(logProbability);
    if (low < 0 && cumulative >= tail) low = right;
  }
  return [Math.max(low, 0) / n, right / n];
}

/** Sorted p-values beside those of the uniform distribution. */

export interface UniformQuantile {
  /** i/(n + 1), the mean of the i-th smallest of n uniform values. */
  readonly expected: number;
  /** 95 % of the i-th smallest lie between these: quantiles of Beta(i, n + 1 − i). */
  readonly low: number;
  readonly high: number;
  /** The i-th smallest of the values. */
  readonly observed: number;
}

/** About `points` of n ranks, evenly apart on a logarithmic scale, with the smallest and the largest. */
export function uniformQuantiles(values: readonly number[], points: number): UniformQuantile[] {
  const sorted = values.toSorted((x, y) => x - y);
  const count = sorted.length;
  const ranks = new Set(
    Array.from({ length: points }, (_, i) => Math.round(count ** (i / (points - 1)))),
  );
  return [...ranks].map((rank) => ({
    expected: rank / (count + 1),
    low: orderStatisticQuantile(rank, count, 0.025),
    high: orderStatisticQuantile(rank, count, 0.975),
    observed: sorted[rank - 1],
  }));
}

/**
 * By how much more of the values lie at or below some x than x itself, at most: the one-sided statistic of
 * Kolmogorov and Smirnov against p-values that are too small.
 */
export function excessOverUniform(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted.reduce((most, p, i) => Math.max(most, (i + 1) / sorted.length - p), 0);
}

/** What `excessOverUniform` of n uniform values stays below with probability 95 % or more (Massart 1990). */
export function excessBound(count: number): number {
  return Math.sqrt(Math.log(1 / 0.05) / (2 * count));
}

/** The quantile of the `rank`-th smallest of `count` uniform values, Beta(rank, count + 1 − rank). */
export function orderStatisticQuantile(rank: number, count: number, probability: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atLeastBelow(rank, count, middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(at least `rank` of `count` uniform values lie below x): a binomial tail, summed from its largest term on. */
function atLeastBelow(rank: number, count: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logTerm = (k: number) =>
    logFactorial(count) -
    logFactorial(k) -
    logFactorial(count - k) +
    k * Math.log(x) +
    (count - k) * Math.log1p(-x);
  // The tail on the side away from the mean is the short one.
  const isUpper = rank > count * x;
  let term = Math.exp(logTerm(isUpper ? rank : rank - 1));
  let sum = 0;
  for (let k = isUpper ? rank : rank - 1; term > sum * 1e-12 && k >= 0 && k <= count; ) {
    sum += term;
    if (isUpper) {
      term *= ((count - k) / (k + 1)) * (x / (1 - x));
      k++;
    } else {
      term *= (k / (count - k + 1)) * ((1 - x) / x);
      k--;
    }
  }
  return isUpper ? sum : 1 - sum;
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++) {
    logFactorials.push(logFactorials[k - 1] + Math.log(k));
  }
  return logFactorials[n];
}

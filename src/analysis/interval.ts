/** Means with their uncertainty. */
import { studentOfNormal } from './tails.ts';

export interface Interval {
  readonly mean: number;
  /** 95 % interval of the mean by Student's t; the mean itself for one value. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The 0.975 quantile of Student's t for 1…10 degrees of freedom; tables of the distribution. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/**
 * Mean and 95 % confidence interval of the mean, mean ± t₀.₉₇₅(n − 1)·s/√n. With two or three seeds it is
 * wide, and says so.
 * @throws RangeError for no values.
 */
export function interval(values: readonly number[]): Interval {
  const count = values.length;
  if (count === 0) throw new RangeError('an interval needs at least one value');
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, low: mean, high: mean, count };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const freedom = count - 1;
  const t = freedom <= quantiles.length ? quantiles[freedom - 1] : studentOfNormal(1.96, freedom);
  const half = t * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half, count };
}

/** `interval`, kept within 0…1: of shares. */
export function shareInterval(values: readonly number[]): Interval {
  return within(interval(values), 0);
}

/** An interval cut to `least`…1. */
export function within(whole: Interval, least: number): Interval {
  const inside = (value: number) => Math.min(1, Math.max(least, value));
  return { ...whole, low: inside(whole.low), high: inside(whole.high) };
}

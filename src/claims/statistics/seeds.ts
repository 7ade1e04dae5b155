/** Comparisons over seeds: the same seeds on both sides, so that their luck cancels. */
import type { MetricsRow } from '../../train/metrics-row.ts';
import type { TrainingOutput } from '../experiments/training.ts';
import { type Interval, interval } from './interval.ts';

/** The interval of x − y, seed by seed. @throws RangeError where their numbers of seeds differ. */
export function pairedDifference(x: readonly number[], y: readonly number[]): Interval {
  if (x.length !== y.length) throw new RangeError('paired values must be as many on both sides');
  return interval(x.map((value, i) => value - y[i]));
}

/**
 * Whether a mean is above `bound` beyond chance: the whole interval is, or, with one seed, the value. That
 * is a one-sided test at 2.5 %.
 */
export function clears({ mean, low, count }: Interval, bound = 0): boolean {
  return (count === 1 ? mean : low) > bound;
}

/**
 * Whether a mean is below `bound` beyond chance: `clears` turned around. With a margin as bound it shows
 * that a difference is at most that small, which a difference that merely fails to clear 0 does not.
 */
export function isBelow({ mean, high, count }: Interval, bound = 0): boolean {
  return (count === 1 ? mean : high) < bound;
}

/** The metrics after the last step. */
export function lastRow({ metrics }: TrainingOutput): MetricsRow {
  return metrics[metrics.length - 1];
}

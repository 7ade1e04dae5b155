/** Shares of networks with their uncertainty. */
import { chanceCounts } from '../../analysis/null-shapes.ts';
import { log10UpperTail } from '../../analysis/tails.ts';
import { type Interval, plainDigits } from './interval.ts';

/**
 * A share `count` of `total` with its interval by Wilson's formula, which holds near 0 and 1 too: with none of
 * n it reaches from 0 to z²/(n + z²). `z` standard errors to either side; default 1.96, a 95 % interval.
 * @throws RangeError for a total of 0.
 */
export function proportion(count: number, total: number, z = 1.96): Interval {
  if (total === 0) throw new RangeError('a share needs at least one network');
  const centre = (count + (z * z) / 2) / (total + z * z);
  const margin = (z * Math.sqrt((count * (total - count)) / total + (z * z) / 4)) / (total + z * z);
  return {
    mean: count / total,
    low: count === 0 ? 0 : centre - margin,
    high: count === total ? 1 : centre + margin,
    count: total,
  };
}

/** The share of those for which `holds` is true. */
export function shareOf<T>(all: readonly T[], holds: (one: T) => boolean): Interval {
  return proportion(all.filter(holds).length, all.length);
}

/**
 * The same share with three standard errors to either side, 99.7 %: where some twenty shares are compared with
 * what they should be, one of their 95 % intervals leaves it out by chance.
 */
export function threeErrors({ mean, count }: Interval): Interval {
  return proportion(Math.round(mean * count), count, 3);
}

/**
 * log10 P(X ≥ count) of a binomial number X, how many of `total` come by chance: by the Pearson III tail with
 * its mean, spread and skewness, half a count less because X is whole. Ours: of a total of 60 or more it is up to
 * 1.15 times the exact p where that is 0.005 or more, further out more, and never less.
 */
export function log10BinomialTail(count: number, total: number, chance: number): number {
  const { spread, skewness } = chanceCounts(total, 1 / chance);
  return log10UpperTail((count - 0.5 - total * chance) / spread, skewness);
}

/** "0.0071 [0.0043, 0.0116]". */
export function rateText({ mean, low, high }: Interval): string {
  const digits = (value: number) => (value < 5e-5 ? '0' : plainDigits(value, 2));
  return `${digits(mean)} [${digits(low)}, ${digits(high)}]`;
}

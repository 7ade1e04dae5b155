/** Means over seeds with their uncertainty. */
import { studentOfNormal } from '../../analysis/tails.ts';

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

/** `interval`, kept within −1…1: of correlations. */
export function correlationInterval(values: readonly number[]): Interval {
  return within(interval(values), -1);
}

function within(whole: Interval, least: number): Interval {
  const inside = (value: number) => Math.min(1, Math.max(least, value));
  return { ...whole, low: inside(whole.low), high: inside(whole.high) };
}

/** "98.2 % [97.1, 99.3]": a share with its interval; without one where there is one seed. */
export function shareText({ mean, low, high, count }: Interval): string {
  const digits = (value: number) => fixedDigits(100 * value);
  return count === 1 ? `${digits(mean)} %` : `${digits(mean)} % [${digits(low)}, ${digits(high)}]`;
}

/** "12.5 points [5.3, 19.7]": a difference of shares, in percentage points. */
export function pointsText({ mean, low, high, count }: Interval): string {
  const digits = (value: number) => fixedDigits(100 * value);
  const points = `${digits(mean)} points`;
  return count === 1 ? points : `${points} [${digits(low)}, ${digits(high)}]`;
}

/** "1.23 [1.1, 1.4]". */
export function numberText({ mean, low, high, count }: Interval, precision = 3): string {
  const digits = (value: number) => plainDigits(value, precision);
  return count === 1 ? digits(mean) : `${digits(mean)} [${digits(low)}, ${digits(high)}]`;
}

/** "−0.25": so many significant digits, without an exponent where that is readable. */
export function plainDigits(value: number, precision = 3): string {
  if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5)) {
    return withMinus(String(Number(value.toPrecision(precision))));
  }
  return withMinus(value.toExponential(precision - 1));
}

/** "−7.0": so many digits after the point; what rounds to zero has no sign. */
export function fixedDigits(value: number, digits = 1): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : withMinus(text);
}

/** A minus sign for the hyphen before a number; that of an exponent stays. */
function withMinus(text: string): string {
  return text.replace(/^-/, '−');
}

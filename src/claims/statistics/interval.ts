/** Means over seeds as text. */
import { type Interval, interval, within } from '../../analysis/interval.ts';

export { type Interval, interval, shareInterval } from '../../analysis/interval.ts';

/** `interval`, kept within −1…1: of correlations. */
export function correlationInterval(values: readonly number[]): Interval {
  return within(interval(values), -1);
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

/** How the report writes numbers. Non-breaking spaces keep a number with its unit. */

const space = '\u00a0';

/** Shown in place of a figure that can't be had; the reason stands beside it. */
export const notKnown = 'not known';

/**
 * A share as per cent with one decimal: 0.998 is "99.8 %". Only an exact 0 or 1 reads "0 %" or
 * "100 %"; what would round there gets the decimals that keep it apart.
 */
export function percent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return notKnown;
  if (share === 0 || share === 1) return `${share * 100}${space}%`;
  for (const decimals of [1, 2, 3, 4]) {
    const text = (share * 100).toFixed(decimals);
    if (Number(text) > 0 && Number(text) < 100) {
      return `${decimals === 1 ? text.replace(/\.0$/, '') : text}${space}%`;
    }
  }
  return share < 0.5 ? `< 0.0001${space}%` : `> 99.9999${space}%`;
}

/** A whole number with commas between thousands: "12,769". */
export function count(value: number): string {
  const digits = String(Math.round(Math.abs(value)));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `−${grouped}` : grouped;
}

/** A number to about three significant digits, with a real minus sign. */
export function plain(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return notKnown;
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 10 ** digits ? count(magnitude) : String(Number(magnitude.toPrecision(digits)));
  return value < 0 ? `−${text}` : text;
}

/** A T or z to one decimal, with a real minus sign. */
export function tenths(value: number | null): string {
  return plain(value === null ? null : Math.round(10 * value) / 10, 4);
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * A p-value from its logarithm: "p = 0.02", "p ≈ 10⁻⁵⁰". Beyond 10⁻¹⁰⁰ only that bound: no null
 * distribution is known so far out.
 */
export function pValue(log10: number): string {
  if (log10 >= 0) return `p${space}=${space}1`;
  if (log10 < -100) return `p${space}<${space}10⁻¹⁰⁰`;
  if (log10 > -3) return `p${space}=${space}${Number((10 ** log10).toPrecision(2))}`;
  const exponent = [...String(Math.round(-log10))].map((digit) => superscripts[Number(digit)]);
  return `p${space}≈${space}10⁻${exponent.join('')}`;
}

/** A label inside a sentence: without its capital, unless it is a symbol such as G. */
export function lower(label: string): string {
  return /^[A-Z](?![a-z])/.test(label)
    ? label
    : label.replace(/^./, (first) => first.toLowerCase());
}

/** "a", "a and b", "a, b and c". */
export function list(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

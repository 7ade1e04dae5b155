import { InputError } from '../errors.ts';
import { quote } from '../format/index.ts';
import { greatestCommonDivisor } from '../task/abelian-group.ts';

/**
 * The symbols of an order as the user gave it: `FIRST..LAST` of whole numbers, or names with commas between
 * them; else the lines of a file. Blank ones are left out.
 *
 * @param read reads the text of a file.
 * @throws InputError for an order of fewer than two symbols or with a symbol twice.
 */
export function parseOrder(text: string, read: (path: string) => string): string[] {
  const range = /^(-?\d{1,9})\.\.(-?\d{1,9})$/.exec(text.trim());
  const symbols =
    range !== null
      ? countUp(Number(range[1]), Number(range[2]))
      : (text.includes(',') ? text.split(',') : linesOf(text, read))
          .map((symbol) => symbol.trim())
          .filter((symbol) => symbol !== '');
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i);
  if (twice !== undefined) {
    throw new InputError(`--order: expected every symbol once, got ${quote(twice)} twice.`);
  }
  if (symbols.length < 2) {
    throw new InputError(`--order: expected at least two symbols, got ${symbols.length}.`);
  }
  return symbols;
}

function countUp(first: number, last: number): string[] {
  if (last < first || last - first > 100_000) {
    throw new InputError(
      `--order: expected a range from a smaller to a larger number, of at most 100,000, got ${first}..${last}.`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

function linesOf(path: string, read: (path: string) => string): string[] {
  try {
    return read(path)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `--order: expected symbols with commas between them (mon,tue,wed), a range (0..30) or a file with one symbol a line. ${error.message}`,
      { cause: error },
    );
  }
}

/**
 * Symbols that are all whole numbers, in numeric order; null for others. Where they are evenly spaced but for
 * gaps (at most half of the places empty), the gaps are filled, so that a number that happens not to occur
 * doesn't move all that follow. Places are (number − smallest) / (greatest common divisor of the distances).
 */
export function numericOrder(symbols: readonly string[]): string[] | null {
  if (symbols.length === 0 || !symbols.every((symbol) => /^[+-]?\d{1,15}$/.test(symbol)))
    return null;
  const byValue = new Map(symbols.map((symbol) => [Number(symbol), symbol]));
  // Two spellings of one number ("1", "01") are two symbols, and then numbers are no order.
  if (byValue.size !== symbols.length) return null;
  const values = [...byValue.keys()].sort((x, y) => x - y);
  const [least] = values;
  const step = values.reduce((divisor, value) => greatestCommonDivisor(divisor, value - least), 0);
  const places = step === 0 ? 1 : (values[values.length - 1] - least) / step + 1;
  if (places > 2 * values.length) return values.map((value) => byValue.get(value) ?? '');
  const digits = symbols.some((symbol) => /^0\d/.test(symbol)) ? symbols[0].length : 1;
  return Array.from({ length: places }, (_, i) => {
    const value = least + i * step;
    return byValue.get(value) ?? String(value).padStart(digits, '0');
  });
}

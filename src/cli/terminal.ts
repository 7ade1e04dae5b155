/** What a person reads: colours where the terminal has them (NO_COLOR respected), tables, percentages. */
import process from 'node:process';
import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** `text` in a style where standard output is a terminal that wants colour. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A line for people on standard error: progress and notices never go to standard output. */
export function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** An accuracy as people read it: "99.3 %"; a dash where it isn't known. Only an exact 1 reads "100.0 %". */
export function percent(accuracy: number | null): string {
  if (accuracy === null) return '–';
  const text = (100 * accuracy).toFixed(1);
  return accuracy < 1 && text === '100.0' ? '> 99.9 %' : `${text} %`;
}

/** A p-value from its decimal logarithm: "0.012", "1e-9"; far out in the tail only "< 1e-100". */
export function pValue(log10: number): string {
  if (log10 < -100) return '< 1e-100';
  if (log10 < -3) {
    // One digit, rounded up: no p looks smaller than it is.
    const exponent = Math.floor(log10);
    const digit = Math.ceil(10 ** (log10 - exponent) - 1e-9);
    return digit === 10 ? `1e${exponent + 1}` : `${digit}e${exponent}`;
  }
  return (10 ** log10).toPrecision(2);
}

/** Columns padded to their widest cell; the first is left-aligned, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const length = (cell: string) => stripVTControlCharacters(cell).length;
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => length(row[column]))));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const padding = ' '.repeat(widths[column] - length(cell));
          return column === 0 ? cell + padding : padding + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** "1 min 5 s", "12 s", "0.8 s". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 100) return `${minutes} min ${whole % 60} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

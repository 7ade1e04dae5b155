/**
 * A chart as plain data: rows of a table and what they mean. From one description come the vector graphic
 * (chart-svg.ts), the table, and the Python script that draws it again (chart-files.ts).
 */

export interface Axis {
  /** The column of the rows. */
  readonly column: string;
  readonly label: string;
  /** log: base 10 or, with `base`, another. category: text in order of appearance. Default linear. */
  readonly scale?: 'linear' | 'log' | 'category';
  readonly base?: number;
  /** Values are shares 0…1, shown in per cent on a fixed axis of 0…100. */
  readonly share?: boolean;
}

/** A line across the chart at one value, such as chance. */
export interface ReferenceLine {
  readonly axis: 'x' | 'y';
  readonly value: number;
  readonly label: string;
  /** The facet it belongs to; default: all. */
  readonly facet?: string;
}

export type Row = Readonly<Record<string, number | string | null>>;

export interface Chart {
  /** File name without ending, unique within its claim: "test-error". */
  readonly key: string;
  readonly title: string;
  /** What is shown, with the settings, and what to see in it. */
  readonly caption: string;
  /** lines: a line a series with its interval as a band. dots: a dot with its interval. scatter: points. */
  readonly kind: 'lines' | 'dots' | 'scatter';
  readonly rows: readonly Row[];
  readonly x: Axis;
  readonly y: Axis;
  /** Columns of the ends of the interval of y. */
  readonly low?: string;
  readonly high?: string;
  /** The column that tells series apart; they are drawn in order of appearance. */
  readonly series?: { readonly column: string; readonly label: string };
  /** The column that deals rows to panels side by side. */
  readonly facet?: { readonly column: string; readonly label: string };
  readonly lines?: readonly ReferenceLine[];
}

/** The values of a column in order of appearance. */
export function valuesOf(rows: readonly Row[], column: string): string[] {
  return [...new Set(rows.map((row) => String(row[column])))];
}

/** All columns of the rows in order of appearance. */
export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** The axis title, with the unit of shares. */
export function axisTitle({ label, share }: Axis): string {
  return share ? `${label}, %` : label;
}

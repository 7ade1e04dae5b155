import type { Row } from './charts/chart.ts';
import { interval, shareInterval } from './statistics/interval.ts';

/** Values over seeds; null where a seed has none. */
export type BySeed = readonly (number | null)[];

/** The seeds that have a value. */
export function known(values: BySeed): number[] {
  return values.filter((value) => value !== null);
}

/** A row of a chart: labels with mean, low and high over seeds; none where no seed has a value. */
export function meanRow(labels: Row, values: BySeed, kind: 'share' | 'number'): Row[] {
  const present = known(values);
  if (present.length === 0) return [];
  const { mean, low, high } = (kind === 'share' ? shareInterval : interval)(present);
  return [{ ...labels, mean, low, high }];
}

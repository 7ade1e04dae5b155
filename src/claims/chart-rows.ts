/** Means over seeds as rows of a chart. */
import type { Accuracies } from '../task/dataset.ts';
import type { Row } from './charts/chart.ts';
import type { BySeed } from './statistics/by-seed.ts';
import { type Interval, interval, shareInterval } from './statistics/interval.ts';

/** How charts name the groups of rows that an accuracy is about. */
export const roleNames = {
  test: 'test',
  cleanTrain: 'clean rows',
  noisyTrain: 'noisy rows, wrong label',
  noisyTrue: 'noisy rows, true label',
} as const satisfies Partial<Record<keyof Accuracies, string>>;
export type ChartedRole = keyof typeof roleNames;

/**
 * A row of a chart: labels with `mean`, `low` and `high` over seeds. No row where no seed has a value; null
 * in the columns where only some have one, for their mean would be over other seeds than its neighbours'.
 */
export function meanRow(
  labels: Row,
  values: BySeed,
  of: (values: readonly number[]) => Interval = interval,
): Row[] {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return [];
  if (present.length < values.length) return [{ ...labels, mean: null, low: null, high: null }];
  const { mean, low, high } = of(present);
  return [{ ...labels, mean, low, high }];
}

/** One row a role: `labels`, `role` by its name, and the mean over seeds. */
export function accuracyRows(
  labels: Row,
  roles: readonly ChartedRole[],
  bySeed: readonly Accuracies[],
): Row[] {
  return roles.flatMap((role) =>
    meanRow(
      { ...labels, role: roleNames[role] },
      bySeed.map((one) => one[role]),
      shareInterval,
    ),
  );
}

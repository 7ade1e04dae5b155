/** Accuracies over seeds as points of a chart. */
import type { Accuracies } from '../task/dataset.ts';
import type { Row } from './charts/chart.ts';
import { interval, shareInterval } from './statistics/interval.ts';

/** How charts name the groups of rows that an accuracy is about. */
export const roleNames = {
  test: 'test',
  cleanTrain: 'clean rows',
  noisyTrain: 'noisy rows, wrong label',
  noisyTrue: 'noisy rows, true label',
} as const satisfies Partial<Record<keyof Accuracies, string>>;
export type ChartedRole = keyof typeof roleNames;

/** Columns of a mean with its interval: `value`, `low`, `high`; null where a seed has no value. */
export function meanColumns(values: readonly (number | null)[], of = interval): Row {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return { value: null, low: null, high: null };
  const { mean, low, high } = of(known);
  return { value: mean, low, high };
}

/** `meanColumns` of shares, kept within 0…1. */
export function shareColumns(values: readonly (number | null)[]): Row {
  return meanColumns(values, shareInterval);
}

/** One row a role: `labels`, `role` by its name, and the mean over seeds. */
export function accuracyRows(
  labels: Row,
  roles: readonly ChartedRole[],
  bySeed: readonly Accuracies[],
): Row[] {
  return roles.map((role) => ({
    ...labels,
    role: roleNames[role],
    ...shareColumns(bySeed.map((one) => one[role])),
  }));
}

/**
 * The accuracies of one role by seed.
 * @throws RangeError where a network has none.
 */
export function accuracyOf(bySeed: readonly Accuracies[], role: keyof Accuracies): number[] {
  return bySeed.map((one) => {
    const value = one[role];
    if (value === null) throw new RangeError(`no accuracy is known on ${role}`);
    return value;
  });
}

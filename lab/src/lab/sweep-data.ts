/** From the runs of a sweep to what its figures draw. */
import type { AxisJson, SweepRunJson } from 'undertone/serve';
import { type MetricName, metricNames, type Spread, shown, spreadOf } from './grouping.ts';

export type Value = AxisJson['values'][number];

/** A metric at the end of a run, or a number that was taken out of its weights. */
export interface SweepMetric {
  readonly key: string;
  readonly label: string;
  readonly isShare: boolean;
  of(run: SweepRunJson): number | null;
}

const notShares = /^scan\.(k1|k2|shift|T|log10PValue)$/;

/** What at least one run has. */
export function metricsOf(runs: readonly SweepRunJson[]): SweepMetric[] {
  const measured = (Object.keys(metricNames) as MetricName[]).map(
    (name): SweepMetric => ({
      key: name,
      label: metricNames[name],
      isShare: name !== 'loss',
      of: ({ metrics }) => metrics?.[name] ?? null,
    }),
  );
  const names = new Set(runs.flatMap(({ extracted }) => Object.keys(extracted ?? {})));
  const extracted = [...names].map(
    (name): SweepMetric => ({
      key: name,
      label: name,
      isShare: !notShares.test(name),
      of: (run) => {
        const value = run.extracted?.[name];
        return typeof value === 'number' ? value : null;
      },
    }),
  );
  const seconds: SweepMetric = {
    key: 'seconds',
    label: 'seconds',
    isShare: false,
    of: (run) => (run.status === 'done' ? run.seconds : null),
  };
  return [...measured, ...extracted, seconds].filter((metric) =>
    runs.some((run) => metric.of(run) !== null),
  );
}

export const isNumeric = ({ values }: AxisJson) =>
  values.every((value) => typeof value === 'number');

/** Whether values are spread so that a logarithmic axis shows them better. */
export function isWide({ values }: AxisJson): boolean {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  const least = Math.min(...numbers);
  return least > 0 && Math.max(...numbers) / least >= 8;
}

interface WidthPoint extends Spread {
  readonly x: number;
}

export interface WidthLine {
  readonly label: string;
  readonly points: readonly WidthPoint[];
  readonly runs: readonly { readonly x: number; readonly y: number }[];
}

/** A line for each value of the axis `by` (null: one line); over all that else differs goes the band. */
export function linesOf(
  runs: readonly SweepRunJson[],
  x: string,
  by: AxisJson | null,
  metric: SweepMetric,
): WidthLine[] {
  return (by?.values ?? [null]).flatMap((value): WidthLine[] => {
    const own = runs.filter(({ axes }) => by === null || (axes[by.name] ?? null) === value);
    const dots = own.flatMap((run) => {
      const y = metric.of(run);
      const at = run.axes[x];
      return y === null || typeof at !== 'number' ? [] : [{ x: at, y }];
    });
    const points = [...new Set(dots.map((dot) => dot.x))]
      .sort((one, two) => one - two)
      .flatMap((at) => {
        const spread = spreadOf(dots.filter((dot) => dot.x === at).map(({ y }) => y));
        return spread === null ? [] : [{ x: at, ...spread }];
      });
    if (points.length === 0) return [];
    return [{ label: by === null ? '' : `${by.name} ${shown(value)}`, points, runs: dots }];
  });
}

export interface HeatCell {
  readonly x: Value;
  readonly y: Value;
  readonly mean: number | null;
  readonly count: number;
}

export function cellsOf(
  runs: readonly SweepRunJson[],
  x: AxisJson,
  y: AxisJson,
  metric: SweepMetric,
): HeatCell[] {
  const found = new Map<string, (number | null)[]>();
  const key = (one: unknown, two: unknown) => JSON.stringify([one ?? null, two ?? null]);
  for (const run of runs) {
    const at = key(run.axes[x.name], run.axes[y.name]);
    found.set(at, [...(found.get(at) ?? []), metric.of(run)]);
  }
  return x.values.flatMap((one) =>
    y.values.flatMap((two): HeatCell[] => {
      const values = found.get(key(one, two));
      if (values === undefined) return [];
      const spread = spreadOf(values);
      return [{ x: one, y: two, mean: spread?.mean ?? null, count: spread?.count ?? 0 }];
    }),
  );
}

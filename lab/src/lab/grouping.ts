/** Runs that differ in nothing but the seed are one group: mean and spread instead of a tangle of lines. */
import type { MetricsJson, RunJson } from 'undertone/serve';
import type { Settings } from 'undertone/train';

export type MetricName = Exclude<keyof MetricsJson, 'step'>;

export const metricNames: Readonly<Record<MetricName, string>> = {
  test: 'test',
  noisyTrain: 'noisy train',
  cleanTrain: 'clean train',
  noisyTrue: 'noisy, true label',
  validation: 'validation',
  loss: 'loss',
};

export interface Group<Run extends Pick<RunJson, 'settings' | 'name'> = RunJson> {
  readonly key: string;
  readonly runs: readonly Run[];
  /** What tells it from the others: "width 129 · noiseRatio 0.2". */
  readonly label: string;
}

const rates = ['learningRate', 'weightDecay', 'momentum'] as const;

/**
 * Settings that have more than one value, in the order of the settings; without the rates where the optimizer alone
 * decides them.
 */
export function differing(runs: readonly Pick<RunJson, 'settings'>[]): (keyof Settings)[] {
  if (runs.length === 0) return [];
  const count = (of: (settings: Settings) => unknown) =>
    new Set(runs.map(({ settings }) => of(settings))).size;
  const optimizers = count(({ optimizer }) => optimizer);
  const follows = (name: keyof Settings) =>
    optimizers > 1 &&
    (rates as readonly string[]).includes(name) &&
    count((settings) => `${settings.optimizer} ${settings[name]}`) === optimizers;
  return (Object.keys(runs[0].settings) as (keyof Settings)[]).filter(
    (name) => count((settings) => settings[name]) > 1 && !follows(name),
  );
}

export function groupsOf<Run extends Pick<RunJson, 'settings' | 'name'>>(
  runs: readonly Run[],
  bySeed: boolean,
): Group<Run>[] {
  const names = differing(runs).filter((name) => !bySeed || name !== 'seed');
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = bySeed ? JSON.stringify({ ...run.settings, seed: 0 }) : run.name;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups].map(([key, members]) => ({
    key,
    runs: members,
    label:
      names.map((name) => `${name} ${shown(members[0].settings[name])}`).join(' · ') ||
      (members.length === 1 ? members[0].name : `${members.length} seeds`),
  }));
}

/** A setting as people read it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 38)}…` : text;
}

export interface Spread {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Mean and range; null where no value is known. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((value) => value != null && Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    low: Math.min(...known),
    high: Math.max(...known),
    count: known.length,
  };
}

/** Where an axis of shares ends that begins at 0: at all, or earlier where all values are small. */
export function topOf(values: readonly number[]): number {
  const most = values.reduce((top, value) => Math.max(top, value), 0);
  return [0.05, 0.1, 0.15, 0.25, 0.5].find((top) => most <= 0.92 * top) ?? 1;
}

export interface CurvePoint extends Spread {
  readonly step: number;
}

/** The curve of a group: at every step that one of its runs measured, over those that did. */
export function curveOf(
  series: readonly (readonly MetricsJson[])[],
  metric: MetricName,
): CurvePoint[] {
  const values = new Map<number, (number | null)[]>();
  for (const rows of series) {
    for (const row of rows) {
      const known = values.get(row.step);
      if (known === undefined) values.set(row.step, [row[metric]]);
      else known.push(row[metric]);
    }
  }
  return [...values]
    .sort(([x], [y]) => x - y)
    .flatMap(([step, at]) => {
      const spread = spreadOf(at);
      return spread === null ? [] : [{ step, ...spread }];
    });
}

/** Records of the store as the page gets them. */
import type { FinalMetrics, RunRecord, SweepRun, SweepStatus } from '../store/index.ts';
import { trainCommandLine } from '../train/index.ts';
import type {
  AxisJson,
  MetricsJson,
  RunDetailJson,
  RunJson,
  SweepJson,
  SweepRunJson,
} from './wire.ts';

export function metricsJson(metrics: FinalMetrics): MetricsJson {
  const { step, loss, cleanTrain, noisyTrain, noisyTrue, validation, test } = metrics;
  const finite = Number.isFinite(loss) ? loss : null;
  return { step, loss: finite, cleanTrain, noisyTrain, noisyTrue, validation, test };
}

export function runJson(run: RunRecord): RunJson {
  const { name, key, status, settings, step, seconds, created, started, finished } = run;
  const { hash, metrics, extracted, error, owner, tags, note } = run;
  return {
    ...{ name, key, status, settings, step, seconds, created, started, finished, hash },
    metrics: metrics === null ? null : metricsJson(metrics),
    extracted,
    error,
    machine: owner === null ? null : owner.replace(/:\d+:\d+$/, ''),
    ...{ tags, note },
  };
}

export function runDetailJson(run: RunRecord): RunDetailJson {
  const { measureEvery, extract, keep, made, settings } = run;
  const command = trainCommandLine(settings, { measureEvery: measureEvery ?? undefined });
  return { ...runJson(run), measureEvery, extract, keep, made, command };
}

export function sweepJson(
  { name, filename, state, created, updated, counts }: SweepStatus,
  work: { readonly trouble: string | null } | null,
): SweepJson {
  const trouble = work?.trouble ?? null;
  return { name, filename, state, created, updated, counts, here: work !== null, trouble };
}

export function sweepRunJson({ run, axes }: SweepRun): SweepRunJson {
  const { name, status, step, seconds, metrics, extracted, error, settings } = run;
  return {
    ...{ name, status, axes, step, steps: settings.steps, seconds },
    metrics: metrics === null ? null : metricsJson(metrics),
    ...{ extracted, error },
  };
}

/** What varies over runs; numbers ascending, all else in the order in which runs first have it. */
export function axesJson(runs: readonly Pick<SweepRun, 'axes'>[]): AxisJson[] {
  const values = new Map<string, Set<AxisJson['values'][number]>>();
  for (const { axes } of runs) {
    for (const [name, value] of Object.entries(axes)) {
      const known = values.get(name) ?? new Set();
      known.add(value as AxisJson['values'][number]);
      values.set(name, known);
    }
  }
  return [...values].map(([name, found]) => {
    const list = [...found];
    const isNumeric = list.every((value) => typeof value === 'number');
    return { name, values: isNumeric ? list.toSorted((x, y) => Number(x) - Number(y)) : list };
  });
}

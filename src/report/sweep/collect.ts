/** From a sweep in a store to what its page shows. */
import type { FinalMetrics, RunFilter, RunRecord, Store } from '../../store/index.ts';
import { type SettingName, settingKinds, settingNames } from '../../train/setting-kinds.ts';
import { completeSettings } from '../../train/settings.ts';
import { independentAxes } from './groups.ts';
import { axisValueText } from './labels.ts';
import {
  type AxisValue,
  numberOf,
  type StudyRun,
  type SweepAxis,
  type SweepStudy,
} from './study.ts';

/** Runs whose measurements are held at once before they are thinned out. */
const runsAtOnce = 64;
/** Measurements of a run that a curve of this size can show. */
const mostPoints = 100;

/**
 * Reads a sweep, or those of its runs that pass a filter.
 * @throws InputError where there is no such sweep.
 */
export async function collectSweep(
  store: Store,
  name: string,
  filter: RunFilter = [],
): Promise<SweepStudy> {
  const sweep = await store.findSweep(name);
  const { runs: members, damaged } = await store.sweepRuns(sweep.id);
  const passing =
    filter.length === 0
      ? null
      : new Set((await store.listRuns({ filter, archived: true })).runs.map(({ id }) => id));
  const records = members.map(({ run }) => run).filter(({ id }) => passing?.has(id) ?? true);
  const runs: StudyRun[] = [];
  for (let start = 0; start < records.length; start += runsAtOnce) {
    const part = records.slice(start, start + runsAtOnce);
    const series = await store.series(part.map(({ id }) => id));
    runs.push(...part.map((run) => studyRun(run, thinned(series.get(run.id) ?? []))));
  }
  return sweepStudy({ name: sweep.name, filename: sweep.filename, damaged }, runs);
}

/** What a page says of these runs, found in them. */
export function sweepStudy(
  head: Pick<SweepStudy, 'name' | 'filename' | 'damaged'>,
  runs: readonly StudyRun[],
): SweepStudy {
  const seeds = [...new Set(runs.map(({ settings }) => Number(settings.seed)))].sort(
    (x, y) => x - y,
  );
  const done = runs.filter(({ status }) => status === 'done');
  const judged = done.length > 0 ? done : runs;
  const varying = axesOf(judged);
  const names = [...new Set(runs.flatMap(({ values }) => Object.keys(values)))];
  return {
    ...head,
    runs,
    axes: independentAxes(varying, judged),
    varying,
    allAxes: axesOf(runs),
    seeds,
    shared: sharedSettings(runs),
    metrics: names.filter((name) => runs.some((run) => numberOf(run, name) !== null)),
  };
}

export function studyRun(run: RunRecord, series: readonly FinalMetrics[]): StudyRun {
  const { name, status, settings, metrics, extracted, step, seconds, error, hash } = run;
  const { step: _, ...last } = metrics ?? { step: 0 };
  const values = { ...last, ...extracted };
  return { name, status, settings, values, series, step, seconds, error, hash };
}

/** Some of the rows, evenly over the logarithm of the step; first and last always. */
function thinned(rows: readonly FinalMetrics[]): readonly FinalMetrics[] {
  if (rows.length <= mostPoints) return rows;
  const last = Math.log1p(rows[rows.length - 1].step);
  const kept: FinalMetrics[] = [];
  let next = 0;
  for (const row of rows) {
    if (Math.log1p(row.step) < (next / (mostPoints - 1)) * last - 1e-9) continue;
    kept.push(row);
    next = Math.floor((Math.log1p(row.step) / last) * (mostPoints - 1)) + 1;
  }
  return kept;
}

function axesOf(runs: readonly StudyRun[]): SweepAxis[] {
  return settingNames
    .filter((name) => name !== 'seed')
    .map((name): SweepAxis => {
      const values = [...new Set(runs.map(({ settings }) => settings[name]))];
      const { type } = settingKinds[name];
      const isNumeric =
        (type === 'integer' || type === 'number') && values.every((value) => value !== null);
      return {
        name,
        isNumeric,
        values: isNumeric ? values.sort((x, y) => Number(x) - Number(y)) : values,
      };
    })
    .filter(({ values }) => values.length > 1);
}

function sharedSettings(runs: readonly StudyRun[]): [string, string][] {
  if (runs.length === 0) return [];
  const [{ settings }] = runs;
  const { optimizer } = settings as { optimizer: 'adamw' };
  const defaults: Record<SettingName, AxisValue> = completeSettings({ optimizer });
  const always = new Set<SettingName>(['task', 'modulus', 'width', 'noiseRatio', 'steps']);
  return settingNames
    .filter((name) => name !== 'seed')
    .filter((name) => runs.every((run) => run.settings[name] === settings[name]))
    .filter((name) => always.has(name) || settings[name] !== defaults[name])
    .map((name) => [name, axisValueText(settings[name])]);
}

import { escapeHtml } from '../html.ts';
import { count, list, percent } from '../numbers.ts';
import { doneRuns, groupsBy, interpolationThreshold, summary } from './groups.ts';
import { axisValueText, metricTitle, settingText, settingTitle } from './labels.ts';
import type { SweepAxis, SweepStudy } from './study.ts';

/** The result in one sentence and a handful of numbers. */
export function headlineHtml(
  study: SweepStudy,
  x: SweepAxis | null,
  metrics: readonly string[],
): string {
  const tiles = [
    doneTile(study),
    ...bestTiles(study, metrics),
    ...thresholdTile(study, x),
    timeTile(study),
  ].map(
    ({ value, label, detail, kind }) =>
      `<div class="tile ${kind}"><dt>${escapeHtml(label)}</dt><dd><b>${escapeHtml(value)}</b><span>${escapeHtml(detail)}</span></dd></div>`,
  );
  return `<p class="lede">${escapeHtml(sentence(study, x))}</p>
<dl class="tiles">${tiles.join('')}</dl>`;
}

interface Tile {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
  readonly kind: 'noisy' | 'test' | 'rule' | 'chance' | 'clean';
}

function doneTile({ runs }: SweepStudy): Tile {
  const by = (status: string) => runs.filter((run) => run.status === status).length;
  const rest = ['running', 'queued', 'stopped', 'failed']
    .map((status) => [status, by(status)] as const)
    .filter(([, n]) => n > 0)
    .map(([status, n]) => `${n} ${status}`);
  return {
    value: count(by('done')),
    label: `of ${count(runs.length)} ${runs.length === 1 ? 'run' : 'runs'} done`,
    detail: rest.length === 0 ? 'none failed' : rest.join(', '),
    kind: by('failed') > 0 ? 'noisy' : 'chance',
  };
}

/** The best mean over seeds of test accuracy, as it is and by what was taken out of the weights. */
function bestTiles(study: SweepStudy, metrics: readonly string[]): Tile[] {
  const groups = groupsBy(doneRuns(study), study.axes);
  return metrics
    .filter((metric) => metric === 'test' || metric.endsWith('.test'))
    .slice(0, 2)
    .flatMap((metric): Tile[] => {
      const found = groups.flatMap(({ at, runs }) => {
        const over = summary(runs, metric);
        return over === null ? [] : [{ at, over }];
      });
      if (found.length === 0) return [];
      const best = found.reduce((most, one) => (one.over.mean > most.over.mean ? one : most));
      const where = study.axes.map(({ name }, i) => settingText(name, best.at[i])).join(', ');
      return [
        {
          value: percent(best.over.mean),
          label: `best ${metricTitle(metric).replace(/^./, (letter) => letter.toLowerCase())}${best.over.count > 1 ? `, mean of ${best.over.count} seeds` : ''}`,
          detail: where === '' ? 'of all runs' : `at ${where}`,
          kind: 'test',
        },
      ];
    });
}

/** The interpolation threshold where the sweep has one other axis at most and so one or few of them. */
function thresholdTile(study: SweepStudy, x: SweepAxis | null): Tile[] {
  if (x === null || !x.isNumeric) return [];
  const others = study.axes.filter((axis) => axis !== x);
  const found = groupsBy(doneRuns(study), others).flatMap(({ at, runs }) => {
    const group = interpolationThreshold(groupsBy(runs, [x]));
    const where = others.map(({ name }, i) => settingText(name, at[i])).join(', ');
    return group === null ? [] : [{ value: Number(group.at[0]), where }];
  });
  if (found.length === 0) return [];
  const values = found.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [
    {
      value: low === high ? axisValueText(low) : `${low} to ${high}`,
      label: `interpolation threshold in ${settingTitle(x.name)}`,
      detail: 'the first to fit 99 % of the training labels',
      kind: 'noisy',
    },
  ];
}

function timeTile(study: SweepStudy): Tile {
  const seconds = study.runs.reduce((sum, run) => sum + run.seconds, 0);
  const steps = study.runs.reduce((sum, run) => sum + run.step, 0);
  return {
    value: durationText(seconds),
    label: 'of computing, each run on one thread',
    detail: `${count(steps)} training steps`,
    kind: 'chance',
  };
}

function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function sentence(study: SweepStudy, x: SweepAxis | null): string {
  const parts = study.axes.map(({ name, values, isNumeric }) =>
    isNumeric && values.length > 3
      ? `${values.length} values of ${settingTitle(name)} from ${values[0]} to ${values.at(-1)}`
      : `${settingTitle(name)} ${list(values.map(axisValueText))}`,
  );
  const seeds = study.seeds.length;
  const over = [...parts, ...(seeds > 1 ? [`${seeds} seeds each`] : [])];
  const what = `${count(study.runs.length)} trainings${over.length > 0 ? ` over ${list(over)}` : ''}.`;
  const fall = x === null || !x.isNumeric ? null : largestFall(study, x);
  return fall === null ? what : `${what} ${fall}`;
}

/** Where test error falls most beyond the interpolation threshold: claims no more than two means. */
function largestFall(study: SweepStudy, x: SweepAxis): string | null {
  const others = study.axes.filter((axis) => axis !== x);
  const falls = groupsBy(doneRuns(study), others).flatMap(({ at, runs }) => {
    const groups = groupsBy(runs, [x]);
    const threshold = interpolationThreshold(groups);
    const last = groups.at(-1);
    if (threshold === null || last === undefined || last === threshold) return [];
    const before = summary(threshold.runs, 'test');
    const after = summary(last.runs, 'test');
    if (before === null || after === null || after.low <= before.high) return [];
    return [
      {
        where: others.map(({ name }, i) => settingText(name, at[i])).join(', '),
        from: settingText(x.name, threshold.at[0]),
        to: settingText(x.name, last.at[0]),
        before: 1 - before.mean,
        after: 1 - after.mean,
      },
    ];
  });
  if (falls.length === 0) return null;
  const most = falls.reduce((best, one) =>
    one.before - one.after > best.before - best.after ? one : best,
  );
  return `Beyond the interpolation threshold test error falls${most.where === '' ? '' : `, most at ${most.where}:`} from ${percent(most.before)} at ${most.from} to ${percent(most.after)} at ${most.to}.`;
}

import * as Plot from '@observablehq/plot';
import { type Interval, interval, shareInterval } from '../../analysis/interval.ts';
import type { FinalMetrics } from '../../store/index.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { stepAxis, stepDomain } from '../figures/learning-curves.ts';
import { escapeHtml } from '../html.ts';
import { count, plain } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { groupsBy } from './groups.ts';
import { isShare, metricText, metricTitle, settingText } from './labels.ts';
import { fixedText, type Panel, panelsHtml, panelsOver, panelWidth } from './panels.ts';
import { orderColour } from './shades.ts';
import type { StudyRun, SweepAxis, SweepStudy } from './study.ts';

type SeriesMetric = Exclude<keyof FinalMetrics, 'step'>;

/** More lines than these in a panel can't be told apart: some of the values, evenly. */
const mostLines = 8;

interface Curve {
  readonly name: string;
  readonly stroke: string;
  readonly points: readonly { readonly step: number; readonly at: Interval }[];
}

/** One measurement against the step: a line a value of `by`, a panel for each value of the other settings. */
export function learningCurves(
  study: SweepStudy,
  by: SweepAxis | null,
  metric: SeriesMetric,
): Figure {
  const runs = study.runs.filter(({ series }) => series.length > 1);
  const others = study.axes.filter((axis) => axis !== by);
  const { panels, fixed } = panelsOver(runs, others);
  const shown = by === null ? [] : evenly(by.values, mostLines);
  const styleOf = (value: unknown) =>
    by === null ? colour.test : orderColour(by.values.indexOf(value as never), by.values.length);
  const drawn = panels
    .map((panel) => ({
      title: panel.title,
      curves: curvesOf(panel, by, shown, metric, styleOf),
    }))
    .filter(({ curves }) => curves.length > 0);
  const width = panelWidth(drawn.length);
  const isKnown = drawn.length > 0;
  return {
    key: `curves-${metric}`,
    title: `${metricTitle(metric)} during training`,
    place: 'wide',
    body: !isKnown
      ? '<p class="absent">No run has measurements of it yet.</p>'
      : (by === null
          ? ''
          : legendHtml(
              shown.map((value) => ({
                colour: styleOf(value),
                text: settingText(by.name, value),
                shape: 'dot',
              })),
            )) +
        panelsHtml(
          drawn.map(({ title, curves }) => ({ title, svg: draw(title, curves, metric, width) })),
        ),
    caption: `${escapeHtml(
      `Lines are means over seeds at the steps that were measured, bands their 95 % intervals; the axis of steps is logarithmic.${by !== null && shown.length < by.values.length ? ` ${shown.length} of ${by.values.length} values are drawn.` : ''}`,
    )}${escapeHtml(fixedText(fixed))}`,
    table: {
      columns: [
        'Line',
        ...(others.length > 0 ? ['panel'] : []),
        'seeds',
        'last step',
        'at the end',
      ],
      rows: drawn.flatMap(({ title, curves }) =>
        curves.map(({ name, points }) => {
          const last = points[points.length - 1];
          return [
            name,
            ...(others.length > 0 ? [title] : []),
            String(last.at.count),
            count(last.step),
            metricText(metric, last.at.mean),
          ];
        }),
      ),
    },
  };
}

function curvesOf(
  { runs }: Panel,
  by: SweepAxis | null,
  shown: readonly unknown[],
  metric: SeriesMetric,
  styleOf: (value: unknown) => string,
): Curve[] {
  const groups = by === null ? [{ at: [null], runs }] : groupsBy(runs, [by]);
  return groups
    .filter(({ at }) => by === null || shown.includes(at[0]))
    .map(({ at, runs: own }) => ({
      name: by === null ? 'all runs' : settingText(by.name, at[0]),
      stroke: styleOf(at[0]),
      points: pointsOf(own, metric),
    }))
    .filter(({ points }) => points.length > 0);
}

/** Means over runs at every step that all of them that got so far measured. */
function pointsOf(runs: readonly StudyRun[], metric: SeriesMetric): Curve['points'] {
  const bySteps = new Map<number, number[]>();
  for (const { series } of runs) {
    for (const row of series) {
      const value = row[metric];
      // A log axis has no place for step 0.
      if (row.step === 0 || value === null || !Number.isFinite(value)) continue;
      const values = bySteps.get(row.step);
      if (values === undefined) bySteps.set(row.step, [value]);
      else values.push(value);
    }
  }
  const most = Math.max(0, ...[...bySteps.values()].map((values) => values.length));
  return [...bySteps]
    .filter(([, values]) => values.length === most)
    .sort(([p], [q]) => p - q)
    .map(([step, values]) => ({
      step,
      at: isShare(metric) ? shareInterval(values) : interval(values),
    }));
}

function draw(
  title: string,
  curves: readonly Curve[],
  metric: SeriesMetric,
  width: number,
): string {
  const steps = curves.flatMap(({ points }) => points).sort((p, q) => p.step - q.step);
  const highest = Math.max(...steps.map(({ at }) => at.high));
  const scale = isShare(metric) ? 100 : 1;
  return renderPlot(
    {
      width,
      height: width < 400 ? 240 : 290,
      marginLeft: 56,
      marginRight: 14,
      marginTop: 12,
      marginBottom: 42,
      x: { type: 'log', domain: stepDomain(steps) },
      y: isShare(metric) ? { domain: [0, 100] } : { domain: [0, highest], nice: true },
      marks: [
        Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          tickFormat: (value: number) =>
            isShare(metric) && value === 100 ? '100 %' : plain(value),
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        stepAxis(),
        ...curves.flatMap(({ stroke, points }) => [
          Plot.areaY(points, {
            x: 'step',
            y1: ({ at }) => scale * at.low,
            y2: ({ at }) => scale * at.high,
            fill: stroke,
            fillOpacity: 0.12,
          }),
          Plot.line(points, {
            x: 'step',
            y: ({ at }) => scale * at.mean,
            stroke,
            strokeWidth: 2,
            strokeLinejoin: 'round',
          }),
        ]),
      ],
    },
    `${metricTitle(metric)} against training step${title === '' ? '' : `, ${title}`}. At the end: ${curves
      .map(({ name, points }) => `${name} ${metricText(metric, points[points.length - 1].at.mean)}`)
      .join(', ')}.`,
  ).svg;
}

function evenly<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))],
  );
}

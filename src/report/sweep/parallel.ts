import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { doneRuns } from './groups.ts';
import { axisValueText, isShare, metricText, metricTitle, settingTitle } from './labels.ts';
import { shareColour, shareGradient } from './shades.ts';
import { numberOf, type StudyRun, type SweepAxis, type SweepStudy } from './study.ts';

/** More lines than these hide each other, and make a page heavy. */
const mostRuns = 1500;
const mostTicks = 12;
const width = 1120;
const height = 380;

interface Upright {
  readonly title: string;
  /** Place of a run on it, 0 at the bottom to 1; null where it has none. */
  readonly place: (run: StudyRun) => number | null;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Every run as a line through its settings and metrics, coloured by the first metric. */
export function parallelCoordinates(study: SweepStudy, metrics: readonly string[]): Figure {
  const done = doneRuns(study);
  const [first] = metrics;
  const runs = done.slice(0, mostRuns);
  const uprights = [
    ...study.axes.map(settingUpright),
    ...metrics.map((metric) => metricUpright(metric, runs)),
  ];
  const left = done.length - runs.length;
  return {
    key: 'parallel',
    title: 'Every run as a line',
    place: 'wide',
    body:
      runs.length === 0 || uprights.length < 2
        ? '<p class="absent">There is nothing to draw lines between.</p>'
        : `<div class="parallel">${draw(runs, uprights, first)}</div>${legend(first, runs)}`,
    caption: escapeHtml(
      `Each line is one run, from its settings on the left to what came out on the right; its colour is its ${metricTitle(first).toLowerCase()}. Lines of one setting start a little apart.${left > 0 ? ` ${count(left)} more runs are not drawn.` : ''}`,
    ),
    table: {
      columns: ['Axis', 'from', 'to'],
      rows: uprights.map(({ title, ticks }) => [
        title,
        ticks[0]?.text ?? '–',
        ticks.at(-1)?.text ?? '–',
      ]),
    },
  };
}

/** Values of a setting stand at even distances: they are few, and often go by factors. */
function settingUpright({ name, values }: SweepAxis): Upright {
  const at = (index: number) => (values.length < 2 ? 0.5 : index / (values.length - 1));
  const every = Math.ceil(values.length / mostTicks);
  return {
    title: settingTitle(name),
    place: (run) => at(values.indexOf(run.settings[name])),
    ticks: values
      .map((value, index) => ({ at: at(index), text: axisValueText(value) }))
      .filter((_, index) => index % every === 0),
  };
}

function rangeOf(metric: string, runs: readonly StudyRun[]): readonly [number, number] {
  if (isShare(metric)) return [0, 1];
  const values = runs.map((run) => numberOf(run, metric)).filter((value) => value !== null);
  return values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
}

function metricUpright(metric: string, runs: readonly StudyRun[]): Upright {
  const [low, high] = rangeOf(metric, runs);
  return {
    title: metricTitle(metric),
    place: (run) => {
      const value = numberOf(run, metric);
      return value === null ? null : high > low ? (value - low) / (high - low) : 0.5;
    },
    ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({
      at,
      text: metricText(metric, low + at * (high - low)),
    })),
  };
}

function draw(runs: readonly StudyRun[], uprights: readonly Upright[], metric: string): string {
  const [low, high] = rangeOf(metric, runs);
  const lines = runs.map((run, index) => {
    const value = numberOf(run, metric);
    // Runs of one setting would hide each other: they are moved apart by what can still be told.
    const apart = runs.length < 2 ? 0 : (index / (runs.length - 1) - 0.5) * 0.02;
    return {
      stroke:
        value === null
          ? colour.faint
          : shareColour(high > low ? (value - low) / (high - low) : 0.5),
      title: `${run.name}: ${metricTitle(metric)} ${metricText(metric, value)}`,
      value: value ?? Number.NEGATIVE_INFINITY,
      points: uprights.map(({ place }, x) => ({ x, y: (place(run) ?? Number.NaN) + apart })),
    };
  });
  // The best lie on top.
  const points = lines
    .sort((p, q) => p.value - q.value)
    .flatMap((line, z) => line.points.map((point) => ({ ...point, z, line })));
  const ticks = uprights.flatMap(({ ticks: own }, x) => own.map((tick) => ({ ...tick, x })));
  const last = uprights.length - 1;
  return renderPlot(
    {
      width,
      height,
      marginLeft: 70,
      marginRight: 84,
      marginTop: 44,
      marginBottom: 16,
      x: { domain: [0, last], axis: null },
      y: { domain: [-0.02, 1.02], axis: null },
      marks: [
        Plot.line(points, {
          x: 'x',
          y: 'y',
          z: 'z',
          stroke: ({ line }) => line.stroke,
          strokeOpacity: Math.max(0.25, Math.min(0.9, 40 / runs.length)),
          strokeWidth: runs.length > 300 ? 1 : 1.4,
          curve: 'bump-x',
          title: ({ line }) => line.title,
        }),
        Plot.ruleX(uprights, { x: (_, x) => x, stroke: colour.text, strokeOpacity: 0.5 }),
        Plot.text(uprights, {
          x: (_, x) => x,
          text: ({ title }) => wrapped(title),
          frameAnchor: 'top',
          lineAnchor: 'bottom',
          dy: -12,
          fill: colour.text,
          fontWeight: 600,
          fontSize: 12,
        }),
        Plot.text(ticks, {
          x: 'x',
          y: 'at',
          text: 'text',
          textAnchor: 'end',
          dx: -6,
          fill: colour.text,
          stroke: colour.ground,
          strokeWidth: 4,
          fontSize: 12,
        }),
      ],
    },
    `${runs.length} runs as lines over ${uprights.map(({ title }) => title).join(', ')}.`,
  ).svg;
}

/** In two lines where it is long. */
function wrapped(title: string): string {
  const [method, role] = title.split(': ');
  if (role !== undefined) return `${method}\n${role}`;
  const words = title.split(' ');
  return title.length > 18 && words.length > 1
    ? `${words.slice(0, -1).join(' ')}\n${words.at(-1)}`
    : title;
}

function legend(metric: string, runs: readonly StudyRun[]): string {
  const [low, high] = rangeOf(metric, runs).map((value) => metricText(metric, value));
  return `<p class="scale"><span>${escapeHtml(`${metricTitle(metric)} ${low}`)}</span><i style="background:${shareGradient()}"></i><span>${escapeHtml(high)}</span></p>`;
}

import * as Plot from '@observablehq/plot';
import type { Interval } from '../../analysis/interval.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { percent } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { doneRuns, groupsBy, interpolationThreshold, summary } from './groups.ts';
import { axisValueText, settingText, settingTitle } from './labels.ts';
import { fixedText, type Panel, panelsHtml, panelsOver, panelWidth } from './panels.ts';
import { settingScale } from './setting-axis.ts';
import type { AxisValue, SweepAxis, SweepStudy } from './study.ts';

/** Thresholds that the caption tells. */
const mostFound = 4;

interface Point {
  readonly x: AxisValue;
  readonly test: Interval | null;
  readonly cleanTrain: Interval | null;
  readonly noisyTrain: Interval | null;
}

const lines = [
  { key: 'cleanTrain', text: 'right labels fit', line: colour.clean },
  { key: 'noisyTrain', text: 'wrong labels fit', line: colour.noisy },
  { key: 'test', text: 'test error', line: colour.test },
] as const;

/** Test error and what is fit against one setting, a panel for each value of the others. */
export function doubleDescent(study: SweepStudy, x: SweepAxis): Figure {
  const others = study.axes.filter((axis) => axis !== x);
  const { panels, fixed } = panelsOver(doneRuns(study), others);
  const width = panelWidth(panels.length);
  const read = panels.map((panel) => readPanel(panel, x));
  const shown = lines.filter(({ key }) =>
    read.some(({ points }) => points.some((point) => point[key] !== null)),
  );
  const hasThreshold = read.some(({ threshold }) => threshold !== null);
  const title = `Test error against ${settingTitle(x.name)}`;
  return {
    key: 'double-descent',
    title: x.name === 'width' ? 'Double descent: test error against width' : title,
    place: 'wide',
    body:
      panels.length === 0
        ? '<p class="absent">No run is done yet.</p>'
        : legendHtml([
            ...shown.map(({ text, line }) => ({ colour: line, text, shape: 'dot' })),
            ...(hasThreshold
              ? [{ colour: colour.text, text: 'interpolation threshold', shape: 'dash' }]
              : []),
            { colour: colour.chance, text: 'chance', shape: 'dash' },
          ]) +
          panelsHtml(
            read.map((panel) => ({ title: panel.title, svg: draw(panel, x, width, study) })),
          ),
    caption: `${escapeHtml(caption(study, read, x))}${escapeHtml(fixedText(fixed))}`,
    table: {
      columns: [
        settingTitle(x.name),
        ...(others.length > 0 ? ['panel'] : []),
        'seeds',
        'test error',
        '95 % interval',
        ...shown.filter(({ key }) => key !== 'test').map(({ text }) => text),
      ],
      rows: read.flatMap(({ title: name, points }) =>
        points.map((point) => [
          axisValueText(point.x),
          ...(others.length > 0 ? [name] : []),
          String(point.test?.count ?? 0),
          percent(point.test?.mean ?? null),
          intervalText(point.test),
          ...shown
            .filter(({ key }) => key !== 'test')
            .map(({ key }) => percent(point[key]?.mean ?? null)),
        ]),
      ),
    },
  };
}

interface ReadPanel {
  readonly title: string;
  readonly points: readonly Point[];
  /** Where training accuracy reaches 99 %. */
  readonly threshold: AxisValue | undefined | null;
  /** Test error of an answer drawn at random. */
  readonly chance: number | null;
}

function readPanel({ title, runs }: Panel, x: SweepAxis): ReadPanel {
  const groups = groupsBy(runs, [x]);
  const moduli = new Set(runs.map(({ settings }) => Number(settings.modulus)));
  const threshold = x.isNumeric ? interpolationThreshold(groups) : null;
  return {
    title,
    points: groups.map(({ at, runs: own }) => {
      const accuracy = summary(own, 'test');
      return {
        x: at[0],
        test: accuracy === null ? null : errorOf(accuracy),
        cleanTrain: summary(own, 'cleanTrain'),
        noisyTrain: summary(own, 'noisyTrain'),
      };
    }),
    threshold: threshold === null ? null : threshold.at[0],
    chance: moduli.size === 1 ? 1 - 1 / [...moduli][0] : null,
  };
}

function errorOf({ mean, low, high, count: seeds }: Interval): Interval {
  return { mean: 1 - mean, low: 1 - high, high: 1 - low, count: seeds };
}

function draw(panel: ReadPanel, x: SweepAxis, width: number, study: SweepStudy): string {
  const height = width < 400 ? 250 : 300;
  const marginLeft = 56;
  const marginRight = 14;
  const { scale, axis, place } = settingScale(x, width - marginLeft - marginRight);
  const { points, threshold, chance } = panel;
  const at = ({ x: value }: Point) => place(value);
  const label = lines
    .flatMap(({ key, text }) => {
      const known = points.filter((point) => point[key] !== null);
      const parts = known.map(
        (point) => `${percent(point[key]?.mean ?? null)} at ${axisValueText(point.x)}`,
      );
      return known.length === 0 ? [] : [`${text}: ${parts.join(', ')}`];
    })
    .join('; ');
  return renderPlot(
    {
      width,
      height,
      marginLeft,
      marginRight,
      marginTop: 22,
      marginBottom: 44,
      x: scale,
      y: { domain: [0, 1] },
      marks: [
        Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          tickFormat: (share: number) => `${Math.round(share * 100)}${share === 1 ? ' %' : ''}`,
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        axis,
        ...(chance === null
          ? []
          : [Plot.ruleY([chance], { stroke: colour.chance, strokeDasharray: '3 4' })]),
        ...(threshold === null || threshold === undefined
          ? []
          : [
              Plot.ruleX([threshold], {
                x: place,
                stroke: colour.text,
                strokeOpacity: 0.6,
                strokeDasharray: '5 4',
              }),
              Plot.text([threshold], {
                x: place,
                text: (value: AxisValue) => `fits all at ${axisValueText(value)}`,
                frameAnchor: 'top',
                dy: -16,
                fill: colour.muted,
                fontSize: 12,
                ...anchorAt(threshold, x),
              }),
            ]),
        ...lines.flatMap(({ key, line }) => {
          const known = points.filter((point) => point[key] !== null);
          const end = (which: 'low' | 'high') => (point: Point) =>
            point[key]?.[which] ?? Number.NaN;
          const mean = (point: Point) => point[key]?.mean ?? Number.NaN;
          return [
            x.isNumeric && known.length > 1
              ? Plot.areaY(known, {
                  x: at,
                  y1: end('low'),
                  y2: end('high'),
                  fill: line,
                  fillOpacity: 0.16,
                })
              : Plot.ruleX(known, { x: at, y1: end('low'), y2: end('high'), stroke: line }),
            ...(x.isNumeric
              ? [Plot.line(known, { x: at, y: mean, stroke: line, strokeWidth: 2.2 })]
              : []),
            Plot.dot(known, { x: at, y: mean, fill: line, r: 3.2 }),
          ];
        }),
      ],
    },
    `${study.name}${panel.title === '' ? '' : `, ${panel.title}`}: in per cent against ${settingTitle(x.name)}. ${label}.`,
  ).svg;
}

/** Words near an end of the axis stay within the panel. */
function anchorAt(value: AxisValue, { values }: SweepAxis) {
  const place = values.indexOf(value) / Math.max(1, values.length - 1);
  return { textAnchor: place > 0.7 ? 'end' : place < 0.3 ? 'start' : 'middle' } as const;
}

function caption(study: SweepStudy, panels: readonly ReadPanel[], x: SweepAxis): string {
  const seeds = study.seeds.length;
  const over =
    seeds > 1
      ? `Dots are means over up to ${seeds} seeds, bands the 95 % interval of the mean.`
      : 'One seed: no interval can be given.';
  const found = panels.flatMap(({ title, points, threshold }) => {
    const at = points.find((point) => point.x === threshold)?.test ?? null;
    const last = points.at(-1);
    if (threshold === null || threshold === undefined || at === null || last?.test == null)
      return [];
    if (last.x === threshold) return [];
    const where = title === '' ? '' : `${title}: `;
    return [
      `${where}${percent(at.mean)} at ${settingText(x.name, threshold)}, ${percent(last.test.mean)} at ${settingText(x.name, last.x)}`,
    ];
  });
  const threshold =
    found.length === 0
      ? ''
      : ` Where training accuracy reaches 99 % stands the interpolation threshold. Test error there and at the other end: ${found.slice(0, mostFound).join('; ')}${found.length > mostFound ? '; and so on' : ''}.`;
  return `${over}${threshold}`;
}

function intervalText(interval: Interval | null): string {
  return interval === null || interval.count < 2
    ? '–'
    : `${percent(interval.low)} to ${percent(interval.high)}`;
}

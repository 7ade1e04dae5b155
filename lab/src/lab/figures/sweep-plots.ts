/** Observable Plot figures of sweeps and of compared runs. Loaded when the first of them is shown. */
import * as Plot from '@observablehq/plot';
import { axis, colour, type Drawn, draw } from '../../figures/plots/frame.ts';
import { colourOf, dashOf } from '../colours.ts';
import { type CurvePoint, topOf } from '../grouping.ts';
import type { HeatCell, Value, WidthLine } from '../sweep-data.ts';

/** How a metric is written and over which values it goes. */
export interface MetricScale {
  readonly label: string;
  readonly isShare: boolean;
}

export const written = ({ isShare }: MetricScale, value: number): string =>
  isShare ? `${Number((100 * value).toFixed(1))} %` : String(Number(value.toPrecision(3)));

const yMarks = (metric: MetricScale) => [
  Plot.gridY({ stroke: colour.line, strokeOpacity: 1, ticks: 5 }),
  Plot.axisY({
    ...axis,
    ticks: 5,
    tickSize: 0,
    label: metric.label,
    labelAnchor: 'top',
    tickFormat: (value: number) =>
      metric.isShare ? `${Math.round(100 * value)} %` : value.toPrecision(2),
  }),
];
const yDomain = ({ isShare }: MetricScale, values: readonly number[]) => {
  const top = topOf(values);
  return isShare ? { domain: [-0.02 * top, 1.02 * top] } : { nice: true };
};

/** A metric against a numeric axis: the double-descent plot where that is the width. */
export function widthPlot(
  lines: readonly WidthLine[],
  xName: string,
  isLog: boolean,
  metric: MetricScale,
  width: number,
): Drawn {
  const ticks = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort(
    (x, y) => x - y,
  );
  // Labels that would touch are left out.
  const place = (x: number) =>
    isLog
      ? Math.log(x / ticks[0]) / Math.log((ticks.at(-1) ?? 1) / ticks[0] || 2)
      : (x - ticks[0]) / ((ticks.at(-1) ?? 1) - ticks[0] || 1);
  let last = Number.NEGATIVE_INFINITY;
  const named = ticks.filter((x) => {
    const at = place(x) * (width - 80);
    if (at - last < 12 + 8 * String(x).length) return false;
    last = at;
    return true;
  });
  const marks = lines.flatMap(({ points, runs }, i) => [
    Plot.areaY(points, {
      x: 'x',
      y1: 'low',
      y2: 'high',
      fill: `var(${colourOf(i)})`,
      fillOpacity: 0.16,
    }),
    Plot.line(points, {
      x: 'x',
      y: 'mean',
      stroke: `var(${colourOf(i)})`,
      strokeWidth: 2.2,
      strokeDasharray: dashOf(i).join(' ') || 'none',
    }),
    Plot.dot(runs, { x: 'x', y: 'y', r: 2.6, fill: `var(${colourOf(i)})`, fillOpacity: 0.75 }),
  ]);
  const all = lines.flatMap(({ label, points }) => points.map((point) => ({ ...point, label })));
  return draw({
    width,
    height: 340,
    marginTop: 26,
    x: isLog ? { type: 'log' } : {},
    y: yDomain(
      metric,
      all.map(({ high }) => high),
    ),
    marks: [
      ...yMarks(metric),
      Plot.axisX({
        ...axis,
        ticks: named,
        tickFormat: (x: number) => String(x),
        label: xName,
        labelAnchor: 'center',
      }),
      ...marks,
      Plot.tip(
        all,
        Plot.pointer({
          x: 'x',
          y: 'mean',
          title: (d) =>
            `${d.label === '' ? '' : `${d.label}\n`}${xName} ${d.x}\n${metric.label} ${written(metric, d.mean)}${d.count > 1 ? ` (${written(metric, d.low)} to ${written(metric, d.high)}, ${d.count} runs)` : ''}`,
          fill: colour.ground,
          stroke: colour.line,
        }),
      ),
    ],
  });
}

/** Mean of a metric over two axes; what was measured more than once is averaged. */
export function heatPlot(
  cells: readonly HeatCell[],
  xs: readonly Value[],
  ys: readonly Value[],
  names: readonly [string, string],
  metric: MetricScale,
  room: number,
): Drawn {
  const text = (value: Value) => String(value ?? 'none');
  const longest = Math.max(...ys.map((y) => text(y).length));
  // Few cells needn't fill the page.
  const width = Math.min(room, 110 + 7 * longest + 130 * xs.length);
  const side = (width - 70 - 7 * longest) / xs.length;
  const height = Math.min(64, Math.max(22, 240 / ys.length));
  const known = cells.filter(({ mean }) => mean !== null) as (HeatCell & { mean: number })[];
  const values = known.map(({ mean }) => mean);
  const domain: [number, number] = metric.isShare
    ? [0, topOf(values)]
    : [Math.min(...values, 0), Math.max(...values, 1e-9)];
  const share = (mean: number) => (mean - domain[0]) / (domain[1] - domain[0] || 1);
  const isWritten = side > 44 && xs.length * ys.length <= 400;
  return draw({
    width,
    height: 34 + 46 + height * ys.length,
    marginTop: 34,
    marginLeft: 24 + Math.max(30, 7 * longest),
    marginBottom: 46,
    padding: 0,
    x: { domain: xs.map(text), type: 'band' },
    y: { domain: ys.map(text).toReversed(), type: 'band' },
    color: { scheme: 'cividis', domain, clamp: true },
    marks: [
      Plot.cell(cells, {
        x: (d) => text(d.x),
        y: (d) => text(d.y),
        fill: colour.line,
        inset: 0.75,
      }),
      Plot.cell(known, { x: (d) => text(d.x), y: (d) => text(d.y), fill: 'mean', inset: 0.75 }),
      ...(isWritten
        ? [
            Plot.text(known, {
              x: (d) => text(d.x),
              y: (d) => text(d.y),
              text: (d) =>
                metric.isShare
                  ? String(Math.round(100 * d.mean))
                  : String(Number(d.mean.toPrecision(2))),
              // On cividis from dark blue to yellow.
              fill: (d) => (share(d.mean) > 0.55 ? '#14171c' : '#ffffff'),
              fontSize: 12,
            }),
          ]
        : []),
      Plot.axisX({
        ...axis,
        tickSize: 0,
        ticks: xs.map(text).filter((_, i) => i % Math.ceil((xs.length * 34) / width) === 0),
        label: names[0],
        labelAnchor: 'center',
      }),
      Plot.axisY({ ...axis, tickSize: 0, label: names[1], labelAnchor: 'top' }),
      Plot.tip(
        known,
        Plot.pointer({
          x: (d) => text(d.x),
          y: (d) => text(d.y),
          title: (d) =>
            `${names[0]} ${text(d.x)}, ${names[1]} ${text(d.y)}\n${metric.label} ${written(metric, d.mean)}${d.count > 1 ? `, mean of ${d.count}` : ''}`,
          fill: colour.ground,
          stroke: colour.line,
          maxRadius: 30,
        }),
      ),
    ],
  });
}

/** What the chart of compared curves shows, as one picture with its legend. */
export function overlayPlot(
  lines: readonly { readonly label: string; readonly points: readonly CurvePoint[] }[],
  metric: MetricScale,
  isLog: boolean,
  width: number,
): Drawn {
  const rows = lines.map(({ label, points }, i) => ({
    label,
    i,
    points: points.filter(({ step, mean }) => (!isLog || step > 0) && (metric.isShare || mean > 0)),
  }));
  return draw({
    width,
    height: 320 + 18 * rows.length,
    marginTop: 26,
    marginBottom: 46 + 18 * rows.length,
    x: isLog ? { type: 'log' } : {},
    y: metric.isShare
      ? yDomain(
          metric,
          rows.flatMap(({ points }) => points.map(({ high }) => high)),
        )
      : { type: 'log' },
    marks: [
      ...yMarks(metric),
      Plot.axisX({ ...axis, ticks: 5, label: 'training step', labelAnchor: 'center' }),
      ...rows.flatMap(({ points, i }) => [
        Plot.areaY(points, {
          x: 'step',
          y1: (d) => Math.max(d.low, metric.isShare ? 0 : 1e-12),
          y2: 'high',
          fill: `var(${colourOf(i)})`,
          fillOpacity: 0.16,
        }),
        Plot.line(points, {
          x: 'step',
          y: 'mean',
          stroke: `var(${colourOf(i)})`,
          strokeWidth: 2.2,
          strokeDasharray: dashOf(i).join(' ') || 'none',
        }),
      ]),
      ...rows.map(({ label, i }) =>
        Plot.text([`— ${label}`], {
          frameAnchor: 'bottom-left',
          dy: 58 + 18 * i,
          fill: `var(${colourOf(i)})`,
          textAnchor: 'start',
          fontWeight: 600,
        }),
      ),
    ],
  });
}

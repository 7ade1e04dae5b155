/** A chart as vector graphics: legible at the width of a column, in the page's theme or on white. */
import * as Plot from '@observablehq/plot';
import { escapeHtml } from '../../report/html.ts';
import { renderPlot } from '../../report/plot.ts';
import {
  type Axis,
  axisTitle,
  type Chart,
  type ReferenceLine,
  type Row,
  valuesOf,
} from './chart.ts';

/** Okabe & Ito (2008) without yellow and black, which vanish on white and on dark grounds. */
const hues = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'];
/** Shapes tell series apart without colour. */
const symbols = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'wye'] as const;

const fontSize = 13;
const characterWidth = 7.1;
const legendLine = 20;
const marginLeft = 52;
const marginRight = 18;
/** Room between panels, as a share of one: the last tick of one must not touch the first of the next. */
const facetPadding = 0.16;

/** Widths in pixels that hold one, two or more panels. */
function widthOf(panels: number): number {
  return [480, 760, 960][Math.min(panels, 3) - 1];
}

/** The chart as one `<svg>` that takes its text colour from around it. */
export function chartSvg(chart: Chart): string {
  const panels = chart.facet === undefined ? 1 : valuesOf(chart.rows, chart.facet.column).length;
  const width = widthOf(panels);
  const series = chart.series === undefined ? [''] : valuesOf(chart.rows, chart.series.column);
  const legend =
    series.length < 2 ? { svg: '', height: 0 } : legendOf(series, width, chart.series?.label ?? '');
  const height = 300;
  const options = plotOptions(chart, series, width, height);
  const { svg } = renderPlot(options, chart.title);
  const whole = (options.height ?? height) + legend.height;
  const inner = svg.replace(/^<svg /, `<svg y="${legend.height}" `);
  return `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" font-size="${fontSize}" fill="currentColor" role="img" aria-label="${escapeHtml(chart.title)}">${legend.svg}${inner}</svg>`;
}

/** The chart as a file of its own: black on white, a common font. */
export function chartSvgFile(chart: Chart): string {
  const svg = chartSvg(chart).replace(
    /^(<svg [^>]*>)/,
    '$1<rect width="100%" height="100%" fill="#fff"/>',
  );
  return `${svg.replace('<svg ', '<svg color="#1b1f24" font-family="Helvetica, Arial, sans-serif" ')}\n`;
}

/** Series by name with their marks, in as many lines as they need. */
function legendOf(series: readonly string[], width: number, title: string) {
  let x = 8 + (title === '' ? 0 : characterWidth * title.length + 14);
  let line = 0;
  const entries = series.map((name, i) => {
    const length = 26 + characterWidth * name.length;
    if (x + length > width) {
      x = 8;
      line++;
    }
    const entry = { name, x, y: 10 + line * legendLine, ...styleOf(i) };
    x += length + 6;
    return entry;
  });
  const height = (line + 1) * legendLine + 2;
  const { svg } = renderPlot(
    {
      width,
      height,
      margin: 0,
      axis: null,
      x: { domain: [0, width], range: [0, width] },
      y: { domain: [0, height], range: [0, height] },
      marks: [
        Plot.text([title], { x: 8, y: 10, textAnchor: 'start', fillOpacity: 0.7 }),
        ...entries.map((entry) =>
          Plot.dot([entry], {
            x: entry.x + 6,
            y: 'y',
            symbol: entry.symbol,
            fill: entry.hue,
            r: 4.5,
          }),
        ),
        Plot.text(entries, {
          x: (entry) => entry.x + 17,
          y: 'y',
          text: 'name',
          textAnchor: 'start',
        }),
      ],
    },
    `Legend: ${series.join(', ')}`,
  );
  return { svg, height };
}

function styleOf(index: number) {
  return { hue: hues[index % hues.length], symbol: symbols[index % symbols.length] };
}

function plotOptions(
  chart: Chart,
  series: readonly string[],
  width: number,
  height: number,
): Plot.PlotOptions {
  const { rows, x, y, facet } = chart;
  const fx = facet === undefined ? {} : { fx: facet.column };
  const several = facet !== undefined;
  const panels = several ? valuesOf(rows, facet.column).length : 1;
  const plotWidth = width - marginLeft - marginRight;
  const slant = slantOf(x, rows, plotWidth / panels);
  return {
    width,
    height: height + slant.room,
    marginTop: several ? 46 : 26,
    marginLeft,
    marginBottom: 44 + slant.room,
    marginRight,
    ...(several
      ? { fx: { label: null, domain: valuesOf(rows, facet.column), padding: facetPadding } }
      : {}),
    x: { ...scaleOf(x, rows, plotWidth / panels), inset: 8, tickRotate: slant.degrees },
    y: { ...scaleOf(y, rows, height), grid: true, ...(y.share ? { domain: [0, 100] } : {}) },
    marks: [
      ...referenceMarks(chart),
      ...series.flatMap((name, i) =>
        seriesMarks(
          chart,
          chart.series === undefined
            ? rows
            : rows.filter((row) => String(row[chart.series?.column ?? '']) === name),
          i,
          series.length,
          fx,
        ),
      ),
    ],
  };
}

/** `length` is the axis's own, in pixels. */
function scaleOf(axis: Axis, rows: readonly Row[], length: number): Plot.ScaleOptions {
  const label = axisTitle(axis);
  if (axis.scale === 'category')
    return { type: 'point', label, domain: valuesOf(rows, axis.column) };
  if (axis.scale !== 'log') return { label };
  const values = [...new Set(rows.map((row) => Number(row[axis.column])))]
    .filter((value) => value > 0)
    .sort((p, q) => p - q);
  // The values themselves where they are few, as widths are; else powers of the base.
  const few = values.length <= 8;
  const ticks = few ? apart(values, length) : values[0] < 0.01 ? powersOfTen(values) : null;
  return {
    type: 'log',
    base: axis.base ?? 10,
    label,
    ...(ticks === null ? {} : { ticks, tickFormat: (value: number) => String(value) }),
  };
}

/** From the first at or above the smallest of some ascending values: what is written as 0.001, not as 1m. */
function powersOfTen(values: readonly number[]): number[] {
  const [first, last] = [values[0], values[values.length - 1]].map(Math.log10);
  const lowest = Math.ceil(first);
  return Array.from({ length: Math.floor(last) - lowest + 1 }, (_, i) => Number(`1e${lowest + i}`));
}

/** Category names that would touch are slanted, in more room below. */
function slantOf(axis: Axis, rows: readonly Row[], length: number) {
  const names = axis.scale === 'category' ? valuesOf(rows, axis.column) : [];
  const longest = characterWidth * Math.max(0, ...names.map((name) => name.length));
  if (longest < ((1 - facetPadding) * length) / Math.max(1, names.length)) {
    return { degrees: 0, room: 0 };
  }
  return { degrees: -30, room: Math.round(longest * Math.sin(Math.PI / 6)) };
}

/** Those of some ascending values whose labels don't touch on a logarithmic axis; the first is always kept. */
function apart(values: readonly number[], length: number): number[] {
  const [first, last] = [values[0], values[values.length - 1]];
  // A panel is a little narrower than its share of the chart.
  const scale = ((1 - facetPadding) * length) / Math.log(last / first);
  const kept: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const middle = scale * Math.log(value / first);
    const half = (characterWidth * String(value).length) / 2;
    if (middle - half < end) continue;
    kept.push(value);
    end = middle + half + 3;
  }
  return kept;
}

/** Values of an axis column, shares in per cent; what is missing breaks the line. */
function valueAt(axis: Axis, column = axis.column) {
  return (row: Row) => {
    const value = row[column];
    if (axis.scale === 'category') return String(value);
    return value === null || value === undefined
      ? Number.NaN
      : Number(value) * (axis.share ? 100 : 1);
  };
}

function seriesMarks(
  chart: Chart,
  rows: readonly Row[],
  index: number,
  count: number,
  fx: object,
): Plot.Markish[] {
  const { kind, low, high } = chart;
  const { hue, symbol } = styleOf(index);
  // Dots of several series stand side by side, not on each other.
  const dx = kind === 'dots' ? 8 * (index - (count - 1) / 2) : 0;
  const at = { x: valueAt(chart.x), dx, ...fx };
  const y = valueAt(chart.y);
  const ends =
    low === undefined || high === undefined
      ? null
      : { y1: valueAt(chart.y, low), y2: valueAt(chart.y, high) };
  const dot = Plot.dot(rows, { ...at, y, fill: hue, symbol, r: kind === 'scatter' ? 2.2 : 3.4 });
  if (kind === 'scatter') return [dot];
  if (kind === 'dots') {
    const bar = ends === null ? [] : [Plot.ruleX(rows, { ...at, ...ends, stroke: hue })];
    return [...bar, dot];
  }
  // A band of one point has no width: its interval is a bar.
  const panelOf = (row: Row) => (chart.facet === undefined ? '' : row[chart.facet.column]);
  const alone = rows.filter((row) => rows.every((x) => x === row || panelOf(x) !== panelOf(row)));
  const band =
    ends === null
      ? []
      : [
          Plot.areaY(rows, { ...at, ...ends, fill: hue, fillOpacity: 0.17 }),
          Plot.ruleX(alone, { ...at, ...ends, stroke: hue }),
        ];
  return [...band, Plot.lineY(rows, { ...at, y, stroke: hue, strokeWidth: 2 }), dot];
}

function referenceMarks({ lines = [], x, y, facet }: Chart): Plot.Markish[] {
  // Labels of lines that stand close to each other go one above the other.
  const upright = lines.filter((line) => line.axis === 'x');
  const dyOf = (line: ReferenceLine) => -6 - 13 * upright.indexOf(line);
  return lines.flatMap((line) => {
    const axis = line.axis === 'x' ? x : y;
    const value = line.value * (axis.share ? 100 : 1);
    const datum = [
      facet === undefined || line.facet === undefined ? {} : { [facet.column]: line.facet },
    ];
    const fx = facet === undefined || line.facet === undefined ? {} : { fx: facet.column };
    const style = { stroke: 'currentColor', strokeOpacity: 0.55, strokeDasharray: '3 4', ...fx };
    const text = { fillOpacity: 0.7, fontSize: 11, text: () => line.label, ...fx };
    return line.axis === 'y'
      ? [
          Plot.ruleY(datum, { y: () => value, ...style }),
          Plot.text(datum, { y: () => value, frameAnchor: 'right', dy: -7, ...text }),
        ]
      : [
          Plot.ruleX(datum, { x: () => value, ...style }),
          Plot.text(datum, { x: () => value, frameAnchor: 'bottom', dy: dyOf(line), ...text }),
        ];
  });
}

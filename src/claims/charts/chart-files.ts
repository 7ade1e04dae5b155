/** A chart's numbers as CSV, and the Python script that draws them again with matplotlib. */
import { type Axis, axisTitle, type Chart, columnsOf, type Row } from './chart.ts';

/** Where a chart's files lie beside the page, without their endings. */
export function chartPath(claim: string, { key }: Pick<Chart, 'key'>): string {
  return `figures/${claim}-${key}`;
}

/** The rows as CSV (RFC 4180): full precision, an empty field where there is no value. */
export function chartCsv({ rows }: Chart): string {
  const columns = columnsOf(rows);
  const lines = rows.map((row) => columns.map((column) => field(row[column])).join(','));
  return `${[columns.map(field).join(','), ...lines].join('\n')}\n`;
}

function field(value: Row[string] | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A script that reads `csvName` beside it and writes a PDF; needs matplotlib alone. */
export function chartPython(chart: Chart, csvName: string): string {
  const { x, y, low, high, series, facet, lines = [], kind } = chart;
  const text = (value: string | null | undefined) =>
    JSON.stringify(value ?? null).replace(/^null$/, 'None');
  const scale = (axis: Axis) => (axis.share ? 100 : 1);
  const reference = lines
    .map((line) => {
      const value = line.value * scale(line.axis === 'x' ? x : y);
      return `    (${text(line.axis)}, ${value}, ${text(line.label)}, ${text(line.facet)}),`;
    })
    .join('\n');
  return `"""${chart.title.replaceAll('"', "'")}. Made by Undertone; needs matplotlib."""
import csv
import pathlib

import matplotlib.pyplot as plt

here = pathlib.Path(__file__).parent
with open(here / ${text(csvName)}, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))

X, Y, LOW, HIGH = ${text(x.column)}, ${text(y.column)}, ${text(low)}, ${text(high)}
SERIES, FACET = ${text(series?.column)}, ${text(facet?.column)}
LINES = [
${reference}
]
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]


def number(row, column, scale=1):
    return float(row[column]) * scale if row[column] else float("nan")


def values(column):
    return list(dict.fromkeys(row[column] for row in rows)) if column else [None]


facets, series = values(FACET), values(SERIES)
figure, axes = plt.subplots(1, len(facets), figsize=(3.4 * len(facets), 3), sharey=True, squeeze=False)
for axis, facet in zip(axes[0], facets):
    for i, name in enumerate(series):
        part = [r for r in rows if (not FACET or r[FACET] == facet) and (not SERIES or r[SERIES] == name)]
        if not part:
            continue
        xs = ${x.scale === 'category' ? '[r[X] for r in part]' : `[number(r, X, ${scale(x)}) for r in part]`}
        ys = [number(r, Y, ${scale(y)}) for r in part]
        style = dict(color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)], markersize=4, label=name)
${pythonMarks(kind, scale(y))}
    for which, value, label, only in LINES:
        if only is None or only == facet:
            draw = axis.axhline if which == "y" else axis.axvline
            draw(value, color="0.5", linestyle=":", linewidth=1)
    axis.set_xlabel(${text(axisTitle(x))})
${x.scale === 'log' ? `    axis.set_xscale("log", base=${x.base ?? 10})\n` : ''}${y.scale === 'log' ? `    axis.set_yscale("log", base=${y.base ?? 10})\n` : ''}    if facet is not None:
        axis.set_title(facet, fontsize=10)
axes[0][0].set_ylabel(${text(axisTitle(y))})
if SERIES:
    axes[0][-1].legend(fontsize=7, frameon=False)
figure.tight_layout()
figure.savefig(here / ${text(csvName.replace(/\.csv$/, '.pdf'))})
`;
}

function pythonMarks(kind: Chart['kind'], scale: number): string {
  if (kind === 'scatter') return '        axis.plot(xs, ys, linestyle="none", **style)';
  const ends = `            lows = [number(r, LOW, ${scale}) for r in part]
            highs = [number(r, HIGH, ${scale}) for r in part]`;
  if (kind === 'lines') {
    return `        axis.plot(xs, ys, linewidth=1.5, **style)
        if LOW and HIGH:
${ends}
            axis.fill_between(xs, lows, highs, color=style["color"], alpha=0.2, linewidth=0)`;
  }
  return `        axis.plot(xs, ys, linestyle="none", **style)
        if LOW and HIGH:
${ends}
            axis.vlines(xs, lows, highs, color=style["color"], linewidth=1.5)`;
}

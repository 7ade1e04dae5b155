import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { list } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { doneRuns, groupsBy, summary } from './groups.ts';
import { axisValueText, isShare, metricText, metricTitle, settingTitle } from './labels.ts';
import { panelsHtml, panelWidth } from './panels.ts';
import { shade, shadeGradient, shadeInk } from './shades.ts';
import type { SweepAxis, SweepStudy } from './study.ts';

interface Cell {
  readonly x: string;
  readonly y: string;
  readonly value: number;
  readonly seeds: number;
}

const characterWidth = 7.6;

/** The metrics over two settings, a map each: means over seeds and over all other settings. */
export function heatMaps(
  study: SweepStudy,
  [x, y]: readonly [SweepAxis, SweepAxis],
  metrics: readonly string[],
): Figure {
  const groups = groupsBy(doneRuns(study), [x, y]);
  const maps = metrics.map((metric) => ({
    metric,
    cells: groups.flatMap(({ at, runs }): Cell[] => {
      const found = summary(runs, metric);
      if (found === null) return [];
      const [column, row] = at.map(axisValueText);
      return [{ x: column, y: row, value: found.mean, seeds: found.count }];
    }),
  }));
  const others = study.axes.filter((axis) => axis !== x && axis !== y);
  const over = ['seeds', ...others.map(({ name }) => settingTitle(name))];
  const width = panelWidth(Math.max(2, maps.length));
  return {
    key: `heat-${x.name}-${y.name}`,
    title: `${settingTitle(x.name).replace(/^./, (letter) => letter.toUpperCase())} by ${settingTitle(y.name)}`,
    place: 'wide',
    body: panelsHtml(
      maps.map(({ metric, cells }) => ({
        title: metricTitle(metric),
        svg:
          cells.length === 0
            ? '<p class="absent">No run has it.</p>'
            : draw(cells, metric, x, y, width),
      })),
    ),
    caption: escapeHtml(
      `Every field is the mean over ${list(over)} of the runs there; where a field is blank, no run has a value.`,
    ),
    table: {
      columns: [settingTitle(x.name), settingTitle(y.name), 'runs', ...metrics.map(metricTitle)],
      rows: groups.map(({ at, runs }) => [
        ...at.map(axisValueText),
        String(runs.length),
        ...metrics.map((metric) => metricText(metric, summary(runs, metric)?.mean ?? null)),
      ]),
    },
  };
}

function draw(
  cells: readonly Cell[],
  metric: string,
  x: SweepAxis,
  y: SweepAxis,
  width: number,
): string {
  const values = cells.map(({ value }) => value);
  const [low, high] = isShare(metric) ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const share = (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  const columns = x.values.map(axisValueText);
  const rows = y.values.map(axisValueText);
  const longest = Math.max(...rows.map((text) => text.length));
  const marginLeft = Math.min(150, 14 + characterWidth * longest);
  const inner = width - marginLeft - 8;
  const side = inner / columns.length;
  const cellHeight = Math.max(20, Math.min(46, 0.9 * side, 420 / rows.length));
  const marginTop = 26;
  const slanted = Math.max(...columns.map((text) => text.length)) * characterWidth > side;
  const marginBottom = slanted ? 62 : 44;
  const words = (value: number) =>
    isShare(metric) ? String(Math.round(100 * value)) : metricText(metric, value);
  const isLegible =
    side >= 10 + characterWidth * Math.max(...values.map((value) => words(value).length)) &&
    cellHeight >= 18;
  const axis = { tickSize: 0, labelArrow: 'none', fill: colour.muted } as const;
  const map = renderPlot(
    {
      width,
      height: cellHeight * rows.length + marginBottom + marginTop,
      marginLeft,
      marginRight: 8,
      marginTop,
      marginBottom,
      x: { type: 'band', domain: columns, padding: columns.length > 40 ? 0 : 0.03 },
      y: { type: 'band', domain: rows.toReversed(), padding: rows.length > 40 ? 0 : 0.04 },
      marks: [
        Plot.cell(cells, {
          x: 'x',
          y: 'y',
          fill: ({ value }: Cell) => shade(share(value)),
          title: (cell: Cell) =>
            `${settingTitle(x.name)} ${cell.x}, ${settingTitle(y.name)} ${cell.y}: ${metricText(metric, cell.value)} (${cell.seeds} run${cell.seeds === 1 ? '' : 's'})`,
        }),
        ...(isLegible
          ? [
              Plot.text(cells, {
                x: 'x',
                y: 'y',
                text: ({ value }: Cell) => words(value),
                fill: ({ value }: Cell) => shadeInk(share(value)),
              }),
            ]
          : []),
        Plot.axisX({
          ...axis,
          ...(columns.length > 16 ? { ticks: everyNth(columns, 16) } : {}),
          tickRotate: slanted ? -35 : 0,
          label: settingTitle(x.name),
          labelAnchor: 'center',
          labelOffset: marginBottom - 8,
        }),
        Plot.axisY({
          ...axis,
          ...(rows.length > 30 ? { ticks: everyNth(rows, 30) } : {}),
          label: settingTitle(y.name),
          // Upright words would be longer than a low map is tall.
          labelAnchor: 'top',
          labelOffset: marginLeft,
        }),
      ],
    },
    `Map of ${metricTitle(metric)} over ${settingTitle(x.name)} and ${settingTitle(y.name)}, from ${metricText(metric, Math.min(...values))} to ${metricText(metric, Math.max(...values))}.`,
  ).svg;
  return `${map}<p class="scale"><span>${escapeHtml(metricText(metric, low))}</span><i style="background:${shadeGradient()}"></i><span>${escapeHtml(metricText(metric, high))}</span></p>`;
}

function everyNth(texts: readonly string[], most: number): string[] {
  const step = Math.ceil(texts.length / most);
  return texts.filter((_, i) => i % step === 0);
}

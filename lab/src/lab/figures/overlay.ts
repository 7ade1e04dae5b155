/** Learning curves of many runs or groups in one uPlot chart, each a line with a band from lowest to highest. */
import uPlot from 'uplot';
import { token } from '../../figures/theme.ts';
import { colourOf, dashOf } from '../colours.ts';
import { type CurvePoint, topOf } from '../grouping.ts';

export interface OverlayLine {
  readonly label: string;
  readonly points: readonly CurvePoint[];
}

export interface OverlayScales {
  readonly isLog: boolean;
  /** Percent, or the loss on a logarithmic axis. */
  readonly isLoss: boolean;
}

const unit = ({ isLoss }: OverlayScales) => (isLoss ? 1 : 100);

/** Steps of all lines together; three rows of values for each: mean, high, low. */
function overlayData(lines: readonly OverlayLine[], scales: OverlayScales): uPlot.AlignedData {
  const positive = ({ step }: CurvePoint) => !scales.isLog || step > 0;
  const steps = [
    ...new Set(lines.flatMap(({ points }) => points.filter(positive).map(({ step }) => step))),
  ].sort((x, y) => x - y);
  const place = new Map(steps.map((step, i) => [step, i]));
  const factor = unit(scales);
  const rows = lines.flatMap(({ points }) => {
    const values = (['mean', 'high', 'low'] as const).map(
      () => new Array<number | null | undefined>(steps.length),
    );
    for (const point of points) {
      const at = place.get(point.step);
      if (at === undefined) continue;
      // A logarithm has no zero.
      const shown = (value: number) => (scales.isLoss && value <= 0 ? null : factor * value);
      values[0][at] = shown(point.mean);
      values[1][at] = shown(point.high);
      values[2][at] = shown(point.low);
    }
    return values;
  });
  return [steps, ...rows] as uPlot.AlignedData;
}

export function overlayChart(
  host: HTMLElement,
  lines: readonly OverlayLine[],
  scales: OverlayScales,
  height: number,
  onPoint: (index: number | null) => void,
): uPlot {
  const muted = () => token('--muted');
  const font = '12px system-ui, sans-serif';
  const top = 100 * topOf(lines.flatMap(({ points }) => points.map(({ high }) => high)));
  const parts = top === 25 ? 5 : top === 15 ? 3 : 4;
  const isFirst = (tick: number) => [1, 2, 5].includes(Number(tick.toExponential()[0]));
  return new uPlot(
    {
      width: host.clientWidth,
      height,
      padding: [10, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
      scales: {
        x: scales.isLog
          ? { time: false, distr: 3, log: 10, range: (_, least, most) => [least, most] }
          : { time: false },
        y: scales.isLoss ? { distr: 3, log: 10 } : { range: [-0.02 * top, 1.02 * top] },
      },
      axes: [
        {
          stroke: muted,
          font,
          grid: { show: false },
          ticks: { stroke: () => token('--faint'), width: 1, size: 4 },
          size: 30,
          gap: 3,
          values: (_, ticks) =>
            ticks.map((tick) =>
              tick === null || (scales.isLog && !isFirst(tick)) ? '' : tick.toLocaleString('en'),
            ),
        },
        {
          stroke: muted,
          font,
          grid: { stroke: () => token('--line'), width: 1 },
          ticks: { show: false },
          size: scales.isLoss ? 56 : 48,
          gap: 4,
          ...(scales.isLoss
            ? {
                values: (_: uPlot, ticks: (number | null)[]) =>
                  ticks.map((tick) => (tick === null || !isFirst(tick) ? '' : tick.toPrecision(1))),
              }
            : {
                splits: () => Array.from({ length: parts + 1 }, (_, i) => (i * top) / parts),
                values: (_: uPlot, ticks: number[]) =>
                  ticks.map((tick) => `${Number(tick.toFixed(1))} %`),
              }),
        },
      ],
      series: [
        {},
        ...lines.flatMap(({ label }, i): uPlot.Series[] => {
          const hidden: uPlot.Series = {
            stroke: 'transparent',
            width: 0,
            spanGaps: true,
            points: { show: false },
          };
          return [
            {
              label,
              stroke: () => token(colourOf(i)),
              width: 2.2,
              dash: dashOf(i),
              spanGaps: true,
              points: { show: false },
            },
            hidden,
            hidden,
          ];
        }),
      ],
      bands: lines.map((_, i) => ({
        series: [3 * i + 2, 3 * i + 3],
        fill: () =>
          token(colourOf(i)).replace(/^rgba?\(([^,)]+,[^,)]+,[^,)]+).*$/, 'rgba($1, 0.16)'),
      })),
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    overlayData(lines, scales),
    host,
  );
}

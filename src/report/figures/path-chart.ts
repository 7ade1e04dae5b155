import * as Plot from '@observablehq/plot';
import { percent } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { type RenderedPlot, renderPlot } from '../plot.ts';
import { spread } from '../spread.ts';
import type { PathPoint } from '../study.ts';

/** What is followed along the path, with the name of its CSS class. */
export const pathRoles = [
  { role: 'cleanTrain', key: 'clean', name: 'right labels', line: colour.clean, ink: ink.clean },
  { role: 'noisyTrain', key: 'noisy', name: 'wrong labels', line: colour.noisy, ink: ink.noisy },
  { role: 'test', key: 'test', name: 'unseen pairs', line: colour.test, ink: ink.test },
] as const;

/** Pixels of the drawing; the page lays the slider under its x axis by these. */
export const pathChartSize = {
  width: 540,
  height: 250,
  marginLeft: 40,
  marginRight: 146,
  marginTop: 10,
  marginBottom: 24,
} as const;

/** Accuracy on clean, noisy and test pairs against λ, with λ = 1 on the left. */
export function pathChart(points: readonly PathPoint[], chance: number): RenderedPlot {
  const { height, marginTop, marginBottom } = pathChartSize;
  const last = points[points.length - 1];
  const shown = pathRoles.filter(({ role }) => points.some((point) => point[role] !== null));
  const labels: { share: number; text: string; ink: string }[] = [
    ...shown.map(({ role, name, ink }) => ({
      share: last[role] ?? 0,
      text: `${name} ${percent(last[role])}`,
      ink,
    })),
    { share: chance, text: `chance ${percent(chance)}`, ink: colour.muted },
  ];
  const places = spread(
    labels.map(({ share }) => marginTop + (1 - share) * (height - marginTop - marginBottom)),
    17,
    marginTop,
    height - marginBottom,
  );
  return renderPlot(
    {
      ...pathChartSize,
      x: { domain: [1, 0] },
      y: { domain: [0, 1] },
      marks: [
        Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          tickFormat: (share: number) => `${Math.round(share * 100)}`,
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        Plot.axisX({
          ticks: [1, 0.75, 0.5, 0.25, 0],
          tickFormat: (lambda: number) => (lambda === 1 ? 'λ = 1' : String(lambda)),
          tickSize: 4,
          label: null,
          fill: colour.muted,
          stroke: colour.muted,
        }),
        Plot.ruleY([chance], { stroke: colour.chance, strokeDasharray: '3 4', strokeWidth: 1.5 }),
        Plot.ruleX([points[0].lambda], {
          stroke: colour.text,
          strokeWidth: 1.5,
          className: 'lambda-marker',
        }),
        ...shown.map(({ role, line }) =>
          Plot.line(points, {
            x: 'lambda',
            y: (point: PathPoint) => point[role] ?? Number.NaN,
            stroke: line,
            strokeWidth: 2.5,
          }),
        ),
        ...shown.map(({ role, line }) =>
          Plot.dot(points, {
            x: 'lambda',
            y: (point: PathPoint) => point[role] ?? Number.NaN,
            fill: line,
            r: 2.6,
          }),
        ),
        ...labels.map(({ text, ink }, index) =>
          Plot.text([text], {
            frameAnchor: 'top-right',
            textAnchor: 'start',
            lineAnchor: 'middle',
            dx: 12,
            dy: places[index] - marginTop,
            fill: ink,
            fontWeight: 600,
          }),
        ),
      ],
    },
    `Accuracy along G plus lambda R. At lambda ${last.lambda}: ${labels.map(({ text }) => text).join(', ')}.`,
  );
}

import * as Plot from '@observablehq/plot';
import { colour } from '../palette.ts';
import { type RenderedPlot, renderPlot } from '../plot.ts';
import type { PathPoint } from '../study.ts';
import { accuracyMarks, endTexts } from './accuracy-lines.ts';

/** Pixels of the drawing; the page lays the slider under its x axis by these. */
export const pathChartSize = {
  width: 540,
  height: 250,
  marginLeft: 40,
  marginRight: 172,
  marginTop: 10,
  marginBottom: 24,
} as const;

/** Accuracy on clean, noisy and test pairs against λ, with λ = 1 on the left. */
export function pathChart(points: readonly PathPoint[], chance: number): RenderedPlot {
  return renderPlot(
    {
      ...pathChartSize,
      x: { domain: [1, 0] },
      y: { domain: [0, 1] },
      marks: [
        ...accuracyMarks(points, 'lambda', chance, pathChartSize, points),
        Plot.axisX({
          ticks: [1, 0.75, 0.5, 0.25, 0],
          tickFormat: (lambda: number) => (lambda === 1 ? 'λ = 1' : String(lambda)),
          tickSize: 4,
          label: null,
          fill: colour.muted,
          stroke: colour.muted,
        }),
        Plot.ruleX([points[0].lambda], {
          stroke: colour.text,
          strokeWidth: 1.5,
          className: 'lambda-marker',
        }),
      ],
    },
    `Accuracy along G plus lambda R. At lambda ${points[points.length - 1].lambda}: ${endTexts(
      points,
      chance,
    )
      .map(({ text }) => text)
      .join(', ')}.`,
  );
}

/** What all figures share: colours by meaning, axes, and a plot that the page's policy takes. */
import * as Plot from '@observablehq/plot';

export const colour = {
  cleanTrain: 'var(--clean)',
  noisyTrain: 'var(--noisy)',
  test: 'var(--test)',
  rule: 'var(--rule)',
  chance: 'var(--chance)',
  line: 'var(--line)',
  muted: 'var(--muted)',
  text: 'var(--text)',
  ground: 'var(--ground)',
} as const;
export const roles = ['cleanTrain', 'noisyTrain', 'test'] as const;
export const roleNames = {
  cleanTrain: 'right labels',
  noisyTrain: 'wrong labels',
  test: 'never seen',
};

export type Drawn = ReturnType<typeof Plot.plot> & SVGSVGElement;

export const axis = {
  tickSize: 4,
  labelArrow: 'none',
  fill: colour.muted,
  stroke: colour.line,
} as const;

export function draw(options: Plot.PlotOptions): Drawn {
  const plot = Plot.plot({
    marginLeft: 46,
    marginRight: 14,
    marginTop: 12,
    marginBottom: 42,
    ...options,
    className: 'plot',
    style: { fontSize: '12px' },
  }) as unknown as Drawn;
  // The page's policy takes no style that stands in the markup; the page has its own for plots.
  plot.querySelector('style')?.remove();
  plot.removeAttribute('font-family');
  return plot;
}

export const percentAxis = () => [
  Plot.gridY([0, 25, 50, 75, 100], { stroke: colour.line, strokeOpacity: 1 }),
  Plot.axisY({
    ...axis,
    ticks: [0, 25, 50, 75, 100],
    tickSize: 0,
    label: null,
    tickFormat: (y: number) => `${y} %`,
  }),
];

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** The width that figures are drawn at, in their own pixels; the page scales them to its column. */
export const figureWidth = 480;

export interface RenderedPlot {
  /** An `<svg role="img">` whose colours are CSS variables of the page. */
  readonly svg: string;
  readonly scale: (name: 'x' | 'y') => (value: number) => number;
}

/** Draws a plot without a browser. `label` says in words what the picture shows. */
export function renderPlot(options: Plot.PlotOptions, label: string): RenderedPlot {
  const plot = Plot.plot({
    width: figureWidth,
    ...options,
    document: document as unknown as Document,
    className: 'plot',
    style: { fontSize: '13px' },
  });
  plot.querySelector('style')?.remove();
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', label);
  // The font comes from the page.
  plot.removeAttribute('font-family');
  return {
    svg: roundCoordinates(plot.outerHTML),
    scale: (name) => {
      const scale = plot.scale(name);
      if (scale === undefined) throw new Error(`the plot has no ${name} scale`);
      return (value) => Number(scale.apply(value));
    },
  };
}

/** Hundredths of a pixel are enough; Plot writes up to 17 digits. Text isn't touched. */
function roundCoordinates(svg: string): string {
  return svg.replace(/ (d|transform|points|[xy][12]?|c[xy]|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) =>
      String(Number(Number(number).toFixed(2))),
    ),
  );
}

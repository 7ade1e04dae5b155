/** The figure of bench/scaling.ts: three panels on log axes, each with a line of slope 1. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export interface Measured {
  readonly series: 'width' | 'rows' | 'modulus';
  readonly modulus: number;
  readonly width: number;
  readonly rows: number;
  readonly milliseconds: number;
  readonly gflops: number;
}

interface Panel {
  readonly series: Measured['series'];
  readonly title: string;
  readonly label: string;
  readonly x: (point: Measured) => number;
}

const panels: readonly Panel[] = [
  { series: 'width', title: 'P = 113, n = 10,215', label: 'width M', x: ({ width }) => width },
  { series: 'rows', title: 'P = 113, M = 513', label: 'rows n', x: ({ rows }) => rows },
  {
    series: 'modulus',
    title: 'M = 513, P = 31 … 251, n = 0.8 P²',
    label: 'n · P',
    x: ({ rows, modulus }) => rows * modulus,
  },
];

const panelWidth = 320;
const panelHeight = 300;
const dark = '#1b1f24';
const blue = '#0072b2';
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** One self-contained SVG on a white ground: it is shown on pages of either theme. */
export function drawScaling(measured: readonly Measured[]): string {
  const drawn = panels.map((panel, i) => {
    const points = measured.filter(({ series }) => series === panel.series);
    return `<g transform="translate(${i * panelWidth} 0)"><text x="14" y="20" font-size="13" font-weight="600" fill="${dark}">${panel.title}</text><g transform="translate(0 30)">${draw(panel, points)}</g></g>`;
  });
  const width = panels.length * panelWidth;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${panelHeight}" width="${width}" height="${panelHeight}" font-family="system-ui, sans-serif" role="img" aria-label="Time per training step grows in proportion to width, rows and rows times modulus: measured points lie on lines of slope one"><rect width="100%" height="100%" fill="#fff"/>${drawn.join('')}</svg>\n`;
}

function draw({ label, x }: Panel, points: readonly Measured[]): string {
  const largest = points.reduce((most, point) => (x(point) > x(most) ? point : most));
  // Through the largest point, where fixed costs weigh least.
  const proportional = points.map((point) => ({
    x: x(point),
    y: (largest.milliseconds * x(point)) / x(largest),
  }));
  const plot = Plot.plot({
    document: document as unknown as Document,
    className: `panel-${label.replaceAll(/[^a-z]/gi, '')}`,
    width: panelWidth,
    height: panelHeight - 30,
    marginLeft: 52,
    marginTop: 28,
    marginBottom: 44,
    style: { fontSize: '12px', color: dark },
    x: { type: 'log', label, tickFormat: shortNumber, ticks: 3, grid: true, nice: true },
    y: {
      type: 'log',
      label: 'ms per step',
      tickFormat: shortNumber,
      ticks: 3,
      grid: true,
      nice: true,
    },
    marks: [
      Plot.line(proportional, { x: 'x', y: 'y', stroke: '#868d97', strokeDasharray: '4 3' }),
      Plot.dot(points, { x, y: 'milliseconds', r: 3.5, fill: blue }),
    ],
  });
  plot.querySelector('style')?.remove();
  return plot.outerHTML.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(number).toFixed(2)));
}

/** "0.1", "100", "10k", "1M". */
function shortNumber(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1e4) return `${value / 1e3}k`;
  return String(value);
}

/** The map of a scan. */
import * as Plot from '@observablehq/plot';
import type { ScanPicture } from '../../analyst/analyses.ts';
import { axis, colour, type Drawn, draw } from './frame.ts';

/** T of every (k1, k2), those beyond the threshold ringed. */
export function scanPlot({ side, T, threshold, multipliers }: ScanPicture, width: number): Drawn {
  const cells = Array.from(T, (value, i) => ({
    k1: multipliers[Math.floor(i / side)],
    k2: multipliers[i % side],
    T: value,
  }));
  const top = cells.reduce((best, cell) => (cell.T > best.T ? cell : best));
  const last = multipliers[side - 1];
  const domain: [number, number] = [0.5, last + 0.5];
  const size = Math.min(width, 420);
  return draw({
    width: size,
    height: size,
    x: { domain },
    y: { domain },
    color: { scheme: 'cividis', domain: [0, Math.max(threshold, top.T)], clamp: true },
    marks: [
      side > 1
        ? Plot.raster(T, {
            width: side,
            height: side,
            x1: 0.5,
            x2: last + 0.5,
            y1: 0.5,
            y2: last + 0.5,
            imageRendering: 'pixelated',
          })
        : Plot.rect(cells, { x1: 0.5, x2: 1.5, y1: 0.5, y2: 1.5, fill: 'T' }),
      Plot.axisX({ ...axis, ticks: 5, label: 'k₂', labelAnchor: 'center' }),
      Plot.axisY({ ...axis, ticks: 5, label: 'k₁', labelAnchor: 'center' }),
      Plot.dot(
        cells.filter((cell) => cell.T >= threshold),
        {
          x: 'k2',
          y: 'k1',
          r: Math.max(6, 0.8 * (size / side)),
          stroke: colour.noisyTrain,
          strokeWidth: 2.5,
        },
      ),
      Plot.tip(
        cells,
        Plot.pointer({
          x: 'k2',
          y: 'k1',
          title: (d) => `k₁ = ${d.k1}, k₂ = ${d.k2}\nT = ${d.T.toFixed(1)}`,
          fill: colour.ground,
          stroke: colour.line,
          maxRadius: 20,
        }),
      ),
    ],
  });
}

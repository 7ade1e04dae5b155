/** Neurons as dots. */
import * as Plot from '@observablehq/plot';
import type { Neurons } from '../../analyst/analyses.ts';
import { axis, colour, type Drawn, draw } from './frame.ts';

const angles = [-Math.PI, -Math.PI / 2, 0, Math.PI / 2, Math.PI];

const angleName = (angle: number) => ['−π', '−π/2', '0', 'π/2', 'π'][angles.indexOf(angle)];

/** φa + φb against φc, one dot a neuron; the strongest `most` of them. */
export function phasePlot(neurons: Neurons, width: number, most = 2000): Drawn {
  const { phaseC, residual, magnitude } = neurons;
  const order = Array.from(magnitude.keys())
    .sort((x, y) => magnitude[y] - magnitude[x])
    .slice(0, most);
  const strongest = magnitude[order[0]] || 1;
  const wrap = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  const dots = order.map((neuron) => ({
    sum: wrap(residual[neuron] + phaseC[neuron]),
    c: phaseC[neuron],
    opacity: 0.15 + 0.8 * Math.sqrt(magnitude[neuron] / strongest),
  }));
  return draw({
    width,
    height: Math.min(width, 420),
    x: { domain: [-Math.PI, Math.PI] },
    y: { domain: [-Math.PI, Math.PI] },
    marks: [
      Plot.gridX(angles, { stroke: colour.line, strokeOpacity: 1 }),
      Plot.gridY(angles, { stroke: colour.line, strokeOpacity: 1 }),
      Plot.axisX({
        ...axis,
        ticks: angles,
        tickFormat: angleName,
        label: 'φa + φb',
        labelAnchor: 'center',
      }),
      Plot.axisY({
        ...axis,
        ticks: angles,
        tickFormat: angleName,
        label: 'φc',
        labelAnchor: 'center',
      }),
      Plot.line(
        [
          [-Math.PI, -Math.PI],
          [Math.PI, Math.PI],
        ],
        { stroke: colour.chance, strokeDasharray: '3 4', strokeWidth: 1.5 },
      ),
      Plot.dot(dots, {
        x: 'sum',
        y: 'c',
        r: dots.length > 800 ? 2 : 3,
        fill: colour.rule,
        fillOpacity: 'opacity',
      }),
    ],
  });
}

export type Score = 'ipr' | 'strength' | 'coherence' | 'share' | 'magnitude';

const scoreNames: Record<Score, string> = {
  ipr: 'IPR',
  strength: 'strength',
  coherence: 'coherence, cos(φa + φb − φc)',
  share: 'share of energy in one wave',
  magnitude: 'triad |û||v̂||ŵ|',
};

/** Two scores of every neuron against each other; those switched off are hollow. */
export function scoresPlot(
  neurons: Neurons,
  xScore: Score,
  yScore: Score,
  off: ReadonlySet<number>,
  width: number,
): Drawn {
  const dots = Array.from(neurons.ipr.keys(), (neuron) => ({
    neuron,
    x: neurons[xScore][neuron],
    y: neurons[yScore][neuron],
  }));
  return draw({
    width,
    height: 360,
    x: { nice: true },
    y: { nice: true },
    marks: [
      Plot.gridX({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
      Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
      Plot.axisX({ ...axis, ticks: 5, label: scoreNames[xScore], labelAnchor: 'center' }),
      Plot.axisY({ ...axis, ticks: 5, label: scoreNames[yScore], labelAnchor: 'center' }),
      Plot.dot(
        dots.filter(({ neuron }) => !off.has(neuron)),
        { x: 'x', y: 'y', r: dots.length > 800 ? 2 : 3, fill: colour.rule, fillOpacity: 0.45 },
      ),
      Plot.dot(
        dots.filter(({ neuron }) => off.has(neuron)),
        { x: 'x', y: 'y', r: dots.length > 800 ? 2 : 3, stroke: colour.chance, strokeOpacity: 0.7 },
      ),
    ],
  });
}

export function histogramPlot(values: Float64Array, label: string, width: number): Drawn {
  return draw({
    width,
    height: 190,
    x: { nice: true },
    marks: [
      Plot.gridY({ ticks: 3, stroke: colour.line, strokeOpacity: 1 }),
      Plot.axisX({ ...axis, ticks: 5, label, labelAnchor: 'center' }),
      Plot.axisY({ ...axis, ticks: 3, tickSize: 0, label: 'neurons', labelAnchor: 'top' }),
      Plot.rectY(Array.from(values), {
        ...Plot.binX({ y: 'count' }, { x: (value: number) => value, thresholds: 40 }),
        fill: colour.rule,
        fillOpacity: 0.8,
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleY([0], { stroke: colour.muted }),
    ],
  });
}

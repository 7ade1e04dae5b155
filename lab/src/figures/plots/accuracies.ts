/** Accuracies as curves. */
import * as Plot from '@observablehq/plot';
import type { PathPoint, Pruning, Rung } from '../../analyst/analyses.ts';
import { count } from '../numbers.ts';
import { axis, colour, type Drawn, draw, percentAxis, roleNames, roles } from './frame.ts';

/** Accuracies against λ, with a mark where the slider is. */
export function pathPlot(
  points: readonly PathPoint[],
  lambda: number,
  chance: number,
  width: number,
): Drawn {
  const long = points.flatMap((point) =>
    roles
      .filter((role) => point[role] !== null)
      .map((role) => ({ lambda: point.lambda, role, value: 100 * (point[role] as number) })),
  );
  return draw({
    width,
    height: 260,
    x: { domain: [1, 0] },
    y: { domain: [-2, 102] },
    marks: [
      ...percentAxis(),
      Plot.axisX({
        ...axis,
        ticks: [1, 0.75, 0.5, 0.25, 0],
        tickFormat: String,
        label: 'λ, the part of the residual that is left',
        labelAnchor: 'center',
      }),
      Plot.ruleY([100 * chance], { stroke: colour.chance, strokeDasharray: '3 4' }),
      Plot.ruleX([lambda], { stroke: colour.text, strokeOpacity: 0.5 }),
      Plot.line(long, {
        x: 'lambda',
        y: 'value',
        z: 'role',
        stroke: (d) => colour[d.role as 'test'],
        strokeWidth: 2.2,
      }),
      Plot.tip(
        long,
        Plot.pointer({
          x: 'lambda',
          y: 'value',
          title: (d) =>
            `λ = ${d.lambda.toFixed(2)}\n${roleNames[d.role as 'test']} ${d.value.toFixed(1)} %`,
          fill: colour.ground,
          stroke: colour.line,
        }),
      ),
    ],
  });
}

/** Accuracies of the k best neurons by a score. */
export function pruningPlot(
  { curve, generalization, memorization }: Pruning,
  side: 'top' | 'bottom',
  chance: number,
  width: number,
): Drawn {
  const long = curve.flatMap((point) =>
    roles
      .filter((role) => point[side][role] !== null)
      .map((role) => ({
        neurons: point.neurons,
        role,
        value: 100 * (point[side][role] as number),
      })),
  );
  const chosen = side === 'top' ? generalization : memorization;
  return draw({
    width,
    height: 220,
    y: { domain: [-2, 102] },
    marks: [
      ...percentAxis(),
      Plot.axisX({
        ...axis,
        ticks: 5,
        tickFormat: count,
        label: side === 'top' ? 'neurons kept, best first' : 'neurons kept, worst first',
        labelAnchor: 'center',
      }),
      Plot.ruleY([100 * chance], { stroke: colour.chance, strokeDasharray: '3 4' }),
      ...(chosen === null
        ? []
        : [
            Plot.ruleX([chosen.neurons], { stroke: colour.text, strokeOpacity: 0.5 }),
            Plot.text([`${side === 'top' ? 'k' : 'k′'} = ${count(chosen.neurons)}`], {
              x: chosen.neurons,
              frameAnchor: 'middle',
              dx: 5,
              dy: 2,
              textAnchor: 'start',
              fill: colour.text,
            }),
          ]),
      Plot.line(long, {
        x: 'neurons',
        y: 'value',
        z: 'role',
        stroke: (d) => colour[d.role as 'test'],
        strokeWidth: 2,
      }),
      Plot.tip(
        long,
        Plot.pointer({
          x: 'neurons',
          y: 'value',
          title: (d) =>
            `${count(d.neurons)} neurons\n${roleNames[d.role as 'test']} ${d.value.toFixed(1)} %`,
          fill: colour.ground,
          stroke: colour.line,
        }),
      ),
    ],
  });
}

/** Accuracies against width, each width trained anew. */
export function ladderPlot(
  rungs: readonly Rung[],
  widths: readonly number[],
  chance: number,
  width: number,
): Drawn {
  const lines = [
    { key: 'G', name: 'G, never seen', stroke: colour.test, dash: '', dy: 9 },
    { key: 'raw', name: 'whole, never seen', stroke: colour.chance, dash: '', dy: 0 },
    { key: 'noisyTrain', name: 'wrong labels', stroke: colour.noisyTrain, dash: '4 3', dy: -8 },
  ] as const;
  const long = rungs.flatMap((rung) =>
    lines
      .filter(({ key }) => rung[key] !== null)
      .map(({ key, name, stroke }) => ({
        width: rung.width,
        name,
        stroke,
        value: 100 * (rung[key] as number),
      })),
  );
  return draw({
    width,
    height: 280,
    marginRight: 132,
    x: { type: 'log', domain: [widths[0], widths[widths.length - 1]] },
    y: { domain: [-2, 102] },
    marks: [
      ...percentAxis(),
      Plot.axisX({
        ...axis,
        ticks: widths.filter((_, i) => width > 460 || i % 2 === 1),
        tickFormat: count,
        label: 'neurons M',
        labelAnchor: 'center',
      }),
      Plot.ruleY([100 * chance], { stroke: colour.chance, strokeDasharray: '3 4' }),
      ...lines.map(({ name, stroke, dash, dy }) => {
        const points = long.filter((point) => point.name === name);
        return [
          Plot.line(points, {
            x: 'width',
            y: 'value',
            stroke,
            strokeWidth: 2,
            ...(dash === '' ? {} : { strokeDasharray: dash }),
          }),
          Plot.dot(points, { x: 'width', y: 'value', fill: stroke, r: 3.5 }),
          Plot.text(
            points,
            Plot.selectLast({
              x: 'width',
              y: 'value',
              text: () => name,
              fill: stroke,
              dx: 9,
              dy,
              textAnchor: 'start',
            }),
          ),
        ];
      }),
      Plot.tip(
        long,
        Plot.pointer({
          x: 'width',
          y: 'value',
          title: (d) => `M = ${count(d.width)}\n${d.name} ${d.value.toFixed(1)} %`,
          fill: colour.ground,
          stroke: colour.line,
        }),
      ),
    ],
  });
}

interface Curve {
  readonly step: number;
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly test: number | null;
}

/** Learning curves, as a file has them. */
export function curvesPlot(
  rows: readonly Curve[],
  isLog: boolean,
  chance: number,
  width: number,
): Drawn {
  const long = rows
    .filter(({ step }) => !isLog || step > 0)
    .flatMap((row) =>
      roles
        .filter((role) => row[role] !== null)
        .map((role) => ({ step: row.step, role, value: 100 * (row[role] as number) })),
    );
  return draw({
    width,
    height: 300,
    marginRight: 100,
    x: isLog ? { type: 'log' } : {},
    y: { domain: [-2, 102] },
    marks: [
      ...percentAxis(),
      Plot.axisX({
        ...axis,
        ticks: 5,
        tickFormat: count,
        label: 'training step',
        labelAnchor: 'center',
      }),
      Plot.ruleY([100 * chance], { stroke: colour.chance, strokeDasharray: '3 4' }),
      Plot.line(long, {
        x: 'step',
        y: 'value',
        z: 'role',
        stroke: (d) => colour[d.role as 'test'],
        strokeWidth: 2.2,
      }),
      Plot.text(
        long,
        Plot.selectLast({
          x: 'step',
          y: 'value',
          z: 'role',
          text: (d) => roleNames[d.role as 'test'],
          fill: (d) => colour[d.role as 'test'],
          dx: 8,
          textAnchor: 'start',
        }),
      ),
    ],
  });
}

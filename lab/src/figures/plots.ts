/** The figures that Observable Plot draws. Loaded when the first of them comes into view. */
import * as Plot from '@observablehq/plot';
import type {
  Answer,
  Neurons,
  PathPoint,
  Pruning,
  Rung,
  ScanPicture,
} from '../analyst/analyses.ts';
import { count } from './numbers.ts';

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
const roles = ['cleanTrain', 'noisyTrain', 'test'] as const;
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

const percentAxis = () => [
  Plot.gridY([0, 25, 50, 75, 100], { stroke: colour.line, strokeOpacity: 1 }),
  Plot.axisY({
    ...axis,
    ticks: [0, 25, 50, 75, 100],
    tickSize: 0,
    label: null,
    tickFormat: (y: number) => `${y} %`,
  }),
];

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
export const scoreNames: Record<Score, string> = {
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

/** How each frequency's neurons vote over the answers; darker rows weigh little. */
export function votesPlot({ votes }: Answer, right: number | null, width: number): Drawn {
  const cells = votes.flatMap(({ frequency, logits }) =>
    Array.from(logits, (logit, c) => ({ frequency, c, logit })),
  );
  const most = cells.reduce((top, { logit }) => Math.max(top, Math.abs(logit)), 1e-9);
  const frequencies = votes.map(({ frequency }) => frequency);
  const modulus = votes[0]?.logits.length ?? 1;
  return draw({
    width,
    height: Math.min(420, 60 + 13 * frequencies.length),
    marginLeft: 40,
    padding: 0,
    x: { domain: Array.from({ length: modulus }, (_, c) => c) },
    y: { domain: frequencies },
    color: { scheme: 'PuOr', domain: [-most, most], reverse: false },
    marks: [
      Plot.cell(cells, { x: 'c', y: 'frequency', fill: 'logit', inset: 0 }),
      Plot.axisX({
        ...axis,
        ticks: Array.from({ length: modulus }, (_, c) => c).filter(
          (c) => c % Math.ceil(modulus / 12) === 0,
        ),
        label: 'answer c',
        labelAnchor: 'center',
      }),
      Plot.axisY({
        ...axis,
        ticks: frequencies.filter((_, i) => i % Math.ceil(frequencies.length / 16) === 0),
        tickSize: 0,
        label: 'frequency ω',
        labelAnchor: 'top',
      }),
      ...(right === null
        ? []
        : [
            Plot.text([{ c: right }], {
              x: 'c',
              text: () => '▾',
              frameAnchor: 'top',
              dy: -8,
              fill: colour.test,
              fontSize: 16,
            }),
          ]),
    ],
  });
}

export function logitsPlot(
  logits: Float32Array,
  marks: { readonly right: number | null; readonly taught: number | null },
  width: number,
): Drawn {
  const bars = Array.from(logits, (logit, c) => ({ c, logit }));
  const best = bars.reduce((top, bar) => (bar.logit > top.logit ? bar : top));
  const fill = ({ c }: { c: number }) =>
    c === marks.right
      ? colour.test
      : c === marks.taught
        ? colour.noisyTrain
        : c === best.c
          ? colour.text
          : colour.chance;
  return draw({
    width,
    height: 130,
    marginTop: 16,
    marginBottom: 30,
    x: { domain: bars.map(({ c }) => c), padding: 0.15 },
    marks: [
      Plot.barY(bars, { x: 'c', y: 'logit', fill }),
      Plot.ruleY([0], { stroke: colour.muted }),
      Plot.text([best], {
        x: 'c',
        y: 'logit',
        text: (d) => String(d.c),
        dy: -8,
        fill: colour.text,
        fontWeight: 650,
      }),
      Plot.axisX({
        ...axis,
        ticks: bars.map(({ c }) => c).filter((c) => c % Math.ceil(bars.length / 8) === 0),
        label: null,
      }),
      Plot.axisY({ ...axis, ticks: 3, tickSize: 0, label: null }),
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
        ticks: [...widths],
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

export interface Contestant {
  readonly title: string;
  readonly test: number | null;
  readonly noisyTrain: number | null;
}

/** Accuracy on unseen pairs, one bar a method, and a ring for the wrong labels given back. */
export function contestPlot(methods: readonly Contestant[], chance: number, width: number): Drawn {
  const place = methods.map((method, i) => ({ ...method, key: `${i}` }));
  return draw({
    width,
    height: 50 + 24 * methods.length,
    marginLeft: 240,
    x: { domain: [0, 100] },
    y: { domain: place.map(({ key }) => key), padding: 0.3 },
    marks: [
      Plot.gridX([0, 25, 50, 75, 100], { stroke: colour.line, strokeOpacity: 1 }),
      Plot.axisX({
        ...axis,
        ticks: [0, 25, 50, 75, 100],
        tickFormat: (x: number) => `${x} %`,
        label: 'never seen (bars), wrong labels given back (rings)',
        labelAnchor: 'center',
      }),
      Plot.axisY({
        ...axis,
        tickSize: 0,
        tickFormat: (key: string) => place[Number(key)].title,
        label: null,
      }),
      Plot.barX(place, { y: 'key', x: (d) => 100 * (d.test ?? 0), fill: colour.test }),
      Plot.ruleX([100 * chance], { stroke: colour.chance, strokeDasharray: '3 4' }),
      Plot.dot(
        place.filter(({ noisyTrain }) => noisyTrain !== null),
        {
          y: 'key',
          x: (d) => 100 * (d.noisyTrain ?? 0),
          stroke: colour.noisyTrain,
          strokeWidth: 2,
          r: 4.5,
        },
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

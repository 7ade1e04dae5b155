/** What a network says of one pair, and every method of all. */
import * as Plot from '@observablehq/plot';
import type { Answer } from '../../analyst/analyses.ts';
import { axis, colour, type Drawn, draw } from './frame.ts';

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

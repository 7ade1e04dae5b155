import * as Plot from '@observablehq/plot';
import { count, plain } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { weightsSuffice } from '../strongest-evidence.ts';
import type { Study } from '../study.ts';

const bins = 72;
/** Bars on a log scale start below 1, so that a single rule is still seen. */
const floor = 0.6;

/** How many (k1, k2) have which T, on a log scale: a heap of wrong rules, and what stands apart. */
export function scanDistribution({ scanMap, extraction: { scan } }: Study): string {
  const found = weightsSuffice(scan);
  const best = scan.evidence.weights.T;
  const values = Array.from(scanMap.T);
  const lowest = values.reduce((least, value) => Math.min(least, value), best);
  const { threshold } = scanMap;
  const highest = values.reduce((most, value) => Math.max(most, value), threshold + 1);
  const start = Math.floor(Math.min(lowest, 0));
  const size = ((highest - start) / bins) * (1 + 1e-9) || 1;
  const binOf = (value: number) => Math.min(bins - 1, Math.floor((value - start) / size));
  const tallies = new Array<number>(bins).fill(0);
  for (const value of values) tallies[binOf(value)]++;
  const bars = tallies
    .map((tally, bin) => ({ bin, tally, from: start + bin * size, to: start + (bin + 1) * size }))
    .filter(({ tally }) => tally > 0);
  const most = Math.max(2, ...tallies);
  const end = start + bins * size;
  // Words on the threshold lean to the side with room.
  const late = threshold > start + 0.7 * (end - start);
  const { svg } = renderPlot(
    {
      height: 190,
      marginLeft: 40,
      marginRight: 8,
      marginTop: 18,
      marginBottom: 24,
      x: { domain: [start, end] },
      y: { type: 'log', domain: [floor, most * 1.2] },
      marks: [
        Plot.axisY({
          ticks: [1, 10, 100, 1000, 10000].filter((tick) => tick <= most),
          tickFormat: (tick: number) => count(tick),
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        Plot.axisX({
          ticks: 6,
          tickSize: 3,
          label: null,
          fill: colour.muted,
          stroke: colour.muted,
        }),
        Plot.rect(bars, {
          x1: 'from',
          x2: 'to',
          y1: () => floor,
          y2: 'tally',
          fill: ({ bin }) => (found && bin === binOf(best) ? colour.rule : colour.faint),
          insetLeft: 0.5,
        }),
        ...(threshold > start && threshold < end
          ? [
              Plot.ruleX([threshold], { stroke: colour.muted, strokeDasharray: '3 3' }),
              Plot.text([threshold], {
                x: (value: number) => value,
                frameAnchor: 'top',
                dy: -16,
                dx: late ? -4 : 4,
                textAnchor: late ? 'end' : 'start',
                text: () => 'significant →',
                fill: colour.muted,
              }),
            ]
          : []),
        ...(found
          ? [
              Plot.text([best], {
                x: (value: number) => value,
                y: () => 1,
                dy: -18,
                textAnchor: best > (start + end) / 2 ? 'end' : 'start',
                text: () => scan.best.text,
                fill: ink.rule,
                stroke: colour.ground,
                strokeWidth: 3,
                fontWeight: 600,
              }),
            ]
          : []),
      ],
    },
    `Histogram of T over ${count(values.length)} rules; that of ${scan.best.text} is ${plain(best)}.`,
  );
  return `<p class="axis-title">Number of rules by T, log scale</p>${svg}`;
}

import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, plain, pValue } from '../numbers.ts';
import { colour, ink, type Rgba } from '../palette.ts';
import { pixelImage } from '../pixel-image.ts';
import { renderPlot } from '../plot.ts';
import type { Study } from '../study.ts';

/** Night sky to daylight: dark is nothing, bright is evidence. Perceptually even (cividis, resampled). */
const anchors: readonly (readonly [number, number, number])[] = [
  [0, 24, 56],
  [23, 51, 98],
  [61, 78, 108],
  [93, 104, 111],
  [123, 130, 119],
  [156, 157, 113],
  [194, 186, 94],
  [233, 216, 72],
  [255, 240, 120],
];
const shades = 64;
/** Code 0 is clear (T isn't defined there), 1…64 are the ramp. */
const ramp: readonly Rgba[] = [
  [128, 128, 128, 0],
  ...Array.from({ length: shades }, (_, shade): Rgba => {
    const place = (shade / (shades - 1)) * (anchors.length - 1);
    const low = Math.min(Math.floor(place), anchors.length - 2);
    const part = place - low;
    const [red, green, blue] = anchors[low].map((value, channel) =>
      Math.round(value + part * (anchors[low + 1][channel] - value)),
    );
    return [red, green, blue, 255];
  }),
];

/** T of every rule c = k1·a + k2·b as a map around (0, 0), and their distribution. */
export function scanMap(study: Study): Figure {
  const { scan, rule } = study.extraction;
  const { weights } = scan.evidence;
  const verdict = rule === null ? 'no significant rule' : rule.text;
  const runner = scan.runnersUp[0];
  return {
    key: 'scan-map',
    title:
      rule === null
        ? 'The scan of the weights finds no rule'
        : `The scan of the weights finds ${rule.text}`,
    place: 'tall',
    body: `${drawMap(study)}${drawDistribution(study)}`,
    caption: escapeHtml(
      `T measures how well the waves in U, V and W of all neurons fit one rule c = k₁a + k₂b together. It looks at the weights alone: no data, no labels, no training. Every rule is a pixel; ${
        rule === null
          ? `none passes: the best, ${scan.best.text}, has T = ${plain(weights.T)} (z = ${plain(weights.z)}, ${pValue(weights.log10PValue)} after correction).`
          : `one stands out, T = ${plain(weights.T)}: ${plain(weights.z)} spreads above the rest, ${pValue(weights.log10PValue)} after correction for ${count(scan.rulesScanned)} rules.`
      }${runner === undefined ? '' : ` The next best has T = ${plain(runner.T)}.`} T says how sure we are that a rule was stored, not how much of it the network uses.`,
    ),
    table: {
      columns: ['Rule', 'T'],
      rows: [
        [`${scan.best.text}${rule === null ? ` (${verdict})` : ''}`, plain(weights.T, 4)],
        ...scan.runnersUp.map(({ k1, k2, shift, T }) => [
          `k₁ = ${k1}, k₂ = ${k2}, shift ${shift}`,
          plain(T, 4),
        ]),
      ],
    },
  };
}

/** k in 0…P−1 as the number nearest 0 that is the same mod P: P−1 is −1. */
function signed(k: number, modulus: number): number {
  return k > modulus / 2 ? k - modulus : k;
}

function finite(T: Float32Array | Float64Array): number[] {
  return Array.from(T).filter((value) => Number.isFinite(value));
}

function drawMap(study: Study): string {
  const { modulus } = study.essentials;
  const { T } = study.scanMap;
  const { scan, rule } = study.extraction;
  const low = -Math.floor((modulus - 1) / 2);
  const high = low + modulus - 1;
  const top = Math.max(1, ...finiteExtent(T));
  const codes = new Uint8Array(modulus * modulus);
  for (let k1 = 0; k1 < modulus; k1++) {
    for (let k2 = 0; k2 < modulus; k2++) {
      const value = T[k1 * modulus + k2];
      if (!Number.isFinite(value)) continue;
      const shade = Math.round(Math.min(1, Math.max(0, value / top)) * (shades - 1));
      const row = high - signed(k2, modulus);
      codes[row * modulus + (signed(k1, modulus) - low)] = 1 + shade;
    }
  }
  const width = 420;
  const height = 400;
  const margin = { marginLeft: 44, marginRight: 10, marginTop: 10, marginBottom: 42 };
  const x = signed(scan.best.k1, modulus);
  const y = signed(scan.best.k2, modulus);
  const rightSide = x > (low + high) / 2 + modulus / 5;
  const upper = y > (low + high) / 2 + modulus / 4;
  const dx = rightSide ? -26 : 26;
  const dy = upper ? 30 : -30;
  const ticks = [low, ...(modulus > 8 ? [0] : []), high];
  const axis = {
    ticks,
    tickSize: 0,
    labelArrow: 'none',
    labelAnchor: 'center',
    fill: colour.muted,
    tickFormat: (k: number) => String(k).replace('-', '−'),
  } as const;
  const text = `${rule === null ? 'best, not significant: ' : ''}${scan.best.text}`;
  const figures = `T = ${plain(scan.evidence.weights.T)}, ${pValue(scan.evidence.weights.log10PValue)}`;
  const map = renderPlot(
    {
      width,
      height,
      ...margin,
      x: { domain: [low - 0.5, high + 0.5] },
      y: { domain: [low - 0.5, high + 0.5] },
      marks: [
        Plot.image([0], {
          x: (low + high) / 2,
          y: (low + high) / 2,
          width: width - margin.marginLeft - margin.marginRight,
          height: height - margin.marginTop - margin.marginBottom,
          src: () => pixelImage(codes, modulus, modulus, ramp),
          imageRendering: 'pixelated',
          preserveAspectRatio: 'none',
        }),
        Plot.axisX({ ...axis, label: 'k₁' }),
        Plot.axisY({ ...axis, label: 'k₂' }),
        Plot.dot([[x, y]], { r: 9, stroke: '#fff', strokeWidth: 2 }),
        ...[text, figures].map((line, index) =>
          Plot.text([[x, y]], {
            text: () => line,
            textAnchor: rightSide ? 'end' : 'start',
            lineAnchor: 'middle',
            dx: dx * 0.7,
            dy: dy + index * 17 - 8,
            fill: '#fff',
            stroke: '#001838',
            strokeWidth: 4,
            fontWeight: index === 0 ? 700 : 500,
            fontSize: index === 0 ? 15 : 13,
          }),
        ),
      ],
    },
    `Map of T over k1 and k2 from ${low} to ${high}. The largest is at k1 = ${x}, k2 = ${y}: ${text}, ${figures}.`,
  ).svg;
  const legend = renderPlot(
    {
      width,
      height: 44,
      marginLeft: 44,
      marginRight: 10,
      marginTop: 2,
      marginBottom: 32,
      x: { domain: [0, top] },
      y: { domain: [0, 1], axis: null },
      marks: [
        Plot.image([0], {
          x: top / 2,
          y: 0.5,
          width: width - 54,
          height: 10,
          src: () =>
            pixelImage(
              Uint8Array.from({ length: shades }, (_, index) => index + 1),
              shades,
              1,
              ramp,
            ),
          preserveAspectRatio: 'none',
        }),
        Plot.axisX({
          ticks: 5,
          tickSize: 3,
          label: 'T (0 and below is darkest)',
          labelAnchor: 'center',
          labelArrow: 'none',
          fill: colour.muted,
          stroke: colour.muted,
        }),
      ],
    },
    `Colour legend: T from 0, dark, to ${plain(top)}, bright.`,
  ).svg;
  return map + legend;
}

function finiteExtent(T: Float32Array | Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of T) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

function drawDistribution(study: Study): string {
  const values = finite(study.scanMap.T);
  const [low, high] = finiteExtent(study.scanMap.T);
  const bins = 72;
  const start = Math.floor(Math.min(low, -1));
  const size = Math.max((high - start) / bins, 1e-6) * 1.0001;
  const tallies = new Array<number>(bins).fill(0);
  for (const value of values) tallies[Math.floor((value - start) / size)]++;
  const bars = tallies
    .map((tally, index) => ({ from: start + index * size, to: start + (index + 1) * size, tally }))
    .filter(({ tally }) => tally > 0);
  const best = study.extraction.scan.evidence.weights.T;
  const { threshold } = study.scanMap;
  const inBestBin = (bar: { from: number; to: number }) =>
    bar.from <= best && best <= bar.to + 1e-9;
  return `<p class="axis-title">How many rules have which T (log scale)</p>${
    renderPlot(
      {
        width: 420,
        height: 120,
        marginLeft: 44,
        marginRight: 14,
        marginTop: 16,
        marginBottom: 34,
        x: { domain: [start, start + bins * size] },
        y: { type: 'log', domain: [0.7, Math.max(2, ...tallies) * 1.3] },
        marks: [
          Plot.axisY({
            ticks: [1, 10, 100, 1000, 10000].filter((tick) => tick <= Math.max(2, ...tallies)),
            tickFormat: (tick: number) => count(tick),
            tickSize: 0,
            label: null,
            fill: colour.muted,
          }),
          Plot.axisX({
            ticks: 6,
            tickSize: 3,
            label: 'T',
            labelAnchor: 'center',
            labelArrow: 'none',
            fill: colour.muted,
            stroke: colour.muted,
          }),
          Plot.rect(bars, {
            x1: 'from',
            x2: 'to',
            y1: () => 0.7,
            y2: 'tally',
            fill: (bar) => (inBestBin(bar) ? colour.rule : colour.faint),
            insetLeft: 0.5,
          }),
          ...(threshold !== null && threshold > start && threshold < start + bins * size
            ? [
                Plot.ruleX([threshold], { stroke: colour.muted, strokeDasharray: '3 3' }),
                Plot.text([threshold], {
                  x: (value: number) => value,
                  frameAnchor: 'top',
                  dy: -14,
                  dx: 4,
                  textAnchor: 'start',
                  text: () => 'significant →',
                  fill: colour.muted,
                  fontSize: 12,
                }),
              ]
            : []),
          Plot.text([best], {
            x: (value: number) => value,
            y: () => 1,
            dy: -20,
            textAnchor: 'end',
            text: () => study.extraction.scan.best.text,
            fill: ink.rule,
            fontWeight: 600,
          }),
        ],
      },
      `Histogram of T over ${values.length} rules; the largest is ${plain(best)}.`,
    ).svg
  }`;
}

import * as Plot from '@observablehq/plot';
import type { BasisResult } from '../../analysis/results.ts';
import { groupText } from '../../task/abelian-group.ts';
import type { Figure } from '../figure.ts';
import { escapeHtml, tableHtml } from '../html.ts';
import { count, plain, pValue } from '../numbers.ts';
import { colour } from '../palette.ts';
import { pixelImage } from '../pixel-image.ts';
import { figureWidth, renderPlot } from '../plot.ts';
import { weightsSuffice } from '../strongest-evidence.ts';
import type { Study } from '../study.ts';
import { ramp, shadeOf, shades } from '../t-ramp.ts';
import { scanDistribution } from './scan-distribution.ts';

/** T of every rule c = k1·a + k2·b as a map around (0, 0), and their distribution. */
export function scanMap(study: Study): Figure {
  const { scan } = study.extraction;
  const found = weightsSuffice(scan);
  // Where nothing is significant, nothing may look bright.
  // A product of groups has only a few rules, which make no map.
  const isMap = study.scanMap.basis.group.factors.length === 1;
  const top = Math.max(1, study.scanMap.threshold, largest(study.scanMap.T));
  return {
    key: 'scan-map',
    title: found
      ? `The scan of the weights finds ${scan.best.text}`
      : 'The scan of the weights finds no significant rule',
    place: 'beside',
    body: isMap
      ? `<div class="main">${drawMap(study, top, found)}</div><div class="side">${drawLegend(top)}${scanDistribution(study)}</div>`
      : `<div class="main">${basesTable(scan.bases)}</div>`,
    caption: caption(study, found, isMap),
    table: {
      columns: ['Rule', 'T'],
      rows: [
        [scan.best.text, plain(scan.evidence.weights.T, 4)],
        ...scan.bases.slice(1).map(({ best, T }) => [best.text, plain(T, 4)]),
        ...scan.runnersUp.map(({ k1, k2, shift, T }) => [
          `k₁ = ${k1}, k₂ = ${k2}, shift ${shift}`,
          plain(T, 4),
        ]),
      ],
    },
  };
}

const verdicts: Record<BasisResult['verdict'], string> = {
  named: 'the rule',
  leakage: 'its leakage',
  also: 'more than leakage',
  none: 'not significant',
};
const mostBases = 8;

/** What each basis found: a product of groups has too few rules for a map. */
function basesTable(bases: readonly BasisResult[]): string {
  const shown = bases.slice(0, mostBases);
  const left = bases.length - shown.length;
  const more = left > 0 ? `<p class="axis-title">and ${left} more, below these</p>` : '';
  return `${tableHtml({
    columns: ['Basis', 'Nearest rule', 'T', 'p', 'What it is'],
    rows: shown.map(({ basis, best, T, log10PValue, verdict }) => [
      basis,
      best.text,
      plain(T),
      pValue(log10PValue),
      verdicts[verdict],
    ]),
  })}${more}`;
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** k in 0…P−1 as the number nearest 0 that is the same mod P: P − 1 is −1. */
function signed(k: number, modulus: number): number {
  return k > modulus / 2 ? k - modulus : k;
}

const margin = { marginLeft: 40, marginRight: 8, marginTop: 10, marginBottom: 38 };
const side = figureWidth - margin.marginLeft - margin.marginRight;
/** How far the magnified piece reaches on either side of the best rule. */
const reach = 5;

function drawMap(study: Study, top: number, found: boolean): string {
  const { T, basis } = study.scanMap;
  const modulus = basis.group.order;
  const { best, evidence } = study.extraction.scan;
  const low = -Math.floor((modulus - 1) / 2);
  const high = low + modulus - 1;
  const residue = (k: number) => ((k % modulus) + modulus) % modulus;
  const codeAt = (k1: number, k2: number) => {
    const [row, column] = [residue(k1), residue(k2)];
    if (row === 0 || column === 0) return shadeOf(Number.NaN, top);
    return shadeOf(T[(row - 1) * (modulus - 1) + column - 1], top);
  };
  // A square piece of the map, k1 to the right and k2 up, from its lower left corner.
  const piece = (fromK1: number, fromK2: number, size: number) =>
    pixelImage(
      Uint8Array.from({ length: size * size }, (_, pixel) =>
        codeAt(fromK1 + (pixel % size), fromK2 + size - 1 - Math.floor(pixel / size)),
      ),
      size,
      size,
      ramp,
    );
  const x = signed(best.k1, modulus);
  const y = signed(best.k2, modulus);
  const middle = (low + high) / 2;
  // The words stand on the side with more room, the magnifier in the far corner.
  const leftwards = x > middle + modulus / 5;
  const downwards = y > middle + modulus / 4;
  const axis = {
    ticks: modulus > 8 ? [low, 0, high] : [low, high],
    tickSize: 0,
    labelArrow: 'none',
    labelAnchor: 'center',
    fill: colour.muted,
    tickFormat: (k: number) => String(k).replace('-', '−'),
  } as const;
  const words = [
    found ? best.text : `best: ${best.text}`,
    `T = ${plain(evidence.weights.T)}, ${found ? pValue(evidence.weights.log10PValue) : 'not significant'}`,
  ];
  const lens = found && modulus > 4 * reach ? 118 : 0;
  const lensX = leftwards ? low - 0.5 + modulus * 0.17 : high + 0.5 - modulus * 0.17;
  const lensY = downwards ? high + 0.5 - modulus * 0.17 : low - 0.5 + modulus * 0.17;
  const picture = { imageRendering: 'pixelated', preserveAspectRatio: 'none' } as const;
  return renderPlot(
    {
      height: side + margin.marginTop + margin.marginBottom,
      ...margin,
      x: { domain: [low - 0.5, high + 0.5] },
      y: { domain: [low - 0.5, high + 0.5] },
      marks: [
        Plot.image([0], {
          ...picture,
          x: middle,
          y: middle,
          width: side,
          height: side,
          src: () => piece(low, low, modulus),
        }),
        Plot.axisX({ ...axis, label: 'k₁', labelOffset: 32 }),
        Plot.axisY({ ...axis, label: 'k₂', labelOffset: 34 }),
        ...(lens === 0
          ? []
          : [
              Plot.link([0], {
                x1: x,
                y1: y,
                x2: lensX,
                y2: lensY,
                stroke: '#fff',
                strokeOpacity: 0.5,
              }),
              Plot.image([0], {
                ...picture,
                x: lensX,
                y: lensY,
                width: lens,
                height: lens,
                src: () => piece(x - reach, y - reach, 2 * reach + 1),
              }),
              Plot.dot([[lensX, lensY]], {
                symbol: 'square',
                // A square symbol of radius r has the area πr².
                r: lens / Math.sqrt(Math.PI),
                stroke: '#fff',
                strokeWidth: 1.5,
              }),
            ]),
        Plot.dot([[x, y]], { r: 7, stroke: '#fff', strokeWidth: 1.8, fill: 'none' }),
        ...words.map((line, index) =>
          Plot.text([[x, y]], {
            text: () => line,
            textAnchor: leftwards ? 'end' : 'start',
            lineAnchor: 'middle',
            dx: leftwards ? -18 : 18,
            dy: (downwards ? 26 : -42) + index * 19,
            fill: '#fff',
            stroke: '#001838',
            strokeWidth: 4,
            fontWeight: index === 0 ? 700 : 500,
            fontSize: index === 0 ? 16 : 14,
          }),
        ),
      ],
    },
    `Map of T over k1 and k2 from ${low} to ${high}. The best rule is at k1 = ${x}, k2 = ${y}: ${words.join(', ')}.`,
  ).svg;
}

function drawLegend(top: number): string {
  const strip = pixelImage(
    Uint8Array.from({ length: shades }, (_, shade) => shade),
    shades,
    1,
    ramp,
  );
  return renderPlot(
    {
      height: 56,
      marginLeft: margin.marginLeft,
      marginRight: margin.marginRight,
      marginTop: 2,
      marginBottom: 42,
      x: { domain: [0, top] },
      y: { domain: [0, 1], axis: null },
      marks: [
        Plot.image([0], {
          x: top / 2,
          y: 0.5,
          width: side,
          height: 12,
          src: () => strip,
          preserveAspectRatio: 'none',
        }),
        Plot.axisX({
          ticks: 5,
          tickSize: 3,
          label: 'T; darkest is 0 and below',
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 38,
          fill: colour.muted,
          stroke: colour.muted,
        }),
      ],
    },
    `Colour legend: T from 0, dark, to ${plain(top)}, bright.`,
  ).svg;
}

function caption(study: Study, found: boolean, isMap: boolean): string {
  const { scan } = study.extraction;
  const { name, group } = study.scanMap.basis;
  const form =
    name === 'cyclic'
      ? 'c = k₁a + k₂b + shift'
      : name === 'multiplicative'
        ? 'c = s · a^k₁ · b^k₂'
        : `c = k₁a + k₂b + shift on ${groupText(group)}`;
  const { T, z, log10PValue } = scan.evidence.weights;
  const runner = scan.runnersUp[0];
  const verdict = found
    ? `one stands out, T = ${plain(T)}: ${plain(z)} spreads above the rest, ${pValue(log10PValue)} after correction for the choice among ${count(scan.rulesScanned)} rules.`
    : `none stands out far enough: ${scan.best.text}, the best by all kinds of evidence, has T = ${plain(T)}, ${plain(z)} spreads above the rest, ${pValue(log10PValue)} after correction for ${count(scan.rulesScanned)} rules.${scan.significant ? ` What the network answers does show ${scan.best.text}.` : ''}`;
  const next = runner === undefined ? '' : ` The largest T of all others is ${plain(runner.T)}.`;
  return escapeHtml(
    `T measures how well the waves in U, V and W of all neurons fit one rule ${form} together. It looks at the weights alone: no data, no labels. ${isMap ? 'Every pixel is one pair (k₁, k₂) at its best shift; ' : 'Of its rules, '}${verdict}${next} T says how sure we are that a rule was stored, not how much of it the network uses.`,
  );
}

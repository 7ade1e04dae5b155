import * as Plot from '@observablehq/plot';
import { controlFindings, controlsTitle } from '../control-findings.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { list, notKnown, percent, tenths } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import type { Control, Study } from '../study.ts';
import { chanceLine, rowMargins, rowNames, shareAxis, shareScale } from './share-rows.ts';

/** Three ways to read each network, drawn on lines of their own so that none hides another. */
const readings = [
  { key: 'raw', name: 'as it is', symbol: 'circle', line: -1, hollow: true },
  {
    key: 'frequencyFiltration',
    name: 'frequency filtration',
    symbol: 'circle',
    line: 0,
    hollow: false,
  },
  { key: 'triadFiltration', name: 'triad filtration', symbol: 'diamond2', line: 1, hollow: false },
] as const;
const lineHeight = 15;

/** The trained network beside networks without learned features, and beside other rules. */
export function controls(study: Study): Figure {
  const { chance } = study.extraction;
  const shown = study.controls.filter(({ available }) => available);
  const absent = study.controls.filter(({ available }) => !available);
  const legend = legendHtml([
    { colour: colour.test, text: 'as it is', shape: 'ring' },
    { colour: colour.test, text: 'frequency filtration', shape: 'dot' },
    { colour: colour.test, text: 'triad filtration', shape: 'diamond' },
    { colour: colour.chance, text: `chance, ${percent(chance)}`, shape: 'dash' },
  ]);
  const absentHtml = absent.map(
    ({ label, note }) => `<p class="absent"><b>${escapeHtml(label)}</b>: ${escapeHtml(note)}</p>`,
  );
  const notes = new Set(shown.filter(({ kind }) => kind !== 'trained').map(({ note }) => note));
  const explained = [...notes].map(
    (note) =>
      `${list(shown.filter((control) => control.note === note).map(({ label }) => label))}: ${note}`,
  );
  return {
    key: 'controls',
    title: controlsTitle(study),
    body: `${legend}${draw(shown, chance)}${absentHtml.join('')}`,
    caption: escapeHtml(
      `The same filters on networks whose U and V never learned, and on this one for other rules: share of unseen pairs answered right. ${[...controlFindings(study), ...explained].join(' ')}`,
    ),
    table: {
      columns: [
        'Network',
        'Wrong labels given back',
        'As it is',
        'Frequency filtration',
        'Triad filtration',
        'T',
        'What it is',
      ],
      rows: study.controls.map((control) => [
        control.label,
        control.kind === 'wrong-rule' ? '' : percent(control.noisyTrain),
        ...readings.map(({ key }) => (control.available ? percent(control[key]) : notKnown)),
        tenths(control.T),
        control.note,
      ]),
    },
  };
}

function draw(shown: readonly Control[], chance: number): string {
  if (shown.length === 0) return '';
  const labels = shown.map(({ label }) => label);
  const bold = ({ kind }: Control) => (kind === 'trained' ? 700 : 400);
  const rows = shown.map(({ kind, label, T }) => ({
    label,
    T,
    bold: kind === 'trained',
    muted: false,
  }));
  return renderPlot(
    {
      height: 58 * shown.length + 30,
      ...rowMargins,
      x: shareScale,
      y: { type: 'band', domain: labels, padding: 0, axis: null },
      marks: [
        ...shareAxis(),
        chanceLine(chance),
        ...readings.flatMap(({ key, symbol, line, hollow }) => {
          const dy = line * lineHeight;
          const known = shown.filter((control) => control[key] !== null);
          return [
            Plot.dot(known, {
              x: key,
              y: 'label',
              dy,
              r: 4.5,
              symbol,
              fill: hollow ? colour.ground : colour.test,
              stroke: colour.test,
              strokeWidth: hollow ? 2 : 0.5,
            }),
            ...shown.map((control) =>
              Plot.text([control], {
                x: () => control[key] ?? 0,
                y: 'label',
                dy,
                dx: 10,
                text: () => percent(control[key]),
                textAnchor: 'start',
                fontSize: 12,
                fontWeight: bold(control),
                fill: colour.text,
                stroke: colour.ground,
                strokeWidth: 3,
              }),
            ),
          ];
        }),
        ...rowNames(rows),
        ...rows
          .filter(({ T }) => T !== null)
          .map((row) =>
            Plot.text([row], {
              y: 'label',
              text: () => `T = ${tenths(row.T)}`,
              frameAnchor: 'left',
              textAnchor: 'end',
              dx: -12,
              dy: lineHeight + 3,
              fontSize: 12,
              fill: colour.muted,
            }),
          ),
        ...labels.slice(1).map((label) =>
          Plot.ruleY([label], {
            y: () => label,
            dy: -29,
            insetLeft: -rowMargins.marginLeft,
            insetRight: -rowMargins.marginRight,
            stroke: colour.line,
          }),
        ),
      ],
    },
    `Test accuracy of the trained network and of controls. ${shown.map((control) => `${control.label}: ${readings.map(({ key, name }) => `${name} ${percent(control[key])}`).join(', ')}`).join('. ')}.`,
  ).svg;
}

import * as Plot from '@observablehq/plot';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { notKnown, percent } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import type { Control, Study } from '../study.ts';

const readings = [
  { key: 'raw', name: 'as it is', symbol: 'circle', hollow: true },
  { key: 'frequencyFiltration', name: 'frequency filtration', symbol: 'circle', hollow: false },
  { key: 'triadFiltration', name: 'triad filtration', symbol: 'diamond', hollow: false },
] as const;

/** The trained network beside networks and rules where nothing is to be found. */
export function controls(study: Study): Figure {
  const { chance } = study.extraction;
  const shown = study.controls.filter(({ available }) => available);
  const absent = study.controls.filter(({ available }) => !available);
  return {
    key: 'controls',
    title: 'Is it a trick? The same filters where there is no rule',
    body: `${legendHtml([
      { colour: colour.test, text: 'as it is', shape: 'ring' },
      { colour: colour.test, text: 'frequency filtration', shape: 'dot' },
      { colour: colour.test, text: 'triad filtration', shape: 'diamond' },
      { colour: colour.chance, text: `chance, ${percent(chance)}`, shape: 'dash' },
    ])}${draw(shown, chance)}${absent.map(({ label, note }) => `<p class="absent"><b>${escapeHtml(label)}</b>: ${escapeHtml(note)}</p>`).join('')}`,
    caption: escapeHtml(
      `Share of unseen pairs answered right. If filtration made the rule up instead of finding it, it would find it in these too. ${shown
        .filter(({ kind, note }) => kind !== 'trained' && note !== '')
        .map(({ label, note }) => `${label}: ${note}`)
        .join(' ')}`,
    ),
    table: {
      columns: ['Network', 'As it is', 'Frequency filtration', 'Triad filtration', 'What it is'],
      rows: study.controls.map(
        ({ label, raw, frequencyFiltration, triadFiltration, note, available }) => [
          label,
          ...[raw, frequencyFiltration, triadFiltration].map((share) =>
            available ? percent(share) : notKnown,
          ),
          note,
        ],
      ),
    },
  };
}

function draw(shown: readonly Control[], chance: number): string {
  if (shown.length === 0) return '';
  const dots = shown.flatMap((control) =>
    readings.map((reading) => ({ label: control.label, share: control[reading.key], ...reading })),
  );
  const known = dots.filter(({ share }) => share !== null);
  const best = shown.map((control) => {
    const shares = readings
      .map(({ key }) => control[key])
      .filter((share): share is number => share !== null);
    const share = shares.length === 0 ? null : Math.max(...shares);
    return {
      label: control.label,
      share: share ?? 0,
      text: percent(share),
      trained: control.kind === 'trained',
    };
  });
  return renderPlot(
    {
      height: 36 * shown.length + 30,
      marginLeft: 184,
      marginRight: 58,
      marginTop: 4,
      marginBottom: 26,
      x: { domain: [0, 1] },
      y: { domain: shown.map(({ label }) => label), padding: 0.3, axis: null, type: 'point' },
      marks: [
        Plot.gridX({ ticks: [0, 0.5, 1], stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisX({
          ticks: [0, 0.5, 1],
          tickFormat: (share: number) => `${share * 100} %`,
          tickSize: 0,
          label: null,
          fill: colour.muted,
        }),
        Plot.ruleY(
          shown.map(({ label }) => label),
          { y: (label: string) => label, stroke: colour.line },
        ),
        Plot.ruleX([chance], { stroke: colour.chance, strokeDasharray: '3 3', strokeWidth: 1.5 }),
        ...readings.map((reading) =>
          Plot.dot(
            known.filter(({ key }) => key === reading.key),
            {
              x: 'share',
              y: 'label',
              r: reading.hollow ? 5.5 : reading.symbol === 'diamond' ? 5 : 5,
              symbol: reading.symbol,
              fill: reading.hollow ? colour.ground : colour.test,
              stroke: reading.hollow ? colour.test : colour.ground,
              strokeWidth: reading.hollow ? 2 : 1.2,
            },
          ),
        ),
        ...best.map((row) =>
          Plot.text([row], {
            x: 'share',
            y: 'label',
            text: 'text',
            textAnchor: 'start',
            dx: 11,
            fill: colour.text,
            fontWeight: row.trained ? 700 : 500,
            stroke: colour.ground,
            strokeWidth: 3,
          }),
        ),
        ...best.map((row) =>
          Plot.text([row], {
            y: 'label',
            text: 'label',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -14,
            fill: colour.text,
            fontWeight: row.trained ? 700 : 400,
          }),
        ),
      ],
    },
    `Test accuracy of the trained network and of controls. ${shown.map((control) => `${control.label}: ${readings.map(({ key, name }) => `${name} ${percent(control[key])}`).join(', ')}`).join('. ')}.`,
  ).svg;
}

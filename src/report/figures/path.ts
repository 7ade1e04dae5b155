import * as Plot from '@observablehq/plot';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml, scriptJson } from '../html.ts';
import { percent } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { type RenderedPlot, renderPlot } from '../plot.ts';
import { spread } from '../spread.ts';
import type { PathPoint, Study } from '../study.ts';
import { fieldImage, fieldLegend, fieldPlot } from './field-plot.ts';

type Role = 'cleanTrain' | 'noisyTrain' | 'test';
const roles: readonly { role: Role; name: string; line: string; ink: string; key: string }[] = [
  { role: 'cleanTrain', name: 'right labels', line: colour.clean, ink: ink.clean, key: 'clean' },
  { role: 'noisyTrain', name: 'wrong labels', line: colour.noisy, ink: ink.noisy, key: 'noisy' },
  { role: 'test', name: 'unseen pairs', line: colour.test, ink: ink.test, key: 'test' },
];

/** λ of the panels that stand for the slider on paper and without scripts. */
const panelLambdas = [1, 0.75, 0.5, 0.25, 0];

/** Accuracies and answers along G + λR, with a slider; a row of panels where there is none. */
export function path(study: Study, prefix: string): Figure {
  const points = study.path;
  const { modulus } = study.essentials;
  const chart = draw(points, study.extraction.chance);
  const toPixel = chart.scale('x');
  const data = points.map((point) => ({
    lambda: point.lambda.toFixed(2),
    x: Number(toPixel(point.lambda).toFixed(2)),
    clean: percent(point.cleanTrain),
    noisy: percent(point.noisyTrain),
    test: percent(point.test),
    field: fieldImage(point.field, modulus),
  }));
  const first = data[0];
  const sliderId = `${prefix}path-lambda`;
  const numbers = roles
    .map(
      ({ name, key }) =>
        `<div class="${key}"><dt>${name}</dt><dd data-path="${key}">${escapeHtml(first[key as 'clean' | 'noisy' | 'test'])}</dd></div>`,
    )
    .join('');
  const field = fieldPlot(
    points[0].field,
    modulus,
    'The table of answers at the λ that the slider shows.',
    340,
  ).svg;
  const slider = `<div class="slider" data-slider>
<script type="application/json">${scriptJson(data)}</script>
<div class="slider-view">
<div class="slider-field">${field}</div>
<div class="slider-side">
<p class="lambda">λ = <output for="${sliderId}" data-path="lambda">${first.lambda}</output></p>
<dl class="readout">${numbers}</dl>
<label for="${sliderId}">How much of R is left in</label>
<input id="${sliderId}" type="range" min="0" max="${points.length - 1}" step="1" value="0">
<p class="ends"><span>λ = 1<br>whole network</span><span>λ = 0<br>G alone</span></p>
</div></div></div>`;
  const panels = panelLambdas.map((lambda) => nearest(points, lambda));
  const panelRow = `<div class="panels five path-panels">${[...new Set(panels)]
    .map((point) => {
      const label = `λ = ${point.lambda.toFixed(2)}: ${roles.map(({ role, name }) => `${name} ${percent(point[role])}`).join(', ')}`;
      const lines = roles
        .map(
          ({ role, name, key }) =>
            `<span class="${key}">${name} <b>${escapeHtml(percent(point[role]))}</b></span>`,
        )
        .join('');
      return `<div class="panel"><p class="panel-title"><b>λ = ${point.lambda.toFixed(2)}</b></p><img class="pixels" alt="${escapeHtml(label)}" src="${fieldImage(point.field, modulus)}" width="${modulus}" height="${modulus}"><p class="panel-numbers">${lines}</p></div>`;
    })
    .join('')}</div>`;
  return {
    key: 'path',
    title: 'From the whole network to the rule inside it: G + λR',
    place: 'wide',
    body: `${slider}${panelRow}${legendHtml(fieldLegend(study))}<div class="path-chart">${chart.svg}</div>`,
    caption: caption(study),
    table: {
      columns: ['λ', 'Right labels', 'Wrong labels', 'Wrong labels: true answer', 'Test'],
      rows: points.map((point) => [
        point.lambda.toFixed(2),
        ...[point.cleanTrain, point.noisyTrain, point.noisyTrue, point.test].map(percent),
      ]),
    },
  };
}

function nearest(points: readonly PathPoint[], lambda: number): PathPoint {
  return points.reduce((best, point) =>
    Math.abs(point.lambda - lambda) < Math.abs(best.lambda - lambda) ? point : best,
  );
}

const marginTop = 12;
const marginBottom = 42;
const height = 250;

function draw(points: readonly PathPoint[], chance: number): RenderedPlot {
  const last = points[points.length - 1];
  const shown = roles.filter(({ role }) => points.some((point) => point[role] !== null));
  const labels = [
    ...shown.map(({ role, name, ink }) => ({
      share: last[role] ?? 0,
      text: `${name} ${percent(last[role])}`,
      ink,
    })),
    { share: chance, text: `chance ${percent(chance)}`, ink: colour.muted as string },
  ];
  const places = spread(
    labels.map(({ share }) => marginTop + (1 - share) * (height - marginTop - marginBottom)),
    17,
    marginTop,
    height - marginBottom,
  );
  return renderPlot(
    {
      width: 640,
      height,
      marginLeft: 52,
      marginRight: 150,
      marginTop,
      marginBottom,
      x: { domain: [1, 0] },
      y: { domain: [0, 1] },
      marks: [
        Plot.gridY({ ticks: 5, stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          tickFormat: (share: number) => `${Math.round(share * 100)}`,
          tickSize: 0,
          label: 'accuracy, %',
          labelAnchor: 'center',
          labelArrow: 'none',
          fill: colour.muted,
        }),
        Plot.axisX({
          ticks: 5,
          tickSize: 4,
          label: 'λ, the part of R that is left in',
          labelAnchor: 'center',
          labelArrow: 'none',
          fill: colour.muted,
          stroke: colour.muted,
        }),
        Plot.ruleY([chance], { stroke: colour.chance, strokeDasharray: '3 4', strokeWidth: 1.5 }),
        Plot.ruleX([points[0].lambda], {
          stroke: colour.text,
          strokeWidth: 1.5,
          className: 'lambda-marker',
        }),
        ...shown.map(({ role, line }) =>
          Plot.line(points, {
            x: 'lambda',
            y: (point: PathPoint) => point[role] ?? Number.NaN,
            stroke: line,
            strokeWidth: 2.5,
            marker: 'dot',
          }),
        ),
        ...labels.map(({ text, ink }, index) =>
          Plot.text([text], {
            frameAnchor: 'top-right',
            textAnchor: 'start',
            lineAnchor: 'middle',
            dx: 12,
            dy: places[index] - marginTop,
            fill: ink,
            fontWeight: 600,
          }),
        ),
      ],
    },
    `Accuracy along G plus lambda R. At lambda ${last.lambda}: ${labels.map(({ text }) => text).join(', ')}.`,
  );
}

function caption(study: Study): string {
  const { path: points } = study;
  const start = points[0];
  const end = points[points.length - 1];
  const crossing = points.find(
    ({ test, noisyTrain }) => test !== null && noisyTrain !== null && test > noisyTrain,
  );
  const turn =
    start.test === null || end.test === null
      ? ''
      : ` Unseen pairs go from ${percent(start.test)} to ${percent(end.test)}${
          crossing === undefined || crossing === start
            ? ''
            : `; from λ = ${crossing.lambda.toFixed(2)} on, the rule speaks louder than the wrong labels`
        }.`;
  return escapeHtml(
    `G holds one wave per neuron, R all the rest; G + R is the trained network exactly. Fading R out (λ from 1 to 0) shows what lies under it.${turn} Nothing is trained again.`,
  );
}

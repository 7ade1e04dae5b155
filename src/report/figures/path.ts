import { methodBeatsChance } from '../best-method.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml, scriptJson } from '../html.ts';
import { percent } from '../numbers.ts';
import type { PathPoint, Study } from '../study.ts';
import { lineRoles } from './accuracy-lines.ts';
import { fieldImage, fieldLegend, fieldPlot } from './field-plot.ts';
import { pathChart, pathChartSize } from './path-chart.ts';

/** λ of the panels that stand for the slider on paper and without scripts. */
const panelLambdas = [1, 0.75, 0.5, 0.25, 0];

/**
 * Accuracies and answers along G + λR, with a slider under the chart that moves through them. `prefix`
 * keeps the slider's id apart from those of other runs on the page.
 */
export function path(study: Study, prefix: string): Figure {
  const { path: points, essentials } = study;
  const chart = pathChart(points, study.extraction.chance);
  const toPixel = chart.scale('x');
  const data = points.map((point) => ({
    lambda: point.lambda.toFixed(2),
    x: Number(toPixel(point.lambda).toFixed(2)),
    clean: percent(point.cleanTrain),
    noisy: percent(point.noisyTrain),
    test: percent(point.test),
    field: fieldImage(point.field, essentials.modulus),
  }));
  const id = `${prefix}path-lambda`;
  const readout = lineRoles
    .map(
      ({ name, key }) =>
        `<div class="${key}"><dt>${name}</dt><dd data-path="${key}">${escapeHtml(data[0][key])}</dd></div>`,
    )
    .join('');
  const field = fieldPlot(
    points[0].field,
    essentials.modulus,
    'The table of answers at the λ that the slider shows.',
  ).svg;
  const { width, marginLeft, marginRight } = pathChartSize;
  const share = (pixels: number) => `${((100 * pixels) / width).toFixed(3)}%`;
  return {
    key: 'path',
    title: ruleInside(study)
      ? 'From the whole network to the rule inside it: G + λR'
      : 'From the whole network to its filtered part: G + λR',
    place: 'wide',
    body: `<div class="path-view" data-slider>
<script type="application/json">${scriptJson(data)}</script>
<div class="path-field live">${field}</div>
<div class="path-side">
<dl class="readout live"><div><dt>part of R left in</dt><dd>λ = <output for="${id}" data-path="lambda">${data[0].lambda}</output></dd></div>${readout}</dl>
<p class="axis-title">Accuracy, %, at G + λR</p>
${chart.svg}
<div class="range live" style="margin-left:${share(marginLeft)};margin-right:${share(marginRight)}">
<input id="${id}" type="range" min="0" max="${points.length - 1}" step="1" value="0" aria-label="λ, the part of R that is left in">
<p class="ends"><span>whole network</span><span>G alone</span></p>
</div></div></div>
${panelsHtml(study)}
${legendHtml(fieldLegend(study))}`,
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

function panelsHtml({ path: points, essentials: { modulus } }: Study): string {
  const chosen = new Set(panelLambdas.map((lambda) => nearest(points, lambda)));
  const panels = [...chosen].map((point) => {
    const name = `λ = ${point.lambda.toFixed(2)}`;
    const shares = lineRoles.map(({ role, name, key }) => ({
      name,
      key,
      text: percent(point[role]),
    }));
    const alt = `${name}: ${shares.map(({ name, text }) => `${name} ${text}`).join(', ')}`;
    const lines = shares.map(
      ({ name, key, text }) => `<span class="${key}">${name} <b>${escapeHtml(text)}</b></span>`,
    );
    return `<div class="panel"><p class="panel-title"><b>${name}</b></p><img class="pixels" alt="${escapeHtml(alt)}" src="${fieldImage(point.field, modulus)}" width="${modulus}" height="${modulus}"><p class="panel-numbers">${lines.join('')}</p></div>`;
  });
  return `<div class="panels five path-panels">${panels.join('')}</div>`;
}

function nearest(points: readonly PathPoint[], lambda: number): PathPoint {
  return points.reduce((best, point) =>
    Math.abs(point.lambda - lambda) < Math.abs(best.lambda - lambda) ? point : best,
  );
}

/** Whether the scan names a rule and G answers unseen pairs better than chance. */
function ruleInside({ extraction, pairCounts }: Study): boolean {
  const G = extraction.methods.find(({ name }) => name === 'frequency-filtration');
  return (
    extraction.rule !== null && G !== undefined && methodBeatsChance(extraction, pairCounts.test, G)
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
          !ruleInside(study) || crossing === undefined || crossing === start
            ? ''
            : `; at λ = ${crossing.lambda.toFixed(2)} the share of them that is right first passes the share of wrong labels given back`
        }.`;
  return escapeHtml(
    `G holds one wave per neuron, R all the rest; together they are the trained network. Fading R out, from λ = 1 to 0, shows what lies under it.${turn} Nothing is trained again.`,
  );
}

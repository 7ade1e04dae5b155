import * as Plot from '@observablehq/plot';
import type { MethodResult } from '../../analysis/results.ts';
import { bestMethod, methodBeatsChance, methodLimit } from '../best-method.ts';
import { type Figure, legendHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { methodTitles } from '../method-titles.ts';
import { count, lower, notKnown, percent } from '../numbers.ts';
import { colour, ink } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import { evidenceText } from '../strongest-evidence.ts';
import type { Study } from '../study.ts';
import { chanceLine, rowMargins, rowNames, shareAxis, shareScale } from './share-rows.ts';

/** Test accuracy of every way to read the network, as bars; rules apart, as text. */
export function contest(study: Study): Figure {
  const { methods, chance } = study.extraction;
  const networks = methods.filter(({ kind }) => kind === 'network');
  const best = bestMethod(methods);
  return {
    key: 'contest',
    title: 'The contest of methods',
    body: `${legendHtml([
      { colour: colour.test, text: 'unseen pairs answered right' },
      { colour: colour.noisy, text: 'wrong labels still given', shape: 'dot' },
      { colour: colour.chance, text: `chance, ${percent(chance)}`, shape: 'dash' },
    ])}${draw(networks, chance, best)}${rulesHtml(study)}`,
    caption: caption(study, best),
    table: {
      columns: [
        'Method',
        'Test',
        'Validation',
        'Right labels',
        'Wrong labels',
        'Wrong labels: true answer',
        'Note',
      ],
      rows: methods.map((method) => [
        methodTitles[method.name],
        ...[
          method.test,
          method.validation,
          method.cleanTrain,
          method.noisyTrain,
          method.noisyTrue,
        ].map(percent),
        method.note ?? '',
      ]),
    },
  };
}

function draw(
  networks: readonly MethodResult[],
  chance: number,
  best: MethodResult | null,
): string {
  const rows = networks.map((method) => ({
    label: methodTitles[method.name],
    test: method.test,
    noisy: method.noisyTrain,
    text: percent(method.test),
    best: method === best,
    bold: method === best,
    muted: method.test === null,
    // A dot between bar end and number would sit on the number.
    crowded:
      method.noisyTrain !== null &&
      Math.abs(method.noisyTrain - (method.test ?? 0)) < 0.18 &&
      method.noisyTrain > (method.test ?? 0) + 0.01,
  }));
  const known = rows.filter(({ test }) => test !== null);
  const y = 'label';
  return renderPlot(
    {
      height: 30 * rows.length + 30,
      ...rowMargins,
      x: shareScale,
      y: { domain: rows.map(({ label }) => label), padding: 0.35 },
      marks: [
        ...shareAxis(),
        Plot.barX(known, {
          x: 'test',
          y,
          fill: colour.test,
          fillOpacity: (row) => (row.best ? 1 : 0.72),
          rx2: 2,
        }),
        chanceLine(chance),
        Plot.dot(
          rows.filter(({ noisy }) => noisy !== null),
          { x: 'noisy', y, fill: colour.noisy, stroke: colour.ground, strokeWidth: 1.5, r: 5 },
        ),
        ...rows.map((row) =>
          Plot.text([row], {
            x: (r: typeof row) => (r.crowded ? Math.max(r.test ?? 0, r.noisy ?? 0) : (r.test ?? 0)),
            y,
            text: 'text',
            textAnchor: 'start',
            dx:
              row.crowded || (row.noisy !== null && Math.abs(row.noisy - (row.test ?? 0)) <= 0.01)
                ? 10
                : 6,
            fill: row.best ? ink.test : colour.text,
            fontWeight: row.best ? 700 : 500,
            stroke: colour.ground,
            strokeWidth: 3,
          }),
        ),
        ...rowNames(rows),
        Plot.axisY({ label: null, tickSize: 0, text: () => '' }),
      ],
    },
    `Bars of test accuracy by method. ${rows.map(({ label, text }) => `${label}: ${text}`).join('. ')}.`,
  ).svg;
}

function rulesHtml(study: Study): string {
  const { methods, rule, scan } = study.extraction;
  const items = methods
    .filter(({ kind }) => kind === 'rule')
    .map((method) => {
      const text =
        method.name === 'identified-rule'
          ? rule === null
            ? `no significant rule; the best of ${count(scan.rulesScanned)} was ${scan.best.text}, ${evidenceText(scan)}`
            : `${rule.text}, ${evidenceText(scan)}`
          : // What follows the first remark is on accuracies, which aren't shown here.
            (method.note?.split('; ')[0] ?? `agrees with ${percent(method.test)} of unseen pairs`);
      return `<div><dt>${escapeHtml(methodTitles[method.name])}</dt><dd>${escapeHtml(text)}</dd></div>`;
    });
  if (items.length === 0) return '';
  return `<dl class="rules"><p>Rules written out as a table: right everywhere or nowhere, so not an accuracy of the network.</p>${items.join('')}</dl>`;
}

function caption(study: Study, best: MethodResult | null): string {
  const raw = study.extraction.methods.find(({ name }) => name === 'raw');
  const unknown = study.extraction.methods.filter(
    ({ kind, test }) => kind === 'network' && test === null,
  );
  const reason = unknown.find(({ note }) => note !== null)?.note;
  const contrast =
    best === null || best.test === null || raw === undefined || raw.test === null
      ? ''
      : !methodBeatsChance(study.extraction, study.pairCounts.test, best)
        ? ` The best of them on unseen pairs, ${percent(best.test)}, is within what answering at random gives the best of as many (up to ${percent(methodLimit(study.extraction, study.pairCounts.test ?? 0))}).`
        : best.name === 'raw'
          ? ` No other reading does better on unseen pairs than the whole network, ${percent(raw.test)}.`
          : ` The whole network answers ${percent(raw.test)} of unseen pairs; ${lower(methodTitles[best.name])} answers ${percent(best.test)}.`;
  const dots = study.extraction.methods.some(({ noisyTrain }) => noisyTrain !== null)
    ? ' An orange dot says how many of the wrong labels that reading still gives.'
    : '';
  const absent =
    unknown.length === 0
      ? ''
      : ` Where it says “${notKnown}”, the data needed isn’t there${reason === undefined ? '' : `: ${reason}`}.`;
  return escapeHtml(
    `Every bar is the same trained weights, read in another way; nothing is trained again.${contrast}${dots}${absent}`,
  );
}

import * as Plot from '@observablehq/plot';
import type { MetricsRow } from '../../train/metrics-row.ts';
import type { Figure } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count, notKnown, percent, plain } from '../numbers.ts';
import { colour } from '../palette.ts';
import { renderPlot } from '../plot.ts';
import type { Study } from '../study.ts';
import { accuracyMarks, endTexts } from './accuracy-lines.ts';

const marginLeft = 44;
const marginRight = 164;
const height = 270;
const marginTop = 12;
const marginBottom = 14;

/** Accuracy on clean, noisy and test pairs against the step, on a log axis; the loss below it. */
export function learningCurves(study: Study): Figure {
  // A log axis has no place for step 0; the table has it.
  const rows = study.metrics.filter((row) => row.step > 0);
  const chance = study.extraction.chance;
  return {
    key: 'learning-curves',
    title: 'Learning curves',
    body:
      rows.length === 0
        ? '<p class="absent">No training was recorded for this network.</p>'
        : draw(rows, chance),
    caption: caption(study, rows),
    table: {
      columns: [
        'Step',
        'Loss',
        'Right labels',
        'Wrong labels',
        'Wrong labels: true answer',
        'Validation',
        'Test',
      ],
      rows: study.metrics.map((row) => [
        count(row.step),
        plain(row.loss, 4),
        ...[row.cleanTrain, row.noisyTrain, row.noisyTrue, row.validation, row.test].map(percent),
      ]),
    },
  };
}

function draw(rows: readonly MetricsRow[], chance: number): string {
  const last = rows[rows.length - 1];
  const x: Plot.ScaleOptions = {
    type: 'log',
    domain: stepDomain(rows),
  };
  const accuracy = renderPlot(
    {
      height,
      marginLeft,
      marginRight,
      marginTop,
      marginBottom,
      x: { ...x, axis: null },
      y: { domain: [0, 1] },
      marks: [...accuracyMarks(rows, 'step', chance, { height, marginTop, marginBottom }, [last])],
    },
    `Accuracy in per cent against training step, log axis. At step ${last.step}: ${endTexts(
      rows,
      chance,
    )
      .map(({ text }) => text)
      .join(', ')}.`,
  );
  const losses = rows.map((row) => row.loss).filter((loss) => Number.isFinite(loss));
  const loss = renderPlot(
    {
      height: 104,
      marginLeft,
      marginRight,
      marginTop: 8,
      marginBottom: 38,
      x,
      y: { domain: [0, Math.max(1e-9, ...losses)], nice: true },
      marks: [
        Plot.gridY({ ticks: 2, stroke: colour.line, strokeOpacity: 1 }),
        Plot.axisY({ ticks: 2, tickSize: 0, label: null, fill: colour.muted }),
        stepAxis(),
        Plot.line(rows, { x: 'step', y: 'loss', stroke: colour.text, strokeWidth: 1.8 }),
        Plot.text([`loss ${plain(last.loss)}`], {
          frameAnchor: 'bottom-right',
          textAnchor: 'start',
          dx: 12,
          fill: colour.text,
          fontWeight: 600,
        }),
      ],
    },
    `Training loss against training step, log axis; at the end ${plain(last.loss)}.`,
  );
  return `<p class="axis-title">Accuracy, %</p>${accuracy.svg}<p class="axis-title">Loss</p>${loss.svg}`;
}

/** At least a factor of two wide, so that a single row still has an axis. */
export function stepDomain(rows: readonly { readonly step: number }[]): [number, number] {
  const first = rows[0].step;
  return [first, Math.max(rows[rows.length - 1].step, 2 * first)];
}

export function stepAxis(): Plot.Markish {
  return Plot.axisX({
    ticks: 4,
    tickFormat: (step: number) => count(step),
    tickSize: 4,
    label: 'training step',
    labelAnchor: 'center',
    labelArrow: 'none',
    fill: colour.muted,
    stroke: colour.muted,
  });
}

/** The first step at which a role is at least half right, or null. */
function halfway(rows: readonly MetricsRow[], role: 'cleanTrain' | 'noisyTrain'): number | null {
  return rows.find((row) => (row[role] ?? 0) >= 0.5)?.step ?? null;
}

function caption(study: Study, rows: readonly MetricsRow[]): string {
  if (rows.length === 0) {
    return 'A model file holds weights only; a run directory also has the curves of its training.';
  }
  const { cleanTrain, noisyTrain, test } = rows[rows.length - 1];
  const noisy = halfway(rows, 'noisyTrain');
  const clean = halfway(rows, 'cleanTrain');
  const order =
    noisy === null || clean === null || noisy === clean
      ? ''
      : noisy < clean
        ? ` The wrong labels are learned first: half of them by step ${count(noisy)}, half of the right ones by step ${count(clean)}.`
        : ` The right labels are learned first: half of them by step ${count(clean)}, half of the wrong ones by step ${count(noisy)}.`;
  const unseen =
    test === null
      ? ''
      : ` On pairs it never saw it ends at ${percent(test)}; answering at random gives ${percent(study.extraction.chance)} (dashed).`;
  const absent =
    cleanTrain === null || noisyTrain === null || test === null
      ? ` Curves that are ${notKnown} are missing: the data set doesn’t have such rows or doesn’t say which labels are right.`
      : '';
  return escapeHtml(
    `Accuracy while training, measured on training pairs with a right label, on training pairs with a wrong label (against that wrong label), and on unseen pairs.${order}${unseen}${absent}`,
  );
}

import { InputError } from '../../errors.ts';
import { didYouMean } from '../../nearest-name.ts';
import { documentHtml } from '../document.ts';
import { type Figure, figureHtml } from '../figure.ts';
import { escapeHtml } from '../html.ts';
import { count } from '../numbers.ts';
import { doubleDescent } from './double-descent.ts';
import { doneRuns, independentAxes } from './groups.ts';
import { headlineHtml } from './headline.ts';
import { heatMaps } from './heat-maps.ts';
import { settingText } from './labels.ts';
import { learningCurves } from './learning-curves.ts';
import { parallelCoordinates } from './parallel.ts';
import { failuresHtml, runTableHtml } from './run-table.ts';
import type { AxisValue, SweepAxis, SweepStudy } from './study.ts';

interface SweepPageOptions {
  /** The setting on the x axis; default: width, or the first that varies. */
  readonly x?: string;
  /** What maps, lines and table show; default: test, noisyTrain and the first readings' test accuracies. */
  readonly metrics?: readonly string[];
}

/** Pairs of settings that get maps. */
const mostPairs = 6;
const mostMetrics = 3;

/**
 * The report on a sweep as one HTML file that loads nothing from anywhere.
 * @throws InputError for a setting that doesn't vary, or a metric that no run has.
 */
export function renderSweepReport(whole: SweepStudy, options: SweepPageOptions = {}): string {
  const x = xAxisOf(whole, options.x);
  // A setting on the x axis may decide others, which are no axes beside it.
  const study =
    x === null
      ? whole
      : {
          ...whole,
          axes: independentAxes([x, ...whole.axes.filter((axis) => axis !== x)], doneRuns(whole)),
        };
  const metrics = metricsOf(study, options.metrics);
  const figures = figuresOf(study, x, metrics);
  const main = `<section class="study" aria-labelledby="top">
<h1 id="top">${escapeHtml(study.name)}</h1>
<p class="subtitle">${escapeHtml(subtitle(study))}</p>
${headlineHtml(study, x, metrics)}
<div class="figures">
${figures.map((figure, index) => figureHtml(figure, index + 1, '')).join('\n')}
</div>
${failuresHtml(study)}
${runTableHtml(study, metrics)}
</section>`;
  return documentHtml(study.name, main, style);
}

function subtitle({ filename, shared }: SweepStudy): string {
  return [filename, ...shared.map(([name, value]) => settingText(name, numberOr(value)))].join(
    ' · ',
  );
}

function numberOr(text: string): AxisValue {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function figuresOf(
  study: SweepStudy,
  x: SweepAxis | null,
  metrics: readonly string[],
): readonly Figure[] {
  const pairs = pairsOf(study, x);
  const isNoisy = study.metrics.includes('noisyTrain');
  return [
    ...(x === null ? [] : [doubleDescent(study, x)]),
    ...pairs.map((pair) => heatMaps(study, pair, metrics)),
    learningCurves(study, x, 'test'),
    ...(isNoisy ? [learningCurves(study, x, 'noisyTrain')] : []),
    ...(study.axes.length > 0 ? [parallelCoordinates(study, metrics)] : []),
  ];
}

/** Any two settings of numbers; those with the x axis first. */
function pairsOf({ axes }: SweepStudy, x: SweepAxis | null): (readonly [SweepAxis, SweepAxis])[] {
  const numeric = axes.filter(({ isNumeric }) => isNumeric);
  const ordered =
    x === null || !x.isNumeric ? numeric : [x, ...numeric.filter((axis) => axis !== x)];
  return ordered
    .flatMap((first, i) => ordered.slice(i + 1).map((second) => [first, second] as const))
    .slice(0, mostPairs);
}

function xAxisOf({ axes, varying, name }: SweepStudy, wanted: string | undefined) {
  if (wanted === undefined) {
    return (
      axes.find((axis) => axis.name === 'width') ??
      axes.find(({ isNumeric }) => isNumeric) ??
      axes[0] ??
      null
    );
  }
  const found = varying.find((axis) => axis.name === wanted);
  if (found !== undefined) return found;
  const names = varying.map((axis) => axis.name);
  throw new InputError(
    `--x: expected a setting that varies in ${name} (${names.join(', ') || 'none does'}), got ${wanted}.${didYouMean(wanted, names)}`,
  );
}

function metricsOf({ metrics, name }: SweepStudy, wanted: readonly string[] | undefined) {
  if (wanted === undefined) {
    const readings = metrics.filter((metric) => metric.endsWith('.test'));
    return ['test', 'noisyTrain', ...readings.toReversed()]
      .filter((metric) => metrics.includes(metric) || metric === 'test')
      .slice(0, mostMetrics);
  }
  const wrong = wanted.find((metric) => !metrics.includes(metric));
  if (wrong === undefined) return wanted;
  throw new InputError(
    `--metric: expected numbers that a run of ${name} has (${metrics.join(', ') || 'none yet'}), got ${wrong}.${didYouMean(wrong, metrics)}`,
  );
}

/** "63 runs", for those who print it. */
export function sweepSummary({ runs }: SweepStudy): string {
  const done = runs.filter(({ status }) => status === 'done').length;
  return `${count(runs.length)} runs, ${count(done)} done`;
}

const style = `
.sweep-panels{display:grid;gap:26px 30px;align-items:end}
.sweep-panels.of-1{max-width:760px}
.sweep-panels.of-2{grid-template-columns:repeat(2,minmax(0,1fr));gap:26px 48px}
.sweep-panels.of-3{grid-template-columns:repeat(3,minmax(0,1fr))}
.sweep-panel{min-width:0}
.scale{display:flex;align-items:center;gap:10px;margin:6px 0 0;font-size:13px;color:var(--muted);font-variant-numeric:tabular-nums}
.scale i{flex:1;max-width:240px;height:9px;border-radius:2px}
.parallel{overflow-x:auto}.parallel .plot{min-width:720px}
.runs .scroll{max-height:560px}
.runs td:nth-child(2){text-align:left}
.runs th:first-child{white-space:nowrap}
.runs tr.failed td:nth-child(2){color:var(--noisy-ink);font-weight:600}
.runs tr.queued td,.runs tr.stopped td{color:var(--muted)}
.runs thead th{white-space:normal;min-width:64px}
.scripted .sort{cursor:pointer}.scripted .sort:hover{text-decoration:underline}
th[aria-sort=ascending] .sort::after{content:" ↑"}th[aria-sort=descending] .sort::after{content:" ↓"}
.failures dl{margin:0;border-left:3px solid var(--noisy);padding-left:14px;font-size:15px}
.failures dl div{margin:0 0 10px}.failures dt{font-weight:600;overflow-wrap:anywhere}.failures dd{margin:0;color:var(--muted)}
.runs,.failures{margin:0 0 44px}
@media (max-width:860px){.sweep-panels.of-2,.sweep-panels.of-3{grid-template-columns:minmax(0,1fr)}}
@media print{.runs .scroll{max-height:none}.parallel .plot{min-width:0}}
`;

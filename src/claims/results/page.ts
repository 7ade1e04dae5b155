/** The results as one self-contained HTML page with the figure of every claim. */
import { documentHtml } from '../../report/document.ts';
import { escapeHtml, tableHtml } from '../../report/html.ts';
import { type Chart, columnsOf } from '../charts/chart.ts';
import { chartPath } from '../charts/chart-files.ts';
import { chartSvg } from '../charts/chart-svg.ts';
import { verdictMarks } from './markdown.ts';
import type { ClaimResult, JudgedClaim, ReproduceResult } from './results.ts';
import { seedsText } from './seeds-text.ts';

const style = `
.verdict{font-weight:650;white-space:nowrap}
.verdict.reproduced{color:var(--test-ink)}.verdict.partly{color:var(--repaired-ink)}
.verdict.not-reproduced{color:var(--noisy-ink)}.verdict.skipped{color:var(--muted)}
.claim{margin:72px 0 0;border-top:2px solid var(--line);padding-top:8px}
.claim h2{font-size:clamp(22px,2.6vw,30px)}
.claims td,.criteria td,.criteria th,.claims th{white-space:normal;text-align:left;vertical-align:top}
.criteria{margin:22px 0 8px;max-height:none}.claims .scroll{max-height:none}
.criteria .mark{font-size:18px}
/* Panels side by side stay legible: they scroll by themselves where the page is narrow. */
figure.wide .body{overflow-x:auto}figure.wide .chart{min-width:640px}
.chart{display:block;max-width:100%;height:auto;overflow:visible}
.files{font-size:14px;color:var(--muted);margin:6px 0 0}
.notes{font-size:15px;color:var(--muted);max-width:60em}
`;

export function resultsPage(result: ReproduceResult, judged: readonly JudgedClaim[]): string {
  const { preset, claims, runs } = result;
  const counts = (['reproduced', 'partly', 'not reproduced', 'skipped'] as const)
    .map(
      (verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
  const main = `<h1>The paper, claim by claim</h1>
<p class="subtitle">Liu &amp; Lu, arXiv 2605.18022 · preset ${preset} · ${runs.length} runs</p>
<p class="lede">${counts}. ${presetText[preset]} Intervals are 95 % of the mean over seeds; what did not reproduce is shown as it came out.</p>
${contents(claims)}
${judged.map(claimHtml).join('\n')}`;
  return documentHtml(`the paper's claims, ${preset}`, main, style);
}

const presetText = {
  quick:
    'This is the quick preset: small moduli, few steps and few seeds, so that all of it runs in minutes. It tests the pattern, not the paper’s own numbers.',
  standard: 'This is the standard preset: the paper’s modulus, fewer steps than the paper.',
  paper: 'This is the paper’s own size: its modulus, its widths, up to 200,000 steps.',
} as const;

function verdictHtml({ verdict }: ClaimResult): string {
  return `<span class="verdict ${verdict.replace(' ', '-')}">${verdictMarks[verdict]}</span>`;
}

function contents(claims: readonly ClaimResult[]): string {
  const rows = claims.map((claim) => {
    const holding = claim.criteria.filter(({ holds }) => holds).length;
    const share = claim.criteria.length === 0 ? '' : ` ${holding} of ${claim.criteria.length}`;
    return `<tr><th scope="row"><a href="#${claim.id}">${escapeHtml(claim.title)}</a></th><td>${escapeHtml(claim.claim)}</td><td>${verdictHtml(claim)}${share}</td></tr>`;
  });
  return `<nav class="claims" aria-label="Claims"><div class="scroll"><table><thead><tr><th scope="col">Claim</th><th scope="col">What is said</th><th scope="col">Verdict, criteria met</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div></nav>`;
}

function claimHtml({ result, findings }: JudgedClaim): string {
  const { id, title, claim, source, reason, criteria, remarks, assumed, seeds, seconds } = result;
  const rows = criteria.map(
    ({ text, expected, measured, holds }) =>
      `<tr><th scope="row">${escapeHtml(text)}</th><td>${escapeHtml(expected)}</td><td>${escapeHtml(measured)}</td><td class="mark">${holds ? '<span aria-label="holds">✓</span>' : '<span aria-label="does not hold">✗</span>'}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<div class="scroll criteria"><table><thead><tr><th scope="col">Asked</th><th scope="col">Expected</th><th scope="col">Measured</th><th scope="col"></th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
  const notes = [
    ...(reason === null ? [] : [`Skipped: ${reason}.`]),
    ...remarks,
    ...(assumed.length === 0 ? [] : [`Assumed, because no source says: ${assumed.join('; ')}.`]),
    `Seeds ${seedsText(seeds)}; ${Math.round(seconds)} s of computing on one thread.`,
  ].map((text) => `<p class="notes">${escapeHtml(text)}</p>`);
  const charts = findings?.charts ?? [];
  return `<section class="claim" aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)} ${verdictHtml(result)}</h2>
<p class="lede">${escapeHtml(claim)} <span class="muted">(${escapeHtml(source)})</span></p>
${table}
${notes.join('\n')}
<div class="figures">
${charts.map((chart, i) => chartHtml(id, chart, i + 1)).join('\n')}
</div>
</section>`;
}

function chartHtml(claim: string, chart: Chart, number: number): string {
  const columns = columnsOf(chart.rows);
  const cells = chart.rows.map((row) => columns.map((column) => cellText(row[column])));
  const files = ['svg', 'csv', 'py'].map((ending) => {
    const name = `${chartPath(claim, chart)}.${ending}`;
    return `<a href="${name}">${ending.toUpperCase()}</a>`;
  });
  const id = `${claim}-${chart.key}`;
  return `<figure id="${id}" class="${chart.facet === undefined ? 'column' : 'wide'}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><span class="number">${number}</span>${escapeHtml(chart.title)}</h3>
<div class="body">${chartSvg(chart)}</div>
<figcaption>${escapeHtml(chart.caption)}</figcaption>
<p class="files">${files.join(' · ')}</p>
<details><summary>Numbers behind this figure</summary>
${tableHtml({ columns, rows: cells })}
</details>
</figure>`;
}

function cellText(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}

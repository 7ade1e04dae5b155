/** The results as Markdown: one table of all claims, then each with its criteria. */

import { chartPath } from '../charts/chart-files.ts';
import type { Preset, Verdict } from '../claim.ts';
import { claims as allClaims } from '../claims.ts';
import type { ClaimResult, JudgedClaim, ReproduceResult } from './results.ts';

export const verdictMarks: Record<Verdict, string> = {
  reproduced: '✓ reproduced',
  partly: '◐ partly',
  'not reproduced': '✗ not reproduced',
  skipped: '– skipped',
};

/** The table of all claims. */
function claimsTable(claims: readonly ClaimResult[]): string {
  const rows = claims.map((claim) => {
    const seeds = claim.verdict === 'skipped' ? '–' : String(claim.seeds.length);
    const holding = claim.criteria.filter(({ holds }) => holds).length;
    const share = claim.verdict === 'skipped' ? '' : ` (${holding} of ${claim.criteria.length})`;
    const cells = [
      `**${claim.id}**: ${claim.claim}`,
      claim.source,
      `${verdictMarks[claim.verdict]}${share}`,
      seeds,
      `${Math.round(claim.seconds)} s`,
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    '| claim | source | verdict | seeds | computing time |',
    '|---|---|---|---:|---:|',
    ...rows,
  ].join('\n');
}

/** What makes these results: claims are named unless all are there. */
function commandOf(claims: readonly ClaimResult[], preset: Preset): string {
  const ids = claims.map(({ id }) => id);
  const isAll = allClaims.every(({ id }) => ids.includes(id));
  return ['npx undertone reproduce', ...(isAll ? [] : ids), `--preset ${preset}`].join(' ');
}

/** The whole document, with the figures that lie beside it. */
export function resultsMarkdown(
  { preset, claims, runs }: ReproduceResult,
  judged: readonly JudgedClaim[],
): string {
  const machines = [
    ...new Set(runs.map(({ made }) => `${made.machine}, ${made.backend} ${made.instructionSet}`)),
  ];
  const versions = [
    ...new Set(runs.map(({ made }) => `Undertone ${made.undertone}, Node ${made.node}`)),
  ];
  return `${[
    `# Claims, preset ${preset}`,
    `\`${commandOf(claims, preset)}\` on ${machines.join('; ')} (${versions.join('; ')}). ${runs.length} runs, each with its settings and the hash of its final weights in results.json. Intervals are 95 % of the mean over seeds (Student's t).`,
    claimsTable(claims),
    ...judged.map(claimMarkdown),
  ].join('\n\n')}\n`;
}

function claimMarkdown({ result: claim, findings }: JudgedClaim): string {
  const parts = [`## ${claim.title}`, `${claim.claim} *${claim.source}.* **${claim.verdict}**`];
  if (claim.reason !== null) parts.push(`Skipped: ${claim.reason}.`);
  if (claim.criteria.length > 0) {
    const rows = claim.criteria.map(
      ({ text, expected, measured, holds }) =>
        `| ${[text, expected, measured, holds ? '✓' : '✗'].map(cell).join(' | ')} |`,
    );
    parts.push(['| asked | expected | measured | |', '|---|---|---|---|', ...rows].join('\n'));
  }
  for (const remark of claim.remarks) parts.push(remark);
  for (const chart of findings?.charts ?? []) {
    parts.push(
      `![${chart.title}](${chartPath(claim.id, chart)}.svg)`,
      `*${chart.title}.* ${chart.caption}`,
    );
  }
  if (claim.assumed.length > 0) parts.push(`Assumed: ${claim.assumed.join('; ')}.`);
  return parts.join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

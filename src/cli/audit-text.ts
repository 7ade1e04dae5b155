/** An audit's answer in words and tables. */
import type { AuditedRow, AuditReport } from '../audit/index.ts';
import { fixedDigits } from '../claims/statistics/interval.ts';
import { duration, percent, pValue, styled, table } from './terminal.ts';

const mostRows = 20;
const mostMissing = 5;

export function auditText(
  report: AuditReport,
  files: { readonly repaired: string; readonly picture: string } | null,
  seconds: number,
): string {
  const parts = [tableText(report), verdictText(report)];
  if (report.evidence !== null) parts.push(evidenceText(report));
  if (report.found) {
    parts.push(wrongText(report, files?.repaired ?? null));
    if (report.table.missing > 0) parts.push(missingText(report));
    if (report.scores !== null) parts.push(scoresText(report.scores));
  }
  const written =
    files === null
      ? [`Nothing was written: there is nothing to repair (${duration(seconds)}).`]
      : [
          `${styled('bold', 'Repaired table:')} ${files.repaired}`,
          `Picture:        ${files.picture} (${duration(seconds)})`,
        ];
  return [...parts, written.join('\n')].join('\n\n');
}

function tableText({
  file,
  table,
  alphabets,
  duplicates,
  strangers,
  modulus,
}: AuditReport): string {
  const count = (number: number, one: string, many: string) =>
    `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
  const missing = table.missing === 0 ? '' : `, ${table.missing.toLocaleString('en')} without`;
  const lines = [
    `${file}: ${count(table.rows, 'row', 'rows')}, ${count(table.cells, 'pair', 'pairs')} (a, b) with a label${missing}.`,
  ];
  const orderings = { given: 'as given', number: 'by number', appearance: 'as they first appear' };
  for (const { columns, symbols, orderedBy } of alphabets) {
    const shown =
      symbols.length <= 8
        ? symbols.join(', ')
        : `${symbols.slice(0, 4).join(', ')}, …, ${symbols.at(-1)}`;
    lines.push(
      `  ${columns.join(', ')}: ${symbols.length} symbols, ${orderings[orderedBy]}: ${shown}`,
    );
  }
  if (alphabets.some(({ symbols }) => symbols.length !== modulus)) {
    lines.push(`  The largest alphabet makes it a table modulo ${modulus}.`);
  }
  if (duplicates.cells > 0) {
    lines.push(
      `  ${count(duplicates.cells, 'pair has', 'pairs have')} several labels, ${duplicates.contradictory.toLocaleString('en')} of them contradictory; all count.`,
    );
  }
  for (const { symbol, rows, line } of strangers.slice(0, 5)) {
    lines.push(
      `  The label ${JSON.stringify(symbol)} (${count(rows, 'row', 'rows')}, first in line ${line}) is no symbol of the table and was set aside; --order with it makes it one.`,
    );
  }
  if (strangers.length > 5) lines.push(`  So are ${strangers.length - 5} other labels.`);
  return lines.join('\n');
}

function verdictText({ found, rule, reason, rows, alphabets }: AuditReport): string {
  if (!found || rule === null) {
    return `${styled('bold', 'Cannot tell.')} ${reason}\nNo row is flagged. If the symbols have another order, give it with --order.`;
  }
  const example = rows.findLast((row) => !row.likelyWrong && row.proposal === row.label);
  const symbols = alphabets.length === 1 ? 'symbols count' : 'the symbols of each line above count';
  const shown =
    example === undefined ? '' : `; so ${example.a}, ${example.b} gives ${example.label}`;
  return `Rule found: ${styled(['bold', 'green'], rule.text)}, where ${symbols} from 0${shown}.`;
}

function evidenceText({ evidence, found, rule }: AuditReport): string {
  if (evidence === null) return '';
  const { labels, networks, order, verdict, heldOutAgreement } = evidence;
  const rows = [
    ['Evidence', 'best rule', 'how much', 'p'],
    [
      'the labels alone',
      labels.rule.text,
      `${fixedDigits(labels.matches, Number.isInteger(labels.matches) ? 0 : 1)} of ${labels.cells} pairs follow it, chance ${fixedDigits(labels.expected)}`,
      pValue(labels.log10PValue),
    ],
    [
      'the networks',
      networks.rule.text,
      `${networks.agreeing} of ${networks.networks} hold it`,
      pValue(networks.log10PValue),
    ],
    [
      'the order of the symbols',
      verdict.best.text,
      `${order.matches} pairs, in random orders at most ${Math.max(...order.alphabets.map(({ largest }) => largest))}`,
      pValue(order.log10PValue),
    ],
  ];
  const lines = [
    table(rows),
    styled(
      'dim',
      `p is corrected for all ${labels.rulesScanned.toLocaleString('en')} rules; all together: p = ${pValue(verdict.log10PValue)}.`,
    ),
  ];
  if (found && !verdict.agree) {
    lines.push(
      `The two name different rules; the answer is ${rule?.text}, which more labels follow.`,
    );
  }
  if (heldOutAgreement !== null) {
    lines.push(
      `Networks that were not trained on a pair give the rule's answer on ${percent(heldOutAgreement)} of them, once filtered.`,
    );
  }
  return lines.join('\n');
}

function wrongText(
  { rows, noiseRatio, exceptions, table: { labelled } }: AuditReport,
  repaired: string | null,
): string {
  const wrong = rows.filter(({ likelyWrong }) => likelyWrong);
  const count = wrong.reduce((sum, row) => sum + row.rows, 0);
  const lines = [
    `${count.toLocaleString('en')} of ${labelled.toLocaleString('en')} labels are likely wrong (estimated ${percent(noiseRatio?.estimate ?? null)}, 95 % interval ${percent(noiseRatio?.low ?? null)} to ${percent(noiseRatio?.high ?? null)}).`,
  ];
  for (const column of ['a', 'b'] as const) {
    const symbols = exceptions?.[column] ?? [];
    if (symbols.length === 0) continue;
    lines.push(`The rule seems not to hold where ${column} is ${symbols.slice(0, 8).join(', ')}.`);
  }
  if (wrong.length === 0) return lines.join('\n');
  lines.push(
    table([
      ['line', 'a', 'b', 'label', 'should be', 'P(wrong)', 'P(right then)'],
      ...wrong
        .slice(0, mostRows)
        .map((row) => [
          row.rows > 1 ? `${row.line} (${row.rows} rows)` : String(row.line),
          row.a,
          row.b,
          row.label,
          row.proposal ?? 'no symbol',
          probability(row.wrong),
          probability(row.confidence),
        ]),
    ]),
  );
  if (wrong.length > mostRows) {
    const where = repaired === null ? '--json' : `${repaired} or --json`;
    lines.push(`… and ${rowsOf(wrong.slice(mostRows)).toLocaleString('en')} more: see ${where}.`);
  }
  return lines.join('\n');
}

function missingText({ missing }: AuditReport): string {
  const lines = [
    table([
      ['no label: a', 'b', 'should be', 'P(right)'],
      ...missing
        .slice(0, mostMissing)
        .map(({ a, b, proposal, confidence }) => [
          a,
          b,
          proposal ?? 'no symbol',
          probability(confidence),
        ]),
    ]),
  ];
  if (missing.length > mostMissing) {
    lines.push(`… and ${(missing.length - mostMissing).toLocaleString('en')} more: see --json.`);
  }
  return lines.join('\n');
}

function scoresText(scores: NonNullable<AuditReport['scores']>): string {
  const lines = [
    `Against true_label: ${scores.wrong} of ${scores.rows} labels are wrong, ${scores.flagged} flagged.`,
    table([
      ['precision', 'recall', 'F1', 'AUROC', 'average precision', 'repaired right'],
      [
        scores.precision,
        scores.recall,
        scores.f1,
        scores.auroc,
        scores.averagePrecision,
        scores.repaired,
      ].map((value) => (value === null ? '–' : value.toFixed(3))),
    ]),
  ];
  if (scores.filled !== null) {
    lines.push(`Of ${scores.missing} missing labels ${percent(scores.filled)} are proposed right.`);
  }
  return lines.join('\n');
}

/** Three digits; never 1.000 for what is short of 1. */
function probability(value: number | null): string {
  if (value === null) return '–';
  const text = value.toFixed(3);
  return value < 1 && text === '1.000' ? '> 0.999' : text;
}

function rowsOf(rows: readonly AuditedRow[]): number {
  return rows.reduce((sum, row) => sum + row.rows, 0);
}

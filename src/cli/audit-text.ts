/** An audit's answer in words and tables. */
import type { AuditedRow, AuditReport } from '../audit/index.ts';
import { fixedDigits } from '../claims/statistics/interval.ts';
import { shown } from './shown.ts';
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
  kept,
  spellings,
  modulus,
}: AuditReport): string {
  const missing = table.missing === 0 ? '' : `, ${table.missing.toLocaleString('en')} without`;
  const lines = [
    `${shown(file, 120)}: ${count(table.rows, 'row', 'rows')}, ${count(table.cells, 'pair', 'pairs')} (a, b) with a label${missing}.`,
  ];
  const orderings = { given: 'as given', number: 'by number', appearance: 'as they first appear' };
  for (const { columns, symbols, orderedBy } of alphabets) {
    const list =
      symbols.length <= 8
        ? listed(symbols)
        : `${listed(symbols.slice(0, 4))}, …, ${shown(symbols.at(-1) ?? '')}`;
    lines.push(
      `  ${columns.join(', ')}: ${count(symbols.length, 'symbol', 'symbols')}, ${orderings[orderedBy]}: ${list}`,
    );
  }
  if (alphabets.some(({ symbols }) => symbols.length !== modulus)) {
    lines.push(`  The largest alphabet makes it a table modulo ${modulus}.`);
  }
  if (duplicates.cells > 0) {
    lines.push(
      `  ${count(duplicates.cells, 'pair is', 'pairs are')} repeated, ${duplicates.contradictory.toLocaleString('en')} of them contradictory; all count.`,
    );
  }
  const warning = oddText({ strangers, kept, spellings });
  if (warning !== null) lines.push(`  ${styled('yellow', 'Warning:')} ${warning}`);
  return lines.join('\n');
}

const mostOdd = 5;

/** One line that names the odd symbols; null where there are none. */
function oddText({
  strangers,
  kept,
  spellings,
}: Pick<AuditReport, 'strangers' | 'kept' | 'spellings'>): string | null {
  const some = <T>(all: readonly T[], text: (each: T) => string) => {
    const first = all.slice(0, mostOdd).map(text).join(', ');
    return all.length > mostOdd ? `${first} and ${all.length - mostOdd} more` : first;
  };
  const use = ({ symbol, column, rows, line }: AuditReport['strangers'][number]) =>
    `${quoted(symbol)} (${column}, ${count(rows, 'row', 'rows')}, first in line ${line})`;
  const parts: string[] = [];
  if (spellings.length > 0) {
    const pairs = some(spellings, ({ symbol, readAs }) => `${quoted(symbol)} as ${quoted(readAs)}`);
    parts.push(`probably the same, and read so: ${pairs}`);
  }
  if (strangers.length > 0) parts.push(`set aside as odd: ${some(strangers, use)}`);
  if (kept.length > 0) {
    parts.push(`odd, but kept, for more pairs follow a rule with them: ${some(kept, use)}`);
  }
  return parts.length === 0
    ? null
    : `${parts.join('; ')}. --order with all symbols says which there are.`;
}

function quoted(symbol: string): string {
  return `"${shown(symbol)}"`;
}

function listed(symbols: readonly string[]): string {
  return symbols.map((symbol) => shown(symbol)).join(', ');
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function verdictText(report: AuditReport): string {
  const { found, rule, reason, orderMayHelp, alphabets } = report;
  if (!found || rule === null) {
    const advice = orderMayHelp
      ? ' If the symbols are others or have another order, give them with --order.'
      : '';
    return `${styled('bold', 'Cannot tell.')} ${reason}\nNo row is flagged.${advice}`;
  }
  const example = exampleOf(report);
  const symbols = alphabets.length === 1 ? 'symbols count' : 'the symbols of each line above count';
  const sentence =
    example === null
      ? ''
      : `; so ${shown(example.a)}, ${shown(example.b)} gives ${shown(example.label)}`;
  return `Rule found: ${styled(['bold', 'green'], rule.text)}, where ${symbols} from 0${sentence}.`;
}

/** A row that follows the rule and says the most about it: no symbol at place 0, and round the circle. */
function exampleOf({ rows, alphabets, rule, modulus }: AuditReport): AuditedRow | null {
  const place = (column: 'a' | 'b', symbol: string) =>
    alphabets.find(({ columns }) => columns.includes(column))?.symbols.indexOf(symbol) ?? -1;
  let best: AuditedRow | null = null;
  let most = 0;
  for (const row of rows) {
    if (rule === null || row.likelyWrong || row.proposal !== row.label) continue;
    const [a, b] = [place('a', row.a), place('b', row.b)];
    if (a < 0 || b < 0) continue;
    const goesRound = rule.k1 * a + rule.k2 * b + rule.shift >= modulus;
    const telling = 1 + (a > 0 && b > 0 ? 2 : 0) + (goesRound ? 1 : 0);
    if (telling <= most) continue;
    most = telling;
    best = row;
  }
  return best;
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
      `${networks.agreeing} of ${networks.networks} have it as their best rule`,
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
    lines.push(`The rule seems not to hold where ${column} is ${listed(symbols.slice(0, 8))}.`);
  }
  if (wrong.length === 0) return lines.join('\n');
  lines.push(
    table([
      ['line', 'a', 'b', 'label', 'should be', 'P(wrong)', 'P(right then)'],
      ...wrong
        .slice(0, mostRows)
        .map((row) => [
          row.rows > 1 ? `${row.line} (${row.rows} rows)` : String(row.line),
          shown(row.a),
          shown(row.b),
          shown(row.label),
          row.proposal === null ? 'no symbol' : shown(row.proposal),
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
    `${count(missing.length, 'pair has', 'pairs have')} no label; what it should be:`,
    table([
      ['', 'a', 'b', 'should be', 'P(right)'],
      ...missing
        .slice(0, mostMissing)
        .map(({ a, b, proposal, confidence }) => [
          '',
          shown(a),
          shown(b),
          proposal === null ? 'no symbol' : shown(proposal),
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

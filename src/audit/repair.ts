import { InputError } from '../errors.ts';
import { csvRecords } from '../format/index.ts';
import type { Columns } from './columns.ts';
import type { AuditReport } from './report.ts';

/** A missing label is filled in where its proposal is more probable than not. */
const leastToFill = 0.5;

/**
 * The table again with its wrong labels corrected and its missing ones filled in, as parts of a CSV file: the
 * user's own columns and symbols in the user's order, then
 *
 * - original_label: the label as it was (empty where it was missing),
 * - p_wrong: the probability that that label is wrong (empty where it was missing, or a or b set aside),
 * - p_right: the probability that the label now in the row is right.
 *
 * A name that the file has already gets a number. Blank lines are left out.
 *
 * @param chunks the bytes of the same file.
 * @throws InputError where the file isn't what it was when it was audited.
 */
export function* repairedCsv(
  chunks: Iterable<Uint8Array>,
  columns: Columns,
  hasHeader: boolean,
  report: AuditReport,
): Generator<string, void> {
  const readAs = new Map(report.spellings.map((each) => [each.symbol, each.readAs]));
  const read = (symbol: string) => readAs.get(symbol) ?? symbol;
  const strange = new Set(report.strangers.map(({ column, symbol }) => keyOf(column, symbol)));
  const rows = new Map(report.rows.map((row) => [keyOf(row.a, row.b, row.label), row]));
  const missing = new Map(report.missing.map((cell) => [keyOf(cell.a, cell.b), cell]));
  const known = new Map(report.rows.map((row) => [keyOf(read(row.a), read(row.b)), row]));
  const changed = () =>
    new InputError(`${report.file} changed while it was audited; audit it again.`);
  let rowCount = 0;
  let isFirst = true;
  let part = '';
  for (const { fields } of csvRecords(chunks, report.file)) {
    if (isFirst && hasHeader) {
      isFirst = false;
      const added = ['original_label', 'p_wrong', 'p_right'];
      part += csvLine([...fields, ...added.map((name) => freeName(name, columns.names))]);
      continue;
    }
    isFirst = false;
    rowCount++;
    const field = (column: number) => fields.at(column)?.trim() ?? '';
    const a = field(columns.a);
    const b = field(columns.b);
    const label = field(columns.label);
    const row = label === '' ? undefined : rows.get(keyOf(a, b, label));
    const same =
      label === ''
        ? (missing.get(keyOf(read(a), read(b))) ?? known.get(keyOf(read(a), read(b))))
        : row;
    const isStrange = strange.has(keyOf('a', read(a))) || strange.has(keyOf('b', read(b)));
    if (same === undefined && !(label === '' && isStrange)) {
      throw changed();
    }
    const { proposal, confidence } = same ?? { proposal: null, confidence: null };
    const replaces =
      proposal !== null &&
      (label === '' ? (confidence ?? 0) > leastToFill : row?.likelyWrong === true);
    const repaired = [...fields];
    if (replaces) repaired[columns.label] = proposal;
    const kept = row === undefined || row.wrong === null ? null : 1 - row.wrong;
    const right = replaces ? confidence : kept;
    part += csvLine([...repaired, label, probability(row?.wrong ?? null), probability(right)]);
    if (part.length > 1 << 16) {
      yield part;
      part = '';
    }
  }
  if (rowCount !== report.table.rows) throw changed();
  yield part;
}

function keyOf(...symbols: readonly string[]): string {
  return JSON.stringify(symbols);
}

function freeName(name: string, taken: readonly string[]): string {
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? name : `${name}_${attempt}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** Four digits; never 1 for what is short of it. */
function probability(value: number | null): string {
  if (value === null) return '';
  const text = value.toFixed(4);
  return value < 1 && text === '1.0000' ? '0.9999' : String(Number(text));
}

function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(',')}\n`;
}

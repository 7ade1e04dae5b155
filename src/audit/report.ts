import type { Alphabet, Alphabets } from './alphabets.ts';
import type { Audit } from './audit.ts';
import { type Cells, type Duplicates, tokensOf } from './cells.ts';
import type { CellVerdict } from './confidence.ts';
import type { LabelEvidence } from './label-evidence.ts';
import type { Spelling, SymbolUse } from './odd-symbols.ts';
import type { OrderEvidence } from './order-evidence.ts';
import type { Entry, SymbolTable } from './read-table.ts';
import { answersOf, type NamedRule } from './rule.ts';
import { type DetectionScores, detectionScores } from './scores.ts';
import type { NetworkEvidence, Verdict } from './verdict.ts';

/** Rows with the same a, b, label (and true label): what an audit says of them. */
export interface AuditedRow {
  readonly a: string;
  readonly b: string;
  readonly label: string;
  /** How many rows there are, and the line of the first. */
  readonly rows: number;
  readonly line: number;
  /** Probability that the label is wrong; null where no rule was found. */
  readonly wrong: number | null;
  /** Whether another label is more probable and this one is wrong with more than ½. */
  readonly likelyWrong: boolean;
  /** The most probable label and its probability; null where no rule was found or it is no symbol of the label. */
  readonly proposal: string | null;
  readonly confidence: number | null;
}

/** A pair without a label, and what it should be. */
export interface MissingCell {
  readonly a: string;
  readonly b: string;
  readonly proposal: string | null;
  readonly confidence: number | null;
}

/** The whole answer in symbols: the JSON of the command line is this, verbatim. */
export interface AuditReport {
  readonly file: string;
  /** Names of the columns, as in the header. */
  readonly columns: { readonly a: string; readonly b: string; readonly label: string };
  readonly level: number;
  readonly modulus: number;
  readonly alphabets: readonly Alphabet[];
  readonly table: {
    readonly rows: number;
    readonly labelled: number;
    /** Pairs with a label, and pairs of an a and a b of the table without one. */
    readonly cells: number;
    readonly missing: number;
  };
  readonly duplicates: Duplicates;
  /** Odd symbols: those that were set aside, those that were kept, and second spellings. */
  readonly strangers: readonly SymbolUse[];
  readonly kept: readonly SymbolUse[];
  readonly spellings: readonly Spelling[];
  /** Whether a rule is significant; everything about rows hangs on it. */
  readonly found: boolean;
  readonly rule: NamedRule | null;
  /** Why nothing can be told, in a sentence; null where a rule was found. */
  readonly reason: string | null;
  /** Whether another order of the symbols could change that. */
  readonly orderMayHelp: boolean;
  readonly evidence: {
    readonly verdict: Omit<Verdict, 'rule' | 'found'>;
    readonly labels: LabelEvidence;
    readonly networks: NetworkEvidence;
    readonly order: OrderEvidence;
    /** Share of the given cells where held-out networks, filtered, give the rule's answer; null without a rule. */
    readonly heldOutAgreement: number | null;
  } | null;
  /** The estimated share of wrong labels, with the 95 % interval of a share of so many cells (Wilson). */
  readonly noiseRatio: {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
  } | null;
  /** Symbols whose rows or columns seem not to obey the rule (probability below ½). */
  readonly exceptions: { readonly a: readonly string[]; readonly b: readonly string[] } | null;
  /** Most likely wrong first; where no rule was found, in the file's order. */
  readonly rows: readonly AuditedRow[];
  readonly missing: readonly MissingCell[];
  /** Against the file's true labels; null where it has none or no rule was found. */
  readonly scores: AuditScores | null;
}

interface AuditScores extends DetectionScores {
  /** Of the wrong rows that were flagged, the share whose proposal is the true label. */
  readonly repaired: number | null;
  /** Of the missing labels with a known truth, how many there are and the share proposed right. */
  readonly missing: number;
  readonly filled: number | null;
}

/** Turns what an audit found into symbols. */
export function auditReport(table: SymbolTable, alphabets: Alphabets, audit: Audit): AuditReport {
  const { cells, findings, verdict, labels, networks, order } = audit;
  const { modulus } = alphabets;
  const tokens = tokensOf(table, alphabets);
  const labelAt = (token: number) => alphabets.label.symbols.at(token) ?? null;
  const verdicts = new Map(findings?.verdicts.map((each) => [each.pair, each]));
  const answers = findings === null ? null : answersOf(findings.rule, modulus);
  // −1, which is no pair, for one with a stranger.
  const pairOf = (entry: Entry) => {
    const [a, b] = [tokens.a[entry.a], tokens.b[entry.b]];
    return a < 0 || b < 0 ? -1 : a * modulus + b;
  };

  const judged = table.entries
    .filter(({ label }) => label >= 0)
    .map((entry) => {
      const pair = pairOf(entry);
      const judgement = judge(tokens.label[entry.label], verdicts.get(pair), cells, modulus);
      const row: AuditedRow = {
        a: table.a[entry.a],
        b: table.b[entry.b],
        label: table.label[entry.label],
        rows: entry.rows,
        line: entry.line,
        wrong: judgement?.wrong ?? null,
        likelyWrong: judgement?.likelyWrong ?? false,
        proposal: judgement === null ? null : labelAt(judgement.proposal),
        confidence: judgement?.confidence ?? null,
      };
      return { entry, row };
    })
    .sort((x, y) => (y.row.wrong ?? 0) - (x.row.wrong ?? 0) || x.row.line - y.row.line);
  const missing = Array.from(cells.missing, (pair): MissingCell => {
    const found = verdicts.get(pair);
    return {
      a: alphabets.a.symbols[Math.floor(pair / modulus)],
      b: alphabets.b.symbols[pair % modulus],
      proposal: found === undefined ? null : labelAt(found.proposal),
      confidence: found?.confidence ?? null,
    };
  });
  const labelled = judged.reduce((sum, { row }) => sum + row.rows, 0);
  return {
    file: table.filename,
    columns: {
      a: table.columns.names[table.columns.a],
      b: table.columns.names[table.columns.b],
      label: table.columns.names[table.columns.label],
    },
    level: audit.level,
    modulus,
    alphabets: alphabets.alphabets,
    table: {
      rows: table.rows,
      labelled,
      cells: cells.given.length,
      missing: cells.missing.length,
    },
    duplicates: cells.duplicates,
    strangers: alphabets.strangers,
    kept: alphabets.kept,
    spellings: alphabets.spellings,
    found: findings !== null,
    rule: findings?.rule ?? null,
    reason: reasonOf(audit, alphabets.choices),
    orderMayHelp: findings === null && audit.tooLittle === null,
    evidence:
      verdict === null || labels === null || networks === null || order === null
        ? null
        : {
            verdict: {
              best: verdict.best,
              decidedBy: verdict.decidedBy,
              log10PValue: verdict.log10PValue,
              agree: verdict.agree,
              probability: verdict.probability,
            },
            labels,
            networks,
            order,
            heldOutAgreement: findings?.heldOutAgreement ?? null,
          },
    noiseRatio:
      findings === null
        ? null
        : noiseOf(
            judged.map(({ row }) => row),
            cells,
          ),
    exceptions:
      findings === null
        ? null
        : {
            a: alphabets.a.symbols.filter((_, token) => findings.model.obeysA[token] < 0.5),
            b: alphabets.b.symbols.filter((_, token) => findings.model.obeysB[token] < 0.5),
          },
    rows: judged.map(({ row }) => row),
    missing,
    scores: answers === null ? null : scoresOf(table, alphabets, judged, verdicts, pairOf, labelAt),
  };
}

interface Judgement {
  readonly wrong: number;
  readonly likelyWrong: boolean;
  readonly proposal: number;
  readonly confidence: number;
}

/** What is said of a label (−1: a stranger) of a pair; null where nothing is. */
function judge(
  label: number,
  verdict: CellVerdict | undefined,
  { given }: Cells,
  modulus: number,
): Judgement | null {
  if (verdict === undefined) return null;
  const { proposal, confidence } = verdict;
  if (label < 0) return { wrong: 1, likelyWrong: true, proposal, confidence };
  const cell = findCell(given, verdict.pair);
  const place = cell.labels.findIndex((each) => each.label === label);
  if (place < 0)
    throw new Error(`label ${label} of pair ${verdict.pair} mod ${modulus} is unknown`);
  const wrong = verdict.wrong[place];
  return { wrong, likelyWrong: proposal !== label && wrong > 0.5, proposal, confidence };
}

/** By bisection, for cells stand in the order of their pairs. */
function findCell(given: Cells['given'], pair: number): Cells['given'][number] {
  let low = 0;
  let high = given.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (given[middle].pair < pair) low = middle + 1;
    else high = middle;
  }
  return given[low];
}

function reasonOf(
  { tooLittle, verdict, wrapAround, level, labels, networks, order }: Audit,
  choices: number,
): string | null {
  if (tooLittle !== null) return tooLittle;
  if (verdict === null || verdict.found || labels === null || networks === null) return null;
  const rules = labels.rulesScanned.toLocaleString('en');
  if (wrapAround?.isBroken && verdict.log10PValue <= Math.log10(level)) {
    const { inside, outside } = wrapAround;
    return `The best of ${rules} rules, ${verdict.best.text}, holds for ${inside.matches} of ${inside.cells} pairs on one turn of the circle, but for ${outside.matches} of ${outside.cells} beyond: the circle seems to have another number of symbols, as if one were mistyped or missing.`;
  }
  // What p has to be before it is multiplied by the number of arrangements (`decide`).
  const threshold = Math.log10(level / choices);
  const smallest = Math.min(labels.log10PValue, networks.log10PValue) + Math.log10(2);
  if (smallest > threshold) {
    return `None of ${rules} rules is significant at level ${level}, in the labels or in the networks: there is none in this order of the symbols, or too few labels are right.`;
  }
  const columns = order?.alphabets
    .filter(({ log10PValue }) => log10PValue > threshold)
    .map((alphabet) => alphabet.columns.join(' and '));
  return `The labels are no noise, but the best of ${rules} rules, ${verdict.best.text}, stands out no more than the best ones do where the symbols of ${columns?.join(', or of ')} are put into random orders: there is no rule of this kind in this order.`;
}

function noiseOf(rows: readonly AuditedRow[], { given }: Cells): AuditReport['noiseRatio'] {
  // Nothing is said of a row whose a or b was set aside.
  const known = rows.filter(({ wrong }) => wrong !== null);
  const total = known.reduce((sum, row) => sum + row.rows, 0);
  const estimate = known.reduce((sum, row) => sum + (row.wrong ?? 0) * row.rows, 0) / total;
  const z = 1.96;
  const n = given.length;
  const centre = (estimate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const margin =
    (z * Math.sqrt((estimate * (1 - estimate)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { estimate, low: Math.max(0, centre - margin), high: Math.min(1, centre + margin) };
}

function scoresOf(
  table: SymbolTable,
  { spellings }: Alphabets,
  judged: readonly { readonly entry: Entry; readonly row: AuditedRow }[],
  verdicts: ReadonlyMap<number, CellVerdict>,
  pairOf: (entry: Entry) => number,
  labelAt: (token: number) => string | null,
): AuditScores | null {
  const readAs = new Map(spellings.map((each) => [each.symbol, each.readAs]));
  const read = (symbol: string) => readAs.get(symbol) ?? symbol;
  const truthOf = ({ trueLabel }: Entry) =>
    trueLabel < 0 ? null : read(table.trueLabels[trueLabel]);
  const isWrong = ({ entry, row }: (typeof judged)[number]) => truthOf(entry) !== read(row.label);
  const known = judged.filter(({ entry }) => truthOf(entry) !== null);
  const unlabelled = table.entries.filter((entry) => entry.label < 0 && truthOf(entry) !== null);
  if (known.length === 0 && unlabelled.length === 0) return null;
  const scores = detectionScores(
    known.map((each) => ({
      score: each.row.wrong ?? 0,
      flagged: each.row.likelyWrong,
      isWrong: isWrong(each),
      rows: each.row.rows,
    })),
  );
  const hits = known.filter((each) => each.row.likelyWrong && isWrong(each));
  const right = hits.filter(({ entry, row }) => truthOf(entry) === row.proposal);
  const filled = unlabelled.filter((entry) => {
    const found = verdicts.get(pairOf(entry));
    return found !== undefined && labelAt(found.proposal) === truthOf(entry);
  });
  const rowsOf = (some: readonly { rows: number }[]) =>
    some.reduce((sum, { rows }) => sum + rows, 0);
  const flaggedWrong = rowsOf(hits.map(({ row }) => row));
  const missing = rowsOf(unlabelled);
  return {
    ...scores,
    repaired: flaggedWrong === 0 ? null : rowsOf(right.map(({ row }) => row)) / flaggedWrong,
    missing,
    filled: missing === 0 ? null : rowsOf(filled) / missing,
  };
}

/**
 * Are the probabilities of `undertone audit` what they say? Tables of c = a + b with wrong labels, one seed
 * each, of several shapes, and tables of pure noise, in which nothing may be found more often than the level.
 *
 *   node bench/audit-calibration.ts [--moduli 12,31] [--noise-ratios 0.05,0.2,0.4,0.6,0.8,0.9,0.95]
 *     [--tables 4] [--noise-tables 100] [--shuffled-tables 200] [--first-seed 1] [--share 0.8] [--threads 1]
 *
 * `--tables` is the number for each modulus, noise ratio and shape. Shapes: plain; uniform-all (noise drawn
 * from all labels); rows (a tenth of the symbols a obey no rule); block (nor does a ninth of the table, a square).
 * Shuffled tables follow a rule in another order of their symbols than theirs: there the share is counted that the
 * labels alone would name a rule in, and that its order lets pass (a bound of what is found). Prints Markdown.
 */
import { parseArgs } from 'node:util';
import { cellsOf } from '../src/audit/cells.ts';
import {
  type AuditReport,
  arrangeSymbols,
  audit,
  auditReport,
  readSymbolTable,
} from '../src/audit/index.ts';
import { labelEvidence } from '../src/audit/label-evidence.ts';
import { orderEvidence } from '../src/audit/order-evidence.ts';
import { csvTable, type TableOptions } from '../src/audit/test-tables.ts';
import { interval } from '../src/claims/statistics/interval.ts';
import { selectBackend } from '../src/compute/index.ts';
import { createGenerator } from '../src/task/index.ts';
import { markdownTable } from './alternate.ts';
import { shareText } from './share-text.ts';

const { values } = parseArgs({
  options: {
    moduli: { type: 'string', default: '12,31' },
    'noise-ratios': { type: 'string', default: '0.05,0.2,0.4,0.6,0.8,0.9,0.95' },
    tables: { type: 'string', default: '4' },
    'noise-tables': { type: 'string', default: '100' },
    'shuffled-tables': { type: 'string', default: '200' },
    'first-seed': { type: 'string', default: '1' },
    share: { type: 'string', default: '0.8' },
    threads: { type: 'string', default: '1' },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const moduli = numbers(values.moduli);
const noiseRatios = numbers(values['noise-ratios']);
const threads = Number(values.threads);
const share = Number(values.share);
const backend = selectBackend({ threads });
let seed = Number(values['first-seed']);

const shapes = {
  plain: () => ({}),
  'uniform-all': () => ({ noiseKind: 'uniform-all' as const }),
  rows: () => ({ isException: (a: number) => a % 10 === 3 }),
  block: (modulus: number) => ({
    isException: (a: number, b: number) => a < modulus / 3 && b < modulus / 3,
  }),
} satisfies Record<string, (modulus: number) => Partial<TableOptions>>;
type Shape = keyof typeof shapes;

/** All pairs are listed; those not given have an empty label and a true one. */
async function reportOf(options: TableOptions, level: number): Promise<AuditReport> {
  const whole = csvTable({ ...options, share: 1 })
    .trimEnd()
    .split('\n');
  const given = new Set(
    csvTable({ ...options, noiseRatio: 0, withTruth: false })
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',', 2).join()),
  );
  const lines = whole.map((line, i) => {
    const [a, b, , truth] = line.split(',');
    return i === 0 || given.has(`${a},${b}`) ? line : `${a},${b},,${truth}`;
  });
  const table = readSymbolTable([Buffer.from(lines.join('\n'))], 'table');
  truths.set(
    options.seed,
    new Map(
      whole.map((line) => {
        const [a, b, , truth] = line.split(',');
        return [`${a},${b}`, truth];
      }),
    ),
  );
  const alphabets = arrangeSymbols(table);
  const found = await audit(table, alphabets, {
    compute: backend,
    seed: options.seed,
    level,
    workers: threads,
  });
  if (found === null) throw new Error('the audit was stopped');
  return auditReport(table, alphabets, found);
}

const truths = new Map<number, Map<string, string>>();

/** One statement with its probability, and whether it was true. */
interface Claim {
  readonly table: number;
  readonly probability: number;
  readonly isTrue: boolean;
}

const edges = [0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0001];

function reliability(claims: readonly Claim[]): string {
  const rows = edges.slice(0, -1).flatMap((low, i) => {
    const high = edges[i + 1];
    const inside = claims.filter(({ probability }) => probability >= low && probability < high);
    if (inside.length === 0) return [];
    const mean = (value: (claim: Claim) => number) =>
      inside.reduce((sum, claim) => sum + value(claim), 0) / inside.length;
    // Rows of one table share its rule: what varies independently is a table's sum of errors.
    const byTable = new Map<number, number>();
    for (const { table, probability, isTrue } of inside) {
      byTable.set(table, (byTable.get(table) ?? 0) + (isTrue ? 1 : 0) - probability);
    }
    const difference = interval([...byTable.values()]);
    const scale = byTable.size / inside.length;
    return [
      [
        `${low}–${Math.min(1, high)}`,
        String(inside.length),
        String(byTable.size),
        mean(({ probability }) => probability).toFixed(4),
        mean(({ isTrue }) => (isTrue ? 1 : 0)).toFixed(4),
        `${(difference.low * scale).toFixed(4)} to ${(difference.high * scale).toFixed(4)}`,
      ],
    ];
  });
  return markdownTable([
    ['stated', 'statements', 'tables', 'mean stated', 'true', 'true − stated, 95 %'],
    ...rows,
  ]);
}

const claims: Record<'wrong' | 'given' | 'missing', Record<'plain' | 'exceptions', Claim[]>> = {
  wrong: { plain: [], exceptions: [] },
  given: { plain: [], exceptions: [] },
  missing: { plain: [], exceptions: [] },
};
const detection: string[][] = [
  ['P', 'α', 'tables', 'right rule', 'another', 'cannot tell', 'noise estimate − wrong labels'],
];
for (const modulus of moduli) {
  for (const noiseRatio of noiseRatios) {
    let right = 0;
    let other = 0;
    let tables = 0;
    const errors: number[] = [];
    for (const shape of Object.keys(shapes) as Shape[]) {
      for (let i = 0; i < Number(values.tables); i++, seed++, tables++) {
        const options = { modulus, noiseRatio, seed, share, ...shapes[shape](modulus) };
        const report = await reportOf(options, 0.01);
        if (!report.found) continue;
        if (report.rule?.text === `c = a + b (mod ${modulus})`) right++;
        else other++;
        const truth = truths.get(seed) ?? new Map<string, string>();
        const kind = shape === 'rows' || shape === 'block' ? 'exceptions' : 'plain';
        for (const { a, b, label, wrong, proposal, confidence } of report.rows) {
          const isWrong = truth.get(`${a},${b}`) !== label;
          claims.wrong[kind].push({ table: seed, probability: wrong ?? 0, isTrue: isWrong });
          const isTrue = truth.get(`${a},${b}`) === proposal;
          claims.given[kind].push({ table: seed, probability: confidence ?? 0, isTrue });
        }
        for (const { a, b, proposal, confidence } of report.missing) {
          const isTrue = truth.get(`${a},${b}`) === proposal;
          claims.missing[kind].push({ table: seed, probability: confidence ?? 0, isTrue });
        }
        if (report.scores !== null && report.noiseRatio !== null) {
          errors.push(report.noiseRatio.estimate - report.scores.wrong / report.scores.rows);
        }
        truths.delete(seed);
      }
    }
    const cells = [modulus, noiseRatio, tables, right, other, tables - right - other].map(String);
    const error = errors.length === 0 ? null : interval(errors);
    detection.push([
      ...cells,
      error === null
        ? '–'
        : `${error.mean.toFixed(3)} [${error.low.toFixed(3)}, ${error.high.toFixed(3)}]`,
    ]);
    console.error(cells.join(' '));
  }
}
console.log('\nRules found:\n');
console.log(markdownTable(detection));
for (const kind of ['plain', 'exceptions'] as const) {
  console.log(`\nTables: ${kind}. The label is wrong:\n`);
  console.log(reliability(claims.wrong[kind]));
  console.log(`\nTables: ${kind}. The proposal for a given cell is right:\n`);
  console.log(reliability(claims.given[kind]));
  console.log(`\nTables: ${kind}. The proposal for a missing cell is right:\n`);
  console.log(reliability(claims.missing[kind]));
}

const noiseRows: string[][] = [
  ['P', 'tables of pure noise', 'labels ≤ 0.05', 'networks ≤ 0.05', 'both ≤ 0.05', 'both ≤ 0.01'],
];
for (const modulus of moduli) {
  const tables = Number(values['noise-tables']);
  if (tables === 0) continue;
  const reaches = { labels: 0, networks: 0, both: 0, strict: 0 };
  for (let i = 0; i < tables; i++, seed++) {
    const options = { modulus, noiseRatio: 1, noiseKind: 'uniform-all', seed, share } as const;
    const { evidence, rows } = await reportOf(options, 0.05);
    truths.delete(seed);
    if (evidence === null) throw new Error('expected evidence');
    const at = (log10PValue: number, level: number) => (log10PValue <= Math.log10(level) ? 1 : 0);
    reaches.labels += at(evidence.labels.log10PValue, 0.05);
    reaches.networks += at(evidence.networks.log10PValue, 0.05);
    const flagged = rows.some(({ wrong }) => wrong !== null) ? 1 : 0;
    if (flagged !== at(evidence.verdict.log10PValue, 0.05)) throw new Error('flags without a rule');
    reaches.both += flagged;
    reaches.strict += at(evidence.verdict.log10PValue, 0.01);
  }
  const { labels, networks, both, strict } = reaches;
  noiseRows.push([
    String(modulus),
    String(tables),
    ...[labels, networks, both, strict].map((count) => shareText(count, tables)),
  ]);
  console.error(`pure noise, P = ${modulus}`);
}
console.log('\nPure noise:\n');
console.log(markdownTable(noiseRows));

const shuffledRows: string[][] = [
  ['P', 'α', 'shuffled', 'tables', 'labels alone ≤ 0.01', 'order ≤ 0.01', 'both'],
];
for (const modulus of moduli) {
  for (const noiseRatio of [0, 0.4]) {
    for (const which of ['a and label', 'all'] as const) {
      const tables = Number(values['shuffled-tables']);
      const reaches = { labels: 0, order: 0, both: 0 };
      for (let i = 0; i < tables; i++, seed++) {
        const shuffle = (stream: string) =>
          createGenerator(seed, stream).shuffle(Uint16Array.from({ length: modulus }, (_, x) => x));
        const place = shuffle('symbols');
        const inverse = new Uint16Array(modulus);
        place.forEach((x, y) => {
          inverse[x] = y;
        });
        const later = which === 'all' ? shuffle('other symbols') : inverse.toSorted();
        const rule = (a: number, b: number) => place[(inverse[a] + later[b]) % modulus];
        // An own alphabet for b, whose symbols are not those of a.
        const text = csvTable({
          modulus,
          noiseRatio,
          seed,
          share,
          rule,
          withTruth: false,
        }).replaceAll(/^(\d+),(\d+),/gm, '$1,b$2,');
        const table = readSymbolTable([Buffer.from(text)], 'table');
        const alphabets = arrangeSymbols(table, [
          Array.from({ length: modulus }, (_, b) => `b${b}`),
        ]);
        const cells = cellsOf(table, alphabets);
        const labels = labelEvidence(cells, backend);
        const order = orderEvidence(labels.rule, cells, alphabets, seed);
        const isNamed = labels.log10PValue <= -2;
        const stands = order.log10PValue <= -2;
        if (isNamed) reaches.labels++;
        if (stands) reaches.order++;
        if (isNamed && stands) reaches.both++;
      }
      shuffledRows.push([
        String(modulus),
        String(noiseRatio),
        which,
        String(tables),
        ...[reaches.labels, reaches.order, reaches.both].map((count) => shareText(count, tables)),
      ]);
    }
  }
}
console.log('\nShuffled tables:\n');
console.log(markdownTable(shuffledRows));

import type { WorkerPool } from '../sweep/index.ts';
import { createGenerator } from '../task/generator.ts';
import type { Alphabets } from './alphabets.ts';
import type { Cells } from './cells.ts';
import type { ColumnName } from './odd-symbols.ts';
import { bestMatches, type LabelTable, orderJob } from './order-job.ts';
import { answersOf, type NamedRule } from './rule.ts';

/** Whether a rule stands out from what the same table would show with its symbols in another order. */
export interface OrderEvidence {
  /** Cells whose most frequent label is the rule's. */
  readonly matches: number;
  /** One for each alphabet that was put into other orders. */
  readonly alphabets: readonly {
    readonly columns: readonly string[];
    readonly orders: number;
    /** In these orders, cells that follow the best of all rules: mean and largest. */
    readonly mean: number;
    readonly largest: number;
    readonly log10PValue: number;
  }[];
  /** The largest p of these: the order of every alphabet has to matter. */
  readonly log10PValue: number;
}

const orders = 19;
/** Smaller alphabets have too few orders to be told apart, unless there is no larger one. */
const leastSymbols = 6;

/**
 * A table may be far from noise and yet follow no rule in this order of its symbols: a shuffled addition table is
 * a Latin square, and the best of P³ rules follows more of its cells by accident than it would of noise (at
 * P = 31 every shuffled table without a wrong label passes the comparison with the other rules). So the table
 * is its own control: one alphabet after the other is put into random orders (stream "audit-orders"; columns
 * that share symbols move together), and the matches N of the rule are compared with those of the best rule
 * there. With mean m and deviation s of these maxima, p = 1 − exp(−exp(−(N − μ)/β)), β = s√6/π,
 * μ = m − 0.5772β (Gumbel), and β ≥ 1 because matches are whole numbers. An alphabet whose order says nothing
 * is exchangeable with its random orders, whatever the others are; so the largest p counts. Noise stays noise
 * in any order, so this holds for it, too.
 *
 * With up to 5 symbols many orders are turns and mirror images of each other, and little can stand out.
 */
export function orderEvidence(
  rule: NamedRule,
  cells: Cells,
  alphabets: Alphabets,
  seed: number,
): OrderEvidence {
  const shuffled = shuffledTables(cells, alphabets, seed);
  const maxima = shuffled.map(({ tables }) => tables.map(bestMatches));
  return concluded(rule, cells, shuffled, maxima);
}

/** The same with a table a job, whose random orders are drawn here; null where the signal stopped it. */
export async function orderEvidenceInWorkers(
  rule: NamedRule,
  cells: Cells,
  alphabets: Alphabets,
  { seed, signal, onProgress }: OrderOptions,
  pool: WorkerPool,
): Promise<OrderEvidence | null> {
  if (signal?.aborted) return null;
  const shuffled = shuffledTables(cells, alphabets, seed);
  const all = shuffled.reduce((sum, { tables }) => sum + tables.length, 0);
  let done = 0;
  const count = async (table: LabelTable) => {
    const most = await pool.run(orderJob, table, { signal });
    onProgress?.(++done / all);
    return most;
  };
  // A job that runs doesn't listen; whoever closes the pool ends it.
  const stopped = new Promise<null>((resolve) => {
    signal?.addEventListener('abort', () => resolve(null), { once: true });
  });
  const jobs = Promise.all(shuffled.map(({ tables }) => Promise.all(tables.map(count))));
  const maxima = await Promise.race([stopped, jobs]);
  return maxima === null ? null : concluded(rule, cells, shuffled, maxima);
}

interface OrderOptions {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** The share of the tables that are done, 0…1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

interface Shuffled {
  readonly columns: readonly ColumnName[];
  readonly tables: readonly LabelTable[];
}

/** Every alphabet that is large enough in each of its random orders. */
function shuffledTables(cells: Cells, { alphabets }: Alphabets, seed: number): Shuffled[] {
  const generator = createGenerator(seed, 'audit-orders');
  return alphabets
    .filter(({ symbols }) => symbols.length >= Math.min(leastSymbols, cells.modulus))
    .map(({ columns, symbols }) => ({
      columns,
      tables: Array.from({ length: orders }, () => {
        const places = generator.shuffle(Uint16Array.from({ length: symbols.length }, (_, i) => i));
        return tableOf(cells, (column, token) =>
          columns.includes(column) ? places[token] : token,
        );
      }),
    }));
}

/** `maxima`: for every alphabet the matches of the best rule in each of its orders. */
function concluded(
  rule: NamedRule,
  { modulus, given }: Cells,
  shuffled: readonly Shuffled[],
  maxima: readonly (readonly number[])[],
): OrderEvidence {
  const answers = answersOf(rule, modulus);
  const matches = given.filter(({ pair, labels }) => labels[0].label === answers[pair]).length;
  const found = shuffled.map(({ columns }, i) => {
    const own = maxima[i];
    const mean = own.reduce((sum, value) => sum + value, 0) / orders;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (orders - 1);
    const scale = Math.max(1, (Math.sqrt(variance) * Math.sqrt(6)) / Math.PI);
    const largest = own.reduce((x, y) => Math.max(x, y));
    const log10PValue = log10GumbelTail((matches - (mean - 0.5772 * scale)) / scale);
    return { columns, orders, mean, largest, log10PValue };
  });
  const log10PValue = found.reduce((worst, each) => Math.max(worst, each.log10PValue), -Infinity);
  return { matches, alphabets: found, log10PValue };
}

/** Cells that follow the best of all rules. */
export function mostMatches(cells: Cells): number {
  return bestMatches(tableOf(cells, (_, token) => token));
}

/** The labels once tokens have moved. */
function tableOf(
  { modulus, given }: Cells,
  moved: (column: ColumnName, token: number) => number,
): LabelTable {
  const labels = new Uint16Array(modulus * modulus);
  const pairs = Uint32Array.from(given, ({ pair, labels: [first] }) => {
    const a = moved('a', Math.floor(pair / modulus));
    const place = a * modulus + moved('b', pair % modulus);
    labels[place] = moved('label', first.label);
    return place;
  });
  return { modulus, labels, pairs };
}

/** log10(1 − exp(−exp(−x))); −x·log10 e far out, where exp(−x) is below what 1 − … can hold. */
function log10GumbelTail(x: number): number {
  return x > 30 ? -x / Math.LN10 : Math.log10(-Math.expm1(-Math.exp(-x)));
}

import type { AnalysisCompute } from '../analysis/index.ts';
import { InputError } from '../errors.ts';
import { openWorkerPool, type WorkerPoolOptions } from '../sweep/worker-pool.ts';
import type { Alphabets } from './alphabets.ts';
import { type Cells, cellsOf } from './cells.ts';
import { type CellVerdict, cellVerdicts } from './confidence.ts';
import { type Ensemble, type EnsembleOptions, trainEnsemble } from './ensemble.ts';
import { type LabelEvidence, labelEvidence, log10LeastPValue } from './label-evidence.ts';
import { mostModulus } from './limits.ts';
import { fitNoiseModel, type NoiseModel } from './noise-model.ts';
import { type OrderEvidence, orderEvidenceInWorkers } from './order-evidence.ts';
import type { SymbolTable } from './read-table.ts';
import { answersOf, filteredAnswers, type NamedRule } from './rule.ts';
import {
  decide,
  likelierRule,
  type NetworkEvidence,
  networkEvidence,
  type Verdict,
} from './verdict.ts';
import { type WrapAround, wrapAround } from './wrap-around.ts';

export interface AuditOptions
  extends EnsembleOptions,
    Pick<WorkerPoolOptions, 'workers' | 'backend'> {
  /** What the main thread computes with. */
  readonly compute: AnalysisCompute;
}

/** What an audit found, by tokens; `report.ts` turns it into symbols. */
export interface Audit {
  readonly cells: Cells;
  readonly level: number;
  readonly labels: LabelEvidence | null;
  readonly networks: NetworkEvidence | null;
  readonly order: OrderEvidence | null;
  readonly ensemble: Pick<Ensemble, 'settings' | 'trainedRows'> | null;
  readonly verdict: Verdict | null;
  /** How the best rule fares round the circle; a broken one is not found, whatever its p. */
  readonly wrapAround: WrapAround | null;
  /** Why nothing was tried, in a sentence; null where it was. */
  readonly tooLittle: string | null;
  /** Null where no rule was found: then nothing is said of any row. */
  readonly findings: Findings | null;
}

interface Findings {
  readonly rule: NamedRule;
  readonly model: NoiseModel;
  readonly verdicts: readonly CellVerdict[];
  /** Of the given cells, the share where a held-out network gives the rule's answer once it is filtered. */
  readonly heldOutAgreement: number;
}

/**
 * Audits a table: is there a rule, which one, and which labels are likely wrong? Trains an ensemble of small
 * networks. Null where the signal stopped it.
 *
 * @throws InputError for more than 257 symbols.
 */
export async function audit(
  table: SymbolTable,
  alphabets: Alphabets,
  options: AuditOptions,
): Promise<Audit | null> {
  const { compute, level } = options;
  const { modulus } = alphabets;
  if (modulus > mostModulus) {
    throw new InputError(
      `${table.filename}: expected at most ${mostModulus} symbols, got ${modulus}; time and memory of a scan grow with the fourth and third power of their number. Audit a part of the table.`,
    );
  }
  const cells = cellsOf(table, alphabets);
  const tooLittle = reasonNotToTry(cells, level);
  const nothing = {
    cells,
    level,
    tooLittle,
    ensemble: null,
    verdict: null,
    wrapAround: null,
    findings: null,
  };
  if (tooLittle !== null) return { ...nothing, labels: null, networks: null, order: null };
  const labels = labelEvidence(cells, compute);
  const asked = await askInWorkers(cells, alphabets, labels, options);
  if (asked === null) return null;
  const { ensemble, networks, best, order } = asked;
  const { choices, strangers, kept } = alphabets;
  const around = wrapAround(best, cells, strangers.length + kept.length > 0);
  const verdict = decide(best, { labels, networks, order, around, choices }, level, cells);
  const { settings, trainedRows } = ensemble;
  const result = {
    ...nothing,
    labels,
    networks,
    order,
    verdict,
    wrapAround: around,
    ensemble: { settings, trainedRows },
  };
  if (verdict.rule === null) return result;
  return { ...result, findings: findingsOf(verdict.rule, verdict, cells, ensemble, compute) };
}

/** What the order of one alphabet takes, as a multiple of the networks' time: 9 s to 69 s at P = 113 on two cores. */
const orderTime = 0.12;

/** What takes time: the networks, then whether the order of the symbols matters. Null where the signal stopped it. */
async function askInWorkers(
  cells: Cells,
  alphabets: Alphabets,
  labels: LabelEvidence,
  options: AuditOptions,
) {
  const { signal, seed, onProgress } = options;
  const ensembleShare = 1 / (1 + orderTime * alphabets.alphabets.length);
  const pool = openWorkerPool(options);
  try {
    const training = {
      ...options,
      onProgress: (share: number) => onProgress?.(ensembleShare * share),
    };
    const ensemble = await trainEnsemble(cells, training, pool);
    if (ensemble === null) return null;
    const networks = networkEvidence(ensemble.members.map(({ scan }) => scan));
    const best = likelierRule(labels, networks, cells);
    const ordering = {
      ...{ seed, signal },
      onProgress: (share: number) => onProgress?.(ensembleShare + (1 - ensembleShare) * share),
    };
    const order = await orderEvidenceInWorkers(best, cells, alphabets, ordering, pool);
    return order === null ? null : { ensemble, networks, best, order };
  } finally {
    await pool.close();
  }
}

function reasonNotToTry(cells: Cells, level: number): string | null {
  const { given, modulus } = cells;
  const least = log10LeastPValue(given.length, modulus) + Math.log10(2);
  if (modulus >= 3 && least <= Math.log10(level)) return null;
  const count = `${given.length} ${given.length === 1 ? 'cell' : 'cells'}`;
  return modulus < 3
    ? `A table of ${modulus} ${modulus === 1 ? 'symbol' : 'symbols'} has too few cells for any rule to be told from chance.`
    : `Labels in ${count} are too few: even if all of them followed one of the rules on ${modulus} symbols, that could be chance.`;
}

function findingsOf(
  rule: NamedRule,
  { probability }: Verdict,
  cells: Cells,
  { members, settings }: Ensemble,
  compute: AnalysisCompute,
): Findings {
  const { modulus, given } = cells;
  const answers = answersOf(rule, modulus);
  const votes = new Uint8Array(modulus * modulus);
  const disagreeing = new Uint8Array(modulus * modulus);
  let agreeing = 0;
  for (const { network, heldOut } of members) {
    const filtered = filteredAnswers(network, settings.activation, rule, compute);
    for (const pair of cells.missing) if (filtered[pair] !== answers[pair]) disagreeing[pair]++;
    for (const cell of heldOut) {
      const { pair } = given[cell];
      votes[pair] = filtered[pair] === answers[pair] ? 0 : 1;
      agreeing += 1 - votes[pair];
    }
  }
  // No network was trained on a missing cell, so all of them vote.
  for (const pair of cells.missing) votes[pair] = 2 * disagreeing[pair] > members.length ? 1 : 0;
  const model = fitNoiseModel(cells, answers, votes);
  return {
    rule,
    model,
    verdicts: cellVerdicts(cells, answers, votes, model, probability),
    heldOutAgreement: agreeing / given.length,
  };
}

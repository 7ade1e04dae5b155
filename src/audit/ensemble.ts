import type { ScanResult } from '../analysis/index.ts';
import type { Network } from '../model/network.ts';
import type { WorkerPool } from '../sweep/index.ts';
import { createGenerator } from '../task/generator.ts';
import { completeSettings, type Settings } from '../train/settings.ts';
import type { Cells } from './cells.ts';
import { memberJob } from './member.ts';

/** One network of the ensemble. */
interface Member {
  readonly network: Network;
  readonly scan: ScanResult;
  /** Cells (index into `Cells.given`) that it was not trained on. */
  readonly heldOut: readonly number[];
}

export interface Ensemble {
  readonly settings: Settings;
  readonly members: readonly Member[];
  /** Rows that the four networks trained on together stand for; fewer than the table has where it was too long. */
  readonly trainedRows: number;
}

export interface EnsembleOptions {
  readonly seed: number;
  readonly level: number;
  readonly signal?: AbortSignal | undefined;
  /** The share of the work that is done, 0…1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Networks, and parts of the table: each part is held out from one network. */
const memberCount = 4;

/**
 * Settings of a network for a table of P symbols. What counts is that the scan finds the rule and that its
 * filtered weights answer held-out pairs, early in training, long before labels are memorised. In pilots at
 * P = 59, α = 0.8, 200 steps, AdamW with rate 0.01 and decay 1 on 513 neurons answered 80 % of them, with
 * rate 0.001 and decay 0.1 47 %, with 257 neurons 49 %. Beyond P = 64 fewer steps: the time of one grows
 * with P³ (rows times classes) and evidence with P², so that a minute on two cores is enough at P = 113.
 */
function ensembleSettings(modulus: number): Settings {
  return completeSettings({
    task: null,
    modulus,
    width: 513,
    steps: modulus <= 64 ? 200 : modulus <= 128 ? 150 : 40,
    learningRate: 0.01,
    weightDecay: 1,
  });
}

/**
 * What four networks are trained on, each on three quarters of the cells: the cells are dealt into four parts at
 * random (stream "audit-parts"), whole cells with all their rows, and network i holds out part i.
 *
 * All rows are trained on, contradictory ones too, up to 4 a cell on average; a longer table is trained on in
 * proportion: every cell with its own labels, at most 8 rows a cell.
 */
export function ensembleParts(
  cells: Cells,
  { seed, level }: Pick<EnsembleOptions, 'seed' | 'level'>,
) {
  const settings = ensembleSettings(cells.modulus);
  const order = createGenerator(seed, 'audit-parts').shuffle(
    Uint32Array.from({ length: cells.given.length }, (_, i) => i),
  );
  const partOf = new Uint8Array(order.length);
  order.forEach((cell, place) => {
    partOf[cell] = place % memberCount;
  });
  const seeds = createGenerator(seed, 'audit-networks');
  const rows = rowsToTrain(cells);
  const parts = Array.from({ length: memberCount }, (_, part) => {
    const kept = rows.filter(({ cell }) => partOf[cell] !== part);
    const dataset = datasetOf(kept, cells);
    return {
      input: { settings: { ...settings, seed: seeds.uint32() }, dataset, level },
      /** Cells (index into `Cells.given`) that it doesn't see. */
      heldOut: Array.from(partOf.keys()).filter((cell) => partOf[cell] === part),
    };
  });
  return { settings, parts, trainedRows: rows.length };
}

/** Trains the networks of `ensembleParts`; each is scanned where it was trained. Null where the signal stopped it. */
export async function trainEnsemble(
  cells: Cells,
  options: EnsembleOptions,
  pool: WorkerPool,
): Promise<Ensemble | null> {
  const { signal, onProgress } = options;
  const { settings, parts, trainedRows } = ensembleParts(cells, options);
  const shares = new Float64Array(parts.length);
  const jobs = parts.map(({ input }, part) => {
    const report = (share: number) => {
      shares[part] = share;
      onProgress?.(shares.reduce((sum, each) => sum + each, 0) / parts.length);
    };
    return pool.run(memberJob, input, { signal, onProgress: report });
  });
  // Whatever one of them throws is thrown only when no other is left running unheard.
  const settled = await Promise.allSettled(jobs);
  if (signal?.aborted) return null;
  const members: Member[] = [];
  for (const [part, result] of settled.entries()) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value === null) return null;
    members.push({ ...result.value, heldOut: parts[part].heldOut });
  }
  return { settings, members, trainedRows };
}

interface Row {
  readonly cell: number;
  readonly label: number;
}

const rowsPerCell = 4;
const mostRowsPerCell = 8;

/** The rows to train on, by cell. */
function rowsToTrain({ given }: Cells): Row[] {
  const all = given.reduce((sum, { rows }) => sum + rows, 0);
  const isLong = all > rowsPerCell * given.length;
  return given.flatMap(({ labels, rows }, cell) => {
    const counts =
      isLong && rows > mostRowsPerCell
        ? apportion(
            labels.map((label) => label.rows),
            mostRowsPerCell,
          )
        : labels.map((label) => label.rows);
    return labels.flatMap(({ label }, i) =>
      Array.from({ length: counts[i] }, () => ({ cell, label })),
    );
  });
}

/** `seats` in proportion to `counts` by largest remainders; the earlier one on a tie. */
export function apportion(counts: readonly number[], seats: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const quotas = counts.map((count) => (count * seats) / total);
  const given = quotas.map(Math.floor);
  const left = seats - given.reduce((sum, count) => sum + count, 0);
  const byRemainder = quotas
    .map((quota, i) => ({ i, remainder: quota - Math.floor(quota) }))
    .sort((x, y) => y.remainder - x.remainder || x.i - y.i);
  for (const { i } of byRemainder.slice(0, left)) given[i]++;
  return given;
}

function datasetOf(rows: readonly Row[], { modulus, given }: Cells) {
  return {
    modulus,
    a: Uint16Array.from(rows, ({ cell }) => Math.floor(given[cell].pair / modulus)),
    b: Uint16Array.from(rows, ({ cell }) => given[cell].pair % modulus),
    label: Uint16Array.from(rows, ({ label }) => label),
    trueLabel: null,
    split: new Uint8Array(rows.length),
  };
}

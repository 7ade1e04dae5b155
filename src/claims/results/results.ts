/** What `undertone reproduce` answers with, as data: verdicts with their numbers, and every run with its hash. */

import { type Cell, mergeCells, outputsOf } from '../cells/cell.ts';
import { type CellRecord, hashOf } from '../cells/cell-job.ts';
import type { CellRun } from '../cells/run-cells.ts';
import type { Claim, ClaimOptions, Criterion, Findings, Preset, Verdict } from '../claim.ts';
import { verdictOf } from '../claim.ts';

export interface ClaimResult {
  readonly id: string;
  readonly title: string;
  readonly claim: string;
  readonly source: string;
  /** The criteria's own, joined. */
  readonly measured: string;
  readonly expected: string;
  readonly verdict: Verdict;
  /** Why it was skipped; else null. */
  readonly reason: string | null;
  readonly seeds: readonly number[];
  /** Computing time of its runs on one thread each; runs that claims share count for each. */
  readonly seconds: number;
  readonly criteria: readonly Criterion[];
  readonly assumed: readonly string[];
  readonly remarks: readonly string[];
  /** Keys of its runs. */
  readonly runs: readonly string[];
}

/** One experiment that anybody can run again and compare. */
export interface RunLine {
  readonly key: string;
  readonly kind: string;
  readonly input: unknown;
  /** SHA-256 of its final weights; null for an experiment that ends in no weights. */
  readonly weightsHash: string | null;
  readonly seconds: number;
  readonly made: CellRecord['made'];
}

export interface ReproduceResult {
  readonly preset: Preset;
  readonly claims: readonly ClaimResult[];
  readonly runs: readonly RunLine[];
}

/** A claim with its findings, for tables and pages; `findings` is null where it was skipped. */
export interface JudgedClaim {
  readonly result: ClaimResult;
  readonly findings: Findings | null;
}

/** The claims' cells that can be run here. */
export function cellsOf(claims: readonly Claim[], preset: Preset, options: ClaimOptions): Cell[] {
  return mergeCells(
    claims.flatMap((claim) =>
      (claim.unavailable?.(options) ?? null) === null ? claim.cells(preset, options) : [],
    ),
  );
}

/** Judges each claim by what was run; one with missing or failed runs is skipped, and says why. */
export function judgeClaims(
  claims: readonly Claim[],
  preset: Preset,
  options: ClaimOptions,
  { records, failures }: CellRun,
): JudgedClaim[] {
  const outputs = outputsOf(
    new Map([...records].map(([key, record]) => [key, record.output] as const)),
  );
  return claims.map((claim) => {
    const unavailable = claim.unavailable?.(options) ?? null;
    const keys =
      unavailable === null ? [...new Set(claim.cells(preset, options).map(({ key }) => key))] : [];
    const reason = unavailable ?? missingReason(keys, records, failures);
    const findings = reason === null ? claim.judge(outputs, preset, options) : null;
    const criteria = findings?.criteria ?? [];
    const seconds = keys.reduce((sum, key) => sum + (records.get(key)?.seconds ?? 0), 0);
    const result: ClaimResult = {
      id: claim.id,
      title: claim.title,
      claim: claim.claim,
      source: claim.source,
      measured: criteria.map(({ measured }) => measured).join('; '),
      expected: criteria.map(({ expected }) => expected).join('; '),
      verdict: findings === null ? 'skipped' : verdictOf(criteria),
      reason,
      seeds: claim.seeds(preset),
      seconds: Math.round(10 * seconds) / 10,
      criteria,
      assumed: claim.assumed,
      remarks: findings?.remarks ?? [],
      runs: keys,
    };
    return { result, findings };
  });
}

function missingReason(
  keys: readonly string[],
  records: CellRun['records'],
  failures: CellRun['failures'],
): string | null {
  const failed = keys.filter((key) => failures.has(key));
  if (failed.length > 0) {
    return `${failed.length} of its ${keys.length} runs failed; the first (${failed[0]}): ${failures.get(failed[0])}`;
  }
  const missing = keys.filter((key) => !records.has(key)).length;
  return missing > 0 ? `${missing} of its ${keys.length} runs are not done` : null;
}

/** All runs behind some claims. */
export function runLines(judged: readonly JudgedClaim[], { records }: CellRun): RunLine[] {
  const keys = new Set(judged.flatMap(({ result }) => result.runs));
  return [...keys].flatMap((key) => {
    const record = records.get(key);
    if (record === undefined) return [];
    const { kind, input, seconds, made, output } = record;
    return [{ key, kind, input, weightsHash: hashOf(output), seconds, made }];
  });
}

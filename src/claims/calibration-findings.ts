/** What `calibration` reads off its networks: p-values by kind of evidence and way of calibration. */
import { carried } from '../analysis/index.ts';
import type { CalibrationRuns, ConditionRuns } from './calibration-runs.ts';
import type { Outputs } from './cells/cell.ts';
import { measuredInAll } from './ensembles.ts';
import type { HeldOutEvidenceMeasurement } from './measurements/held-out-evidence.ts';
import type { PermutationEvidenceMeasurement } from './measurements/permutation-evidence.ts';
import {
  combinedEvidence,
  type EvidenceKind,
  evidenceKinds,
  plainKinds,
  type ScanEvidenceMeasurement,
} from './measurements/scan-evidence.ts';
import { reaches } from './statistics/level.ts';

export const levels = [0.05, 0.01, 0.001] as const;

/** Kinds alone, three of them together, and all four as a scan has them. */
export const statisticNames = [
  'weights',
  'logits',
  'answers',
  'interaction',
  'combined',
  'all four',
] as const;
export type StatisticName = (typeof statisticNames)[number];

/** log10 p of each network, each statistic's own; above 0 where p is not capped. */
export type PValues = Record<StatisticName, readonly number[]>;

export interface CalibrationFindings {
  readonly first: PValues;
  /** With the many networks, which belong to the fresh ones. */
  readonly fresh: PValues;
  readonly byCondition: readonly {
    readonly name: string;
    readonly short: string;
    readonly fresh: PValues;
  }[];
  /** Of those fresh networks whose tokens were permuted: both ways of calibration. */
  readonly permuted: { readonly cells: PValues; readonly permutation: PValues };
  /** Exact p of the rank among permuted copies, at most 1. */
  readonly ranks: Record<EvidenceKind, readonly number[]>;
  /** First and fresh networks: nothing was chosen by their held-out pairs. */
  readonly heldOut: readonly HeldOutEvidenceMeasurement[];
}

export function findCalibration(outputs: Outputs, runs: CalibrationRuns): CalibrationFindings {
  const { conditions, many } = runs;
  const scans = (part: 'first' | 'fresh', chosen: readonly ConditionRuns[] = conditions) =>
    chosen.flatMap((condition) => measuredInAll(outputs, condition[part], 'scan-evidence'));
  const manyScans = measuredInAll(outputs, many.cells, 'scan-evidence');
  const permuted = conditions.filter((condition) => condition.permuted);
  const permutations = permuted.flatMap(({ fresh }) =>
    measuredInAll(outputs, fresh, 'permutation-evidence'),
  );
  return {
    first: byCells(scans('first')),
    fresh: byCells([...scans('fresh'), ...manyScans]),
    byCondition: [
      ...conditions.map((condition) => ({
        name: condition.name,
        short: condition.short,
        fresh: byCells(scans('fresh', [condition])),
      })),
      { name: `${many.name}, many`, short: 'many', fresh: byCells(manyScans) },
    ],
    permuted: { cells: byCells(scans('fresh', permuted)), permutation: byTokens(permutations) },
    ranks: byKind((kind) => permutations.map((found) => found[kind].rankPValue)),
    heldOut: conditions.flatMap(({ first, fresh }) =>
      measuredInAll(outputs, [...first, ...fresh], 'held-out-evidence'),
    ),
  };
}

function byKind<T>(of: (kind: EvidenceKind) => T): Record<EvidenceKind, T> {
  return Object.fromEntries(evidenceKinds.map((kind) => [kind, of(kind)])) as Record<
    EvidenceKind,
    T
  >;
}

/** Standardised by the other rules, as `scan` does it. */
function byCells(found: readonly ScanEvidenceMeasurement[]): PValues {
  return {
    ...byKind((kind) => found.map((one) => one[kind].log10PValue)),
    combined: found.map((one) => combinedEvidence(one, plainKinds).log10PValue),
    'all four': found.map((one) => combinedEvidence(one, evidenceKinds).log10PValue),
  };
}

function byTokens(found: readonly PermutationEvidenceMeasurement[]): PValues {
  const together = (kinds: readonly EvidenceKind[]) =>
    found.map(
      (one) => Math.min(...kinds.map((kind) => one[kind].log10PValue)) + Math.log10(kinds.length),
    );
  return {
    ...byKind((kind) => found.map((one) => one[kind].log10PValue)),
    combined: together(plainKinds),
    'all four': together(evidenceKinds),
  };
}

/** What is said of held-out pairs at a level, of one network. */
export const heldOutTests = {
  'logits, for': ({ task }, level) => reaches(task.logits.log10PValue, 2 * level),
  'answers, for': ({ task }, level) => reaches(task.answers.log10PValue, 2 * level),
  'interaction, for': ({ interaction }, level) => reaches(interaction.log10PValue, level),
  carried: ({ task }, level) => carried(task, level).verdict === 'carried',
  against: ({ task }, level) => carried(task, level).verdict === 'against',
  'scan’s rule: carried': ({ scanned: { logits, answers }, scan, rules }, level) => {
    const isNamed = reaches(scan.log10PValue, level);
    const correction = isNamed ? 0 : Math.log10(rules);
    return reaches(Math.min(logits.log10PValue, answers.log10PValue) + correction, level);
  },
} as const satisfies Record<string, (found: HeldOutEvidenceMeasurement, level: number) => boolean>;

/** p of the best of so many rules on a scale where it is uniform: 1 − e^(−p), p being the expected number. */
export function uniformP(log10PValue: number): number {
  return -Math.expm1(-(10 ** Math.min(log10PValue, 300)));
}

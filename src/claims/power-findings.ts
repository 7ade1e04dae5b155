/** What `power` reads off its networks: who finds the rule where. */
import type { Outputs } from './cells/cell.ts';
import { measuredInAll } from './ensembles.ts';
import {
  type BestRule,
  combinedEvidence,
  evidenceKinds,
  plainKinds,
  type ScanEvidenceMeasurement,
} from './measurements/scan-evidence.ts';
import type { PowerPoint, PowerRuns } from './power-runs.ts';
import { knownValue } from './statistics/by-seed.ts';
import type { Interval } from './statistics/interval.ts';
import { reaches } from './statistics/level.ts';
import { shareOf } from './statistics/proportion.ts';

/** The level of every test here. */
export const level = 0.01;
/** A filter counts as having found the rule where half of the test pairs are right. */
export const filterBound = 0.5;

export const evidenceNames = [...evidenceKinds, 'combined', 'all four', 'labels alone'] as const;
export type EvidenceName = (typeof evidenceNames)[number];
export const filterNames = ['network', 'FF', 'FF, x²', 'triads', 'triads, x²'] as const;
export type FilterName = (typeof filterNames)[number];

/** The networks of one noise ratio, width and step; all values by seed. */
export interface PowerFindings {
  readonly noiseRatio: number;
  readonly width: number;
  readonly step: number;
  readonly best: Record<EvidenceName, readonly BestRule[]>;
  readonly accuracy: Record<FilterName, readonly number[]>;
}

export function findPower(outputs: Outputs, { points }: PowerRuns): PowerFindings[] {
  return points.flatMap((point) => point.times.map((step) => findingsAt(outputs, point, step)));
}

function findingsAt(outputs: Outputs, point: PowerPoint, step: number): PowerFindings {
  const { cells, noiseRatio, width } = point;
  const scans = measuredInAll(outputs, cells, 'scan-evidence', step);
  // Paired with the networks by seed, so that none may be missing.
  const labels = measuredInAll(outputs, cells, 'label-evidence', step).map((found, i) => {
    if (found === null) throw new RangeError(`no labels are known to network ${i}`);
    return found;
  });
  const filtered = measuredInAll(outputs, cells, 'filtration', step);
  const of = (best: (found: ScanEvidenceMeasurement) => BestRule) => scans.map(best);
  const right = (part: 'raw' | 'G' | 'quadraticG' | 'triadG' | 'quadraticTriadG') =>
    filtered.map((found) => knownValue(found[part].test, 'test accuracy'));
  return {
    noiseRatio,
    width,
    step,
    best: {
      weights: of((found) => found.weights),
      logits: of((found) => found.logits),
      answers: of((found) => found.answers),
      interaction: of((found) => found.interaction),
      combined: of((found) => combinedEvidence(found, plainKinds)),
      'all four': of((found) => combinedEvidence(found, evidenceKinds)),
      'labels alone': labels,
    },
    accuracy: {
      network: right('raw'),
      FF: right('G'),
      'FF, x²': right('quadraticG'),
      triads: right('triadG'),
      'triads, x²': right('quadraticTriadG'),
    },
  };
}

/** The best rule is the task's own, at the level. */
function isFound({ isTask, log10PValue }: BestRule): boolean {
  return isTask && reaches(log10PValue, level);
}

/** Share of the seeds in which the rule is found. */
export function powerOf(found: PowerFindings, name: EvidenceName | FilterName): Interval {
  return isFilter(name)
    ? shareOf(found.accuracy[name], (accuracy) => accuracy >= filterBound)
    : shareOf(found.best[name], isFound);
}

/** Share of the networks in which a rule is named that is not the task's. */
export function wronglyNamed(all: readonly PowerFindings[], name: EvidenceName): Interval {
  return shareOf(
    all.flatMap((found) => found.best[name]),
    ({ isTask, log10PValue }) => !isTask && reaches(log10PValue, level),
  );
}

function isFilter(name: EvidenceName | FilterName): name is FilterName {
  return (filterNames as readonly string[]).includes(name);
}

/**
 * The noise ratio at which power falls through one half, between the points of a rising list: linear in
 * between. Null where it is below one half from the first on; the last where it never falls.
 */
export function halfPowerNoise(
  rising: readonly PowerFindings[],
  name: EvidenceName | FilterName,
): number | null {
  const powers = rising.map((found) => powerOf(found, name).mean);
  const after = powers.findIndex((power) => power < 0.5);
  if (after === 0) return null;
  if (after < 0) return rising[rising.length - 1].noiseRatio;
  const [x, y] = [rising[after - 1].noiseRatio, rising[after].noiseRatio];
  const [p, q] = [powers[after - 1], powers[after]];
  return x + ((p - 0.5) / (p - q)) * (y - x);
}

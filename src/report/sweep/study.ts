/**
 * A sweep as its page shows it, as plain data: no figure reads a store. `collectSweep` makes one.
 */
import type { FinalMetrics, RunStatus } from '../../store/index.ts';
import type { SettingName } from '../../train/setting-kinds.ts';

export type AxisValue = string | number | boolean | null;

/** A setting that varies among the runs; the seed is none. */
export interface SweepAxis {
  readonly name: SettingName;
  /** Numbers have places on an axis, all else an order. */
  readonly isNumeric: boolean;
  /** Numbers ascending, all else in order of appearance. */
  readonly values: readonly AxisValue[];
}

export interface StudyRun {
  readonly name: string;
  readonly status: RunStatus;
  readonly settings: Readonly<Record<SettingName, AxisValue>>;
  /** Last measurement and what was taken out of the weights: `test`, `triad-filtration.test`, `scan.rule`, … */
  readonly values: Readonly<Record<string, number | string | null>>;
  /** Measurements along the way; of long series some, evenly over the logarithm of the step. */
  readonly series: readonly FinalMetrics[];
  readonly step: number;
  readonly seconds: number;
  readonly error: string | null;
  readonly hash: string | null;
}

export interface SweepStudy {
  readonly name: string;
  readonly filename: string;
  /** In the order of the sweep's file. */
  readonly runs: readonly StudyRun[];
  /** Of the runs that are done, as far as any is, and none that another decides: figures are over these. */
  readonly axes: readonly SweepAxis[];
  /** The same and those that others decide. */
  readonly varying: readonly SweepAxis[];
  /** Of all runs. */
  readonly allAxes: readonly SweepAxis[];
  readonly seeds: readonly number[];
  /** Settings that all runs share and that aren't the defaults, as text. */
  readonly shared: readonly (readonly [string, string])[];
  /** Numbers that any run has, by name. */
  readonly metrics: readonly string[];
  /** What couldn't be read. */
  readonly damaged: readonly string[];
}

/** A value of a run as a number; null where it isn't known. */
export function numberOf(run: StudyRun, metric: string): number | null {
  const value = run.values[metric];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

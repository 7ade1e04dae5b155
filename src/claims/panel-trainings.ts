/** The shared trainings of a panel as cells, and what was measured on them. */
import type { PartialSettings } from '../train/settings.ts';
import { type Outputs, type TrainingOptions, training } from './cells/cell.ts';
import type { MeasurementName, Measurements } from './measurements/index.ts';
import type { Panel } from './panel.ts';
import { plainDigits } from './statistics/interval.ts';

export type PanelCells = readonly ReturnType<typeof training>[];

/** One training a seed: the panel's own width and noise, unless told otherwise. */
export function panelTrainings(
  { common, width, noiseRatio, seeds }: Panel,
  settings: PartialSettings = {},
  options: TrainingOptions = {},
): PanelCells {
  return seeds.map((seed) =>
    training({ ...common, width, noiseRatio, ...settings, seed }, options),
  );
}

/** A measurement on each of some trainings; `step` defaults to the last. */
export function measuredOn<Name extends MeasurementName>(
  outputs: Outputs,
  cells: PanelCells,
  name: Name,
  step?: number,
): Measurements[Name][] {
  return cells.map((cell) => outputs.measured(cell, name, step));
}

/** The settings that all of a panel's networks share, for captions. */
export function panelText({ common, seeds }: Panel): string {
  const { modulus, steps, learningRate = 1e-3 } = common;
  return `P = ${modulus}, AdamW, ${steps} steps, learning rate ${plainDigits(learningRate)}; mean and 95 % interval over ${seeds.length} seeds`;
}

/** "mean and 95 % interval over 3 seeds (left) and 4 (right)", for charts with a panel on either side. */
export function seedsOfBoth(left: Panel, right: Panel): string {
  const [first, second] = [left.seeds.length, right.seeds.length];
  const counts =
    first === second ? `${first} seeds` : `${first} seeds (left) and ${second} (right)`;
  return `mean and 95 % interval over ${counts}`;
}

/** Chance of a right answer by guessing. */
export function chanceOf({ common }: Panel): number {
  return 1 / common.modulus;
}

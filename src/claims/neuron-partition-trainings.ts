/** The trainings of the claim on neuron partition, and what was measured on them. */
import type { PartialSettings } from '../train/settings.ts';
import type { Outputs } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import type { PartitionMeasurement } from './measurements/partition.ts';
import { type Panel, panels } from './panel.ts';
import { measuredOn, panelTrainings } from './panel-trainings.ts';

export type Score = 'ipr' | 'strength' | 'random';
export type BySeed = readonly PartitionMeasurement[];

/** A value on the x axis and the measurements there, by seed. */
export interface PartitionPoint {
  readonly x: number;
  readonly bySeed: BySeed;
}

export interface MeasuredPartition {
  readonly early: Panel;
  readonly late: Panel;
  readonly earlyByWidth: readonly PartitionPoint[];
  readonly lateByWidth: readonly PartitionPoint[];
  readonly lateByNoise: readonly PartitionPoint[];
  /** At the late panel's own width and noise. */
  readonly byTask: Readonly<Record<'add' | 'sub' | 'mul', BySeed>>;
}

export function partitionCells(panel: Panel, settings: PartialSettings = {}) {
  return panelTrainings(panel, settings, { measure: ['partition'] });
}

export function readPartition(outputs: Outputs, preset: Preset): MeasuredPartition {
  const { early, late } = panels[preset];
  const of = (panel: Panel, settings: PartialSettings = {}) =>
    measuredOn(outputs, partitionCells(panel, settings), 'partition');
  const byWidth = (panel: Panel) =>
    panel.widths.map((width) => ({ x: width, bySeed: of(panel, { width }) }));
  return {
    early,
    late,
    earlyByWidth: byWidth(early),
    lateByWidth: byWidth(late),
    lateByNoise: late.noiseRatios.map((noiseRatio) => ({
      x: noiseRatio,
      bySeed: of(late, { noiseRatio }),
    })),
    byTask: { add: of(late), sub: of(late, { task: 'sub' }), mul: of(late, { task: 'mul' }) },
  };
}

/** γ_G + γ_R by seed; null where there are no noisy rows and so no γ_R. */
export function sizesOf(bySeed: BySeed, score: Score): (number | null)[] {
  return bySeed.map(({ [score]: { gammaG, gammaR } }) =>
    gammaR === null ? null : gammaG + gammaR,
  );
}

/** The trainings of the claim that the rule is inside, and what was measured on them. */
import type { Outputs } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import type { ReplacedActivationMeasurement } from './measurements/replaced-activation.ts';
import type { RuleMatchMeasurement } from './measurements/rule-match.ts';
import { type Panel, panels } from './panel.ts';
import { measuredOn, panelTrainings } from './panel-trainings.ts';

/** Mean square of a phase that is uniform in (−π, π]. */
export const unrelatedPhaseError = Math.PI ** 2 / 3;

/** What ReLU is replaced by, after the training. */
export const replacements = [
  { key: 'quadratic', name: 'quadratic' },
  { key: 'reverseRelu', name: 'reverse-ReLU' },
] as const;

/** One task over the noise ratios of a panel. */
export interface Sweep {
  readonly panel: Panel;
  readonly panelName: 'early' | 'late';
  readonly task: 'add' | 'sub';
  readonly noiseRatios: readonly number[];
}

/** Subtraction at heavy noise is trained at one α alone, to save time. */
export function sweepsOf(preset: Preset): Sweep[] {
  const { early, late } = panels[preset];
  return [
    { panel: early, panelName: 'early', task: 'add', noiseRatios: early.noiseRatios },
    { panel: early, panelName: 'early', task: 'sub', noiseRatios: [early.noiseRatio] },
    { panel: late, panelName: 'late', task: 'add', noiseRatios: late.noiseRatios },
    { panel: late, panelName: 'late', task: 'sub', noiseRatios: late.noiseRatios },
  ];
}

export function sweepCells({ panel, task }: Sweep, noiseRatio: number) {
  return panelTrainings(
    panel,
    { noiseRatio, task },
    { measure: ['rule-match', 'replaced-activation'] },
  );
}

/** What was measured at one α: by seed. */
export interface Point {
  readonly noise: number;
  readonly match: readonly RuleMatchMeasurement[];
  readonly replaced: readonly ReplacedActivationMeasurement[];
}

export type MeasuredSweep = Sweep & { readonly points: readonly Point[] };

export function readSweep(outputs: Outputs, sweep: Sweep): MeasuredSweep {
  const points = sweep.noiseRatios.map((noise) => {
    const cells = sweepCells(sweep, noise);
    return {
      noise,
      match: measuredOn(outputs, cells, 'rule-match'),
      replaced: measuredOn(outputs, cells, 'replaced-activation'),
    };
  });
  return { ...sweep, points };
}

/** The point at the panel’s own α. */
export function heavyPoint({ points, panel }: MeasuredSweep): Point {
  const point = points.find(({ noise }) => noise === panel.noiseRatio);
  if (point === undefined) throw new RangeError(`α = ${panel.noiseRatio} is not among the points`);
  return point;
}

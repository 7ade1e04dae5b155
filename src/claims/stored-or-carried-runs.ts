/** The trainings behind `stored-or-carried`: the late panel, looked at often; the early one for heavy noise. */
import type { Preset } from './claim.ts';
import { type Panel, panels } from './panel.ts';
import { type PanelCells, panelTrainings } from './panel-trainings.ts';

/** Trainings by seed, all measured at the same steps. */
interface CarriedPoint {
  readonly noiseRatio: number;
  readonly width: number;
  readonly cells: PanelCells;
}

export interface CarriedRuns {
  readonly panel: Panel;
  readonly seeds: readonly number[];
  readonly times: readonly number[];
  /** At the panel's width, by rising noise. */
  readonly byNoise: readonly CarriedPoint[];
  /** At the panel's noise ratio, by rising width. */
  readonly byWidth: readonly CarriedPoint[];
  /** Many wrong labels, at the early panel's own steps. */
  readonly early: { readonly panel: Panel; readonly cells: PanelCells };
}

/** Seeds of the late panel and those after them, up to so many. */
const seedCounts: Record<Preset, number> = { quick: 6, standard: 3, paper: 3 };
/** Between the panel's own noise ratios, where the network begins to carry the rule. */
const moreNoise: Record<Preset, readonly number[]> = { quick: [0.3], standard: [], paper: [] };
/** Steps at which a training is looked at, as shares of its length: by factors of 2 to 2.5 up to 1/20, of 1.4 to 1.7 from there on. */
const shares = [
  1 / 400,
  1 / 200,
  1 / 80,
  1 / 40,
  1 / 20,
  3 / 40,
  1 / 8,
  7 / 40,
  1 / 4,
  7 / 20,
  1 / 2,
  7 / 10,
  1,
];

const measured = ['rule-evidence', 'filtration', 'interaction'] as const;

export function carriedRuns(preset: Preset): CarriedRuns {
  const { early, late } = panels[preset];
  const { common, width, noiseRatio, widths } = late;
  const times = shares.map((share) => Math.round(share * common.steps));
  const seeds = Array.from({ length: seedCounts[preset] }, (_, i) => late.seeds[i] ?? i);
  const point = (varied: {
    readonly noiseRatio: number;
    readonly width: number;
  }): CarriedPoint => ({
    ...varied,
    cells: panelTrainings({ ...late, seeds }, varied, { measure: measured, at: times }),
  });
  const noiseRatios = [...late.noiseRatios, ...moreNoise[preset]].sort((x, y) => x - y);
  return {
    panel: late,
    seeds,
    times,
    byNoise: noiseRatios.map((noise) => point({ noiseRatio: noise, width })),
    byWidth: widths.map((wide) => point({ noiseRatio, width: wide })),
    early: {
      panel: early,
      cells: panelTrainings(early, {}, { measure: measured, at: early.times }),
    },
  };
}

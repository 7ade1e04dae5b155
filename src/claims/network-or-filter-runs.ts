/** The trainings behind `network-or-filter`: the panel's own, and the controls that need training. */
import type { PartialSettings } from '../train/settings.ts';
import { type TrainingOptions, training } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import { allPanelSeeds, type Panel, panels } from './panel.ts';
import type { PanelCells } from './panel-trainings.ts';

/** Trainings by seed, in the order of the panel's seeds. */
interface Point {
  /** What they differ in. */
  readonly at: number;
  readonly bySeed: PanelCells;
}

/** One half of the panel: evidence over noise ratios, widths and time, filters beside it. */
export interface HalfRuns {
  readonly panel: Panel;
  readonly byNoise: readonly Point[];
  readonly byWidth: readonly Point[];
  /** All times of these are measured. */
  readonly overTime: PanelCells;
}

export interface ControlRuns {
  /** The panel's own network at its end, beside which the others stand. */
  readonly trained: PanelCells;
  /** α = 1 with labels from all P: nothing to find. */
  readonly pureNoise: PanelCells;
  /** U and V as drawn; ten times the learning rate for half the steps. */
  readonly randomFeatures: PanelCells;
  /** The same control at the panel's smallest noise ratio above 0, for its held-out evidence. */
  readonly lightRandomFeatures: PanelCells;
  /** The panel's noise ratio with labels from all P classes, at the panel's times. */
  readonly uniformAll: PanelCells;
}

export interface Runs {
  readonly early: HalfRuns;
  readonly late: HalfRuns;
  readonly controls: ControlRuns;
  /** The late network with seeds that nothing else has: the additive part was noticed on the others. */
  readonly fresh: PanelCells;
}

const defaultRate = 1e-3;
const heldOutMeasures = ['rule-evidence', 'interaction', 'label-counts'] as const;

export function runsOf(preset: Preset): Runs {
  const { early, late } = panels[preset];
  return {
    early: halfRuns(early),
    late: halfRuns(late),
    controls: controlRuns(early),
    fresh: freshSeeds(late).map((seed) =>
      panelTraining(late, { seed }, { measure: [...heldOutMeasures] }),
    ),
  };
}

/** The seeds of both panels and the fresh ones. */
export function seedsOfRuns(preset: Preset): number[] {
  return [...allPanelSeeds(preset), ...freshSeeds(panels[preset].late)];
}

export function cellsOfRuns({ early, late, controls, fresh }: Runs): PanelCells {
  const of = ({ byNoise, byWidth, overTime }: HalfRuns) => [
    ...[...byNoise, ...byWidth].flatMap(({ bySeed }) => bySeed),
    ...overTime,
  ];
  return [...of(early), ...of(late), ...Object.values(controls).flat(), ...fresh];
}

/** As many seeds as the panel has, after its own. */
function freshSeeds({ seeds }: Panel): number[] {
  const first = Math.max(...seeds) + 1;
  return seeds.map((_, i) => first + i);
}

/** The smallest noise ratio of a panel above 0. */
function lightestNoise({ noiseRatios }: Panel): number {
  return Math.min(...noiseRatios.filter((noise) => noise > 0));
}

function panelTraining(
  { common, width, noiseRatio }: Panel,
  changed: PartialSettings,
  options: TrainingOptions,
): PanelCells[number] {
  return training({ ...common, width, noiseRatio, ...changed }, options);
}

function halfRuns(panel: Panel): HalfRuns {
  const { seeds, noiseRatios, widths, times } = panel;
  return {
    panel,
    byNoise: noiseRatios.map((noiseRatio) => ({
      at: noiseRatio,
      bySeed: seeds.map((seed) =>
        panelTraining(panel, { noiseRatio, seed }, { measure: [...heldOutMeasures, 'filtration'] }),
      ),
    })),
    byWidth: widths.map((width) => ({
      at: width,
      bySeed: seeds.map((seed) =>
        panelTraining(panel, { width, seed }, { measure: ['rule-evidence'] }),
      ),
    })),
    overTime: seeds.map((seed) =>
      panelTraining(panel, { seed }, { measure: ['rule-evidence', 'filtration'], at: times }),
    ),
  };
}

function controlRuns(panel: Panel): ControlRuns {
  const { seeds, common, times } = panel;
  const found = ['filtration', 'subnetworks'] as const;
  const faster = {
    learningRate: 10 * (common.learningRate ?? defaultRate),
    steps: Math.ceil(common.steps / 2),
  };
  const noiseKind = 'uniform-all';
  return {
    trained: seeds.map((seed) =>
      panelTraining(
        panel,
        { seed },
        { measure: [...found, 'filter-controls', ...heldOutMeasures] },
      ),
    ),
    pureNoise: seeds.map((seed) =>
      panelTraining(
        panel,
        { noiseRatio: 1, noiseKind, seed },
        { measure: [...found, ...heldOutMeasures] },
      ),
    ),
    randomFeatures: seeds.map((seed) =>
      panelTraining(panel, { ...faster, seed }, { frozen: true, measure: [...found] }),
    ),
    lightRandomFeatures: seeds.map((seed) =>
      panelTraining(
        panel,
        { ...faster, noiseRatio: lightestNoise(panel), seed },
        { frozen: true, measure: [...heldOutMeasures, 'filtration'] },
      ),
    ),
    uniformAll: seeds.map((seed) =>
      panelTraining(panel, { noiseKind, seed }, { measure: ['rule-evidence'], at: times }),
    ),
  };
}

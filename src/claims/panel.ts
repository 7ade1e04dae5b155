/**
 * The trainings that several claims look at, defined once so that they are run once.
 *
 * early: many wrong labels, memorised within a short training; the network itself answers at chance.
 * late: fewer wrong labels, trained on until the network itself generalises to some degree.
 */
import type { PartialSettings } from '../train/settings.ts';
import type { Preset } from './claim.ts';

export interface Panel {
  readonly common: PartialSettings & { readonly modulus: number; readonly steps: number };
  /** The width that everything but the dependence on width is measured at. */
  readonly width: number;
  readonly widths: readonly number[];
  readonly noiseRatios: readonly number[];
  /** The one that the dependence on width and time is shown at. */
  readonly noiseRatio: number;
  /** Steps at which the dependence on time is shown; the last is the end. */
  readonly times: readonly number[];
  readonly seeds: readonly number[];
}

/** The seeds of both panels together. */
export function allPanelSeeds(preset: Preset): number[] {
  const { early, late } = panels[preset];
  return [...new Set([...early.seeds, ...late.seeds])].sort((x, y) => x - y);
}

export const panels: Record<Preset, { readonly early: Panel; readonly late: Panel }> = {
  quick: {
    // M/P is 17 in both, as in the standard preset (18): the paper's networks are wide for their task.
    early: {
      common: { modulus: 59, steps: 1000 },
      width: 1025,
      widths: [65, 129, 257, 513, 1025],
      noiseRatios: [0, 0.2, 0.4, 0.6, 0.8, 0.9],
      noiseRatio: 0.8,
      times: [50, 100, 300, 1000],
      seeds: [0, 1, 2],
    },
    // At α = 0.1 filtration is perfect of any part of a network, and parts can't be compared by it. Four seeds,
    // for there are only 96 test pairs.
    late: {
      common: { modulus: 31, steps: 4000, learningRate: 5e-3 },
      width: 513,
      widths: [33, 65, 129, 257, 513],
      noiseRatios: [0, 0.1, 0.2, 0.4],
      noiseRatio: 0.2,
      times: [300, 1000, 2000, 4000],
      seeds: [0, 1, 2, 3],
    },
  },
  standard: {
    early: {
      common: { modulus: 113, steps: 600 },
      width: 2049,
      widths: [129, 257, 513, 1025, 2049],
      noiseRatios: [0, 0.2, 0.4, 0.6, 0.8, 0.9],
      noiseRatio: 0.8,
      times: [50, 100, 200, 400, 600],
      seeds: [0, 1, 2],
    },
    late: {
      common: { modulus: 113, steps: 5000, learningRate: 5e-3 },
      width: 513,
      widths: [129, 257, 513],
      noiseRatios: [0.1, 0.2, 0.3, 0.4],
      noiseRatio: 0.3,
      times: [100, 500, 1500, 5000],
      seeds: [0, 1, 2],
    },
  },
  paper: {
    early: {
      common: { modulus: 113, steps: 20_000 },
      width: 4097,
      widths: [129, 257, 513, 1025, 2049, 4097],
      noiseRatios: [0, 0.2, 0.4, 0.6, 0.8, 0.9],
      noiseRatio: 0.8,
      times: [100, 300, 1000, 3000, 20_000],
      seeds: [0, 1, 2],
    },
    late: {
      common: { modulus: 113, steps: 200_000 },
      width: 4097,
      widths: [129, 257, 513, 1025, 2049, 4097],
      noiseRatios: [0, 0.2, 0.4, 0.6, 0.8],
      noiseRatio: 0.4,
      times: [500, 5000, 20_000, 200_000],
      seeds: [0, 1, 2],
    },
  },
};

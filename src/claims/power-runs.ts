/** The networks behind `power`: rules under heavy noise, looked at early, over noise ratios and widths. */
import type { Preset } from './claim.ts';
import { type EnsembleCells, ensembleCells } from './ensembles.ts';

interface Sizes {
  readonly modulus: number;
  readonly networks: number;
  /** The width that everything but the dependence on width is measured at. */
  readonly width: number;
  readonly noiseRatios: readonly number[];
  /** Steps at which the networks of `width` are looked at. */
  readonly times: readonly number[];
  /** Smaller widths, at the first of `times` up to `earlyStep`. */
  readonly narrower: readonly number[];
  /** The noise ratios that the dependence on width is measured at. */
  readonly widthRatios: readonly number[];
  /** The width at which the rule should be found at the first of `widthRatios`. */
  readonly lightWidth: number;
}

export interface PowerPoint {
  readonly noiseRatio: number;
  readonly width: number;
  readonly cells: EnsembleCells;
  readonly times: readonly number[];
}

export interface PowerRuns extends Sizes {
  readonly points: readonly PowerPoint[];
}

/** By when a rule should be found (issue of the claim): it is looked at then in all networks. */
export const earlyStep = 50;
/** Not the seeds of the pilots, which lie at 1…6. */
const firstSeed = 100;

const sizes: Record<Preset, Sizes> = {
  quick: {
    modulus: 59,
    networks: 8,
    width: 1025,
    noiseRatios: [0.9, 0.95, 0.96, 0.97, 0.98],
    times: [10, 20, 50, 200],
    narrower: [33, 65, 129, 257, 513],
    widthRatios: [0.9, 0.95],
    lightWidth: 513,
  },
  standard: {
    modulus: 113,
    networks: 4,
    width: 2049,
    noiseRatios: [0.95, 0.97, 0.98, 0.985, 0.99],
    times: [20, 50, 200],
    narrower: [65, 129, 257, 513],
    widthRatios: [0.9, 0.95],
    lightWidth: 513,
  },
  paper: {
    modulus: 113,
    networks: 10,
    width: 4097,
    noiseRatios: [0.9, 0.95, 0.97, 0.98, 0.985, 0.99],
    times: [10, 20, 50, 200, 1000],
    narrower: [65, 129, 257, 513, 1025, 2049],
    widthRatios: [0.9, 0.95],
    lightWidth: 513,
  },
};

export function powerRuns(preset: Preset): PowerRuns {
  const chosen = sizes[preset];
  const { width, noiseRatios, times, narrower, widthRatios } = chosen;
  const early = times.filter((step) => step <= earlyStep);
  return {
    ...chosen,
    points: [
      ...noiseRatios.map((noiseRatio) => point(chosen, noiseRatio, width, times)),
      ...widthRatios.flatMap((noiseRatio) =>
        narrower.map((narrow) => point(chosen, noiseRatio, narrow, early)),
      ),
    ],
  };
}

export function seedsOfPower({ networks }: PowerRuns): number[] {
  return Array.from({ length: networks }, (_, i) => firstSeed + i);
}

function point(
  { modulus, networks }: Sizes,
  noiseRatio: number,
  width: number,
  times: readonly number[],
): PowerPoint {
  const cells = ensembleCells({
    settings: { modulus, width, noiseRatio, seed: firstSeed, steps: Math.max(...times) },
    networks,
    measure: ['scan-evidence', 'label-evidence', 'filtration'],
    at: times,
    together: modulus > 100 ? 1 : 4,
  });
  return { noiseRatio, width, cells, times };
}

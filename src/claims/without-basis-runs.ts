/** The trainings behind `without-basis`: networks with seeds and moduli on which nothing was tried before. */
import type { PartialSettings } from '../train/settings.ts';
import { type Outputs, type TrainingOptions, training } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import type { WithoutBasisMeasurement } from './measurements/without-basis.ts';
import { measuredOn, type PanelCells } from './panel-trainings.ts';

/** One size of network over noise ratios. */
export interface Size {
  readonly common: PartialSettings & {
    readonly modulus: number;
    readonly width: number;
    readonly steps: number;
  };
  readonly noiseRatios: readonly number[];
}

interface Plan {
  readonly sizes: readonly [Size, Size];
  readonly seeds: readonly number[];
  /** Where the dependence on time is measured, in the first size; the last is the end. */
  readonly times: readonly number[];
  readonly timedNoise: number;
}

const plans: Record<Preset, Plan> = {
  quick: {
    sizes: [
      {
        common: { modulus: 37, width: 513, steps: 1000, learningRate: 5e-3 },
        noiseRatios: [0.2, 0.4, 0.5, 0.6, 0.8],
      },
      { common: { modulus: 61, width: 513, steps: 600 }, noiseRatios: [0.3, 0.5, 0.8] },
    ],
    seeds: [0, 1, 2],
    times: [20, 100, 1000],
    timedNoise: 0.5,
  },
  standard: {
    sizes: [
      {
        common: { modulus: 61, width: 1025, steps: 3000, learningRate: 5e-3 },
        noiseRatios: [0.2, 0.4, 0.5, 0.6, 0.7, 0.8],
      },
      {
        common: { modulus: 113, width: 2049, steps: 600 },
        noiseRatios: [0.3, 0.5, 0.6, 0.7, 0.8],
      },
    ],
    seeds: [0, 1, 2],
    times: [20, 50, 100, 300, 3000],
    timedNoise: 0.5,
  },
  paper: {
    sizes: [
      {
        common: { modulus: 61, width: 4097, steps: 100_000 },
        noiseRatios: [0.2, 0.4, 0.5, 0.6, 0.7, 0.8],
      },
      {
        common: { modulus: 113, width: 4097, steps: 200_000 },
        noiseRatios: [0.2, 0.4, 0.5, 0.6, 0.7, 0.8],
      },
    ],
    seeds: [0, 1, 2, 3, 4],
    times: [100, 1000, 10_000, 100_000],
    timedNoise: 0.5,
  },
};

/** One noise ratio of one size: by seed. */
export interface Point {
  readonly size: Size;
  readonly noise: number;
  readonly bySeed: readonly WithoutBasisMeasurement[];
}

interface Controls {
  readonly untrained: readonly WithoutBasisMeasurement[];
  readonly 'pure noise': readonly WithoutBasisMeasurement[];
  readonly 'random features': readonly WithoutBasisMeasurement[];
}

export interface Measured {
  readonly plan: Plan;
  readonly points: readonly Point[];
  readonly overTime: readonly { readonly step: number; readonly point: Point }[];
  readonly controls: Controls;
}

export const seedsOf = (preset: Preset) => plans[preset].seeds;

export function cellsOf(preset: Preset): PanelCells {
  const { byNoise, timed, untrained, pureNoise, randomFeatures } = trainingsOf(plans[preset]);
  return [
    ...byNoise.flatMap(({ runs }) => runs),
    ...timed,
    ...untrained,
    ...pureNoise,
    ...randomFeatures,
  ];
}

export function measuredOf(outputs: Outputs, preset: Preset): Measured {
  const plan = plans[preset];
  const { byNoise, timed, untrained, pureNoise, randomFeatures } = trainingsOf(plan);
  const at = (runs: PanelCells, step?: number) => measuredOn(outputs, runs, 'without-basis', step);
  const [size] = plan.sizes;
  return {
    plan,
    points: byNoise.map(({ runs, ...where }) => ({ ...where, bySeed: at(runs) })),
    overTime: plan.times.map((step) => ({
      step,
      point: { size, noise: plan.timedNoise, bySeed: at(timed, step) },
    })),
    controls: {
      untrained: at(untrained, 0),
      'pure noise': at(pureNoise),
      'random features': at(randomFeatures),
    },
  };
}

/** Controls are of the first size; random features learn at the same rate with U and V as drawn. */
function trainingsOf({ sizes, seeds, times, timedNoise }: Plan) {
  const measure = ['without-basis'] as const;
  const [small] = sizes;
  const ofSeeds = (given: PartialSettings, options: TrainingOptions = {}) =>
    seeds.map((seed) => training({ ...given, seed }, { measure, ...options }));
  const timed = { ...small.common, noiseRatio: timedNoise };
  return {
    byNoise: sizes.flatMap((size) =>
      size.noiseRatios.map((noise) => ({
        size,
        noise,
        runs: ofSeeds({ ...size.common, noiseRatio: noise }),
      })),
    ),
    timed: ofSeeds(timed, { at: times }),
    untrained: ofSeeds(timed, { at: [0] }),
    pureNoise: ofSeeds({ ...small.common, noiseRatio: 1, noiseKind: 'uniform-all' }),
    randomFeatures: ofSeeds(timed, { frozen: true }),
  };
}

/** The trainings behind `misspecification`, and the curves over widths that they give. */
import { datasetOf } from '../train/prepare.ts';
import type { PartialSettings } from '../train/settings.ts';
import { type Outputs, training } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import { plans } from './double-descent.ts';
import { symmetricFitCeiling } from './fit-ceiling.ts';
import { known } from './statistics/by-seed.ts';
import { type Curve, readCurve } from './width-curve.ts';

export interface Plan {
  readonly common: PartialSettings;
  readonly widths: readonly number[];
  /** The first is the one that decays are compared at. */
  readonly noiseRatios: readonly number[];
  /** From the weakest to the strongest, with the one in `common` among them. */
  readonly decays: readonly number[];
  readonly seeds: readonly number[];
}

export const baseDecay = 0.1;
export const decays = [0.02, baseDecay, 0.5];

/** Settings as in `double-descent`, whose untied networks are these; wider ones would only cost time. */
export function planOf(preset: Preset): Plan {
  const { common, widths, seeds } = plans[preset];
  return {
    common,
    widths: preset === 'quick' ? widths.filter((width) => width <= 257) : widths,
    noiseRatios: { quick: [0.1, 0.2], standard: [0.2, 0.4], paper: [0.4, 0.8] }[preset],
    decays,
    seeds,
  };
}

const networks = {
  'untied, asymmetric noise': {},
  'tied, asymmetric noise': { tied: true },
  'tied, symmetric noise': { tied: true, noiseKind: 'symmetric' },
} as const satisfies Record<string, PartialSettings>;
export type NetworkName = keyof typeof networks;
const names = Object.keys(networks) as NetworkName[];
export const decayed = ['untied, asymmetric noise', 'tied, asymmetric noise'] as const;

/** The trainings of one curve: [width][seed]. */
function curveCells({ common, widths, seeds }: Plan, settings: PartialSettings) {
  return widths.map((width) =>
    seeds.map((seed) =>
      training({ ...common, ...settings, width, seed }, { measure: ['mirrors'] }),
    ),
  );
}

/** With test accuracy apart by whether the mirrored pair was trained on: [width], each [seed]. */
export interface NamedCurve extends Curve {
  readonly mirrors: readonly { readonly mirrored: number[]; readonly unmirrored: number[] }[];
}

/** A curve with where it comes from. */
export interface Named {
  readonly name: NetworkName;
  readonly noise: number;
  readonly decay: number;
  readonly curve: NamedCurve;
}

/** Which curves are wanted: all networks at all noise ratios, and the decays at the first of them. */
export function wantedCurves({ noiseRatios, decays }: Plan): Omit<Named, 'curve'>[] {
  return [
    ...noiseRatios.flatMap((noise) => names.map((name) => ({ name, noise, decay: baseDecay }))),
    ...decays
      .filter((decay) => decay !== baseDecay)
      .flatMap((decay) => decayed.map((name) => ({ name, noise: noiseRatios[0], decay }))),
  ];
}

export function cellsOf(plan: Plan, { name, noise, decay }: Omit<Named, 'curve'>) {
  // Left out where it is AdamW's own, which gives the same key.
  const weightDecay = decay === baseDecay ? {} : { weightDecay: decay };
  return curveCells(plan, { ...networks[name], noiseRatio: noise, ...weightDecay });
}

export function readNamed(outputs: Outputs, plan: Plan, one: Omit<Named, 'curve'>): Named {
  const cells = cellsOf(plan, one);
  const mirrors = cells.map((bySeed) => {
    const measured = bySeed.map((training) => outputs.measured(training, 'mirrors'));
    return {
      mirrored: known(measured.map(({ mirrored }) => mirrored)),
      unmirrored: known(measured.map(({ unmirrored }) => unmirrored)),
    };
  });
  return { ...one, curve: { ...readCurve(outputs, plan.widths, cells), mirrors } };
}

/** What a symmetric function can fit of asymmetric noise, seed by seed: counted in the data alone. */
export function ceilingsOf(plan: Plan, noise: number): number[] {
  const [bySeed] = cellsOf(plan, { name: 'tied, asymmetric noise', noise, decay: baseDecay });
  return bySeed.map(({ settings }) => symmetricFitCeiling(datasetOf(settings)));
}

/** Every method of `methods` on one set of trainings, scored alike. */
import type { Accuracies } from '../task/dataset.ts';
import { type Outputs, training } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import { type Panel, panels } from './panel.ts';
import { type BySeed, known, knownValue } from './statistics/by-seed.ts';
import { lastRow } from './statistics/seeds.ts';

export const methodNames = [
  'network',
  'FF',
  'FF, quadratic',
  'triads',
  'triads, quadratic',
  'IPR',
  'strength',
  'random pruning',
  'early stopping',
  'tuned decay',
  'label baseline',
] as const;
export type MethodName = (typeof methodNames)[number];

/** Seed by seed: accuracy on test pairs, and on wrong training labels agreement with the true ones. */
interface Scores {
  readonly test: BySeed;
  readonly noisyTrue: BySeed;
}

/** One half of the panel, with the noise ratios and decays that this claim adds. */
export interface Half {
  readonly name: 'early' | 'late';
  readonly panel: Panel;
  readonly noiseRatios: readonly number[];
  /** Noise ratios at which decay is tuned: these need trainings of their own. */
  readonly tunedAt: readonly number[];
  /** Their smallest wins a tie. */
  readonly decays: readonly number[];
}

const panelDecay = 0.1;

export function halvesOf(preset: Preset): { early: Half; late: Half } {
  const { early, late } = panels[preset];
  const noiseRatios = [...early.noiseRatios, 0.95];
  return {
    early: {
      name: 'early',
      panel: early,
      noiseRatios,
      tunedAt: preset === 'quick' ? [0.4, 0.8] : noiseRatios,
      decays: [panelDecay, 1, 5],
    },
    late: {
      name: 'late',
      panel: late,
      noiseRatios: late.noiseRatios,
      tunedAt: late.noiseRatios,
      decays: [0.02, panelDecay, 0.5],
    },
  };
}

/** The trainings at one noise ratio, [seed], with those of other decays where it is tuned: [decay][seed]. */
export function trainingsAt({ panel, tunedAt, decays }: Half, noiseRatio: number) {
  const { common, width, seeds } = panel;
  const settings = { ...common, width, noiseRatio };
  return {
    base: seeds.map((seed) =>
      training({ ...settings, seed }, { measure: ['filtration', 'subnetworks', 'label-baseline'] }),
    ),
    tuned: tunedAt.includes(noiseRatio)
      ? decays.map((weightDecay) =>
          seeds.map((seed) => training({ ...settings, seed, weightDecay })),
        )
      : null,
  };
}

export interface Scored {
  readonly methods: Readonly<Record<MethodName, Scores>>;
  /** The decay that validation chose, seed by seed; null where it isn't tuned. */
  readonly decays: readonly number[] | null;
}

export function scoresAt(outputs: Outputs, half: Half, noiseRatio: number): Scored {
  const { base, tuned } = trainingsAt(half, noiseRatio);
  const filtration = base.map((one) => outputs.measured(one, 'filtration'));
  const subnetworks = base.map((one) => outputs.measured(one, 'subnetworks'));
  const baseline = base.map((one) => outputs.measured(one, 'label-baseline').scores);
  const chosen =
    tuned === null
      ? null
      : base.map((_, seed) => {
          const rows = tuned.map((bySeed) => lastRow(outputs.of(bySeed[seed])));
          const row = bestByValidation(rows);
          return { row, decay: half.decays[rows.indexOf(row)] };
        });
  return {
    methods: {
      network: scoresOf(filtration.map(({ raw }) => raw)),
      FF: scoresOf(filtration.map(({ G }) => G)),
      'FF, quadratic': scoresOf(filtration.map(({ quadraticG }) => quadraticG)),
      triads: scoresOf(filtration.map(({ triadG }) => triadG)),
      'triads, quadratic': scoresOf(filtration.map(({ quadraticTriadG }) => quadraticTriadG)),
      IPR: scoresOf(subnetworks.map(({ ipr }) => ipr?.accuracies ?? null)),
      strength: scoresOf(subnetworks.map(({ strength }) => strength?.accuracies ?? null)),
      'random pruning': scoresOf(subnetworks.map(({ random }) => random?.accuracies ?? null)),
      'early stopping': scoresOf(base.map((one) => bestByValidation(outputs.of(one).metrics))),
      'tuned decay': scoresOf(chosen?.map(({ row }) => row) ?? base.map(() => null)),
      'label baseline': scoresOf(baseline),
    },
    decays: chosen?.map(({ decay }) => decay) ?? null,
  };
}

/** The first of the rows with the best validation accuracy. */
export function bestByValidation<Row extends Accuracies>(rows: readonly Row[]): Row {
  const validation = (row: Row) => knownValue(row.validation, 'validation accuracy');
  return rows.reduce((best, row) => (validation(row) > validation(best) ? row : best));
}

function scoresOf(accuracies: readonly (Accuracies | null)[]): Scores {
  return {
    test: accuracies.map((one) => one?.test ?? null),
    noisyTrue: accuracies.map((one) => one?.noisyTrue ?? null),
  };
}

/** The test accuracies of a method. @throws RangeError where a seed has none. */
export function testOf({ methods }: Scored, method: MethodName): number[] {
  return known(methods[method].test, `test accuracy of ${method}`);
}

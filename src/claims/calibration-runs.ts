/** The networks behind `calibration`: trained on pure noise, where there is no rule to find. */
import type { PartialSettings } from '../train/settings.ts';
import type { Preset } from './claim.ts';
import { type EnsembleCells, ensembleCells } from './ensembles.ts';
import type { MeasurementName } from './measurements/index.ts';

/** What sets some networks apart: "P = 31, M = 129, step 600". */
interface Condition {
  readonly settings: PartialSettings & { readonly modulus: number; readonly width: number };
  readonly steps: number;
  /** What it is called under an axis. */
  readonly short: string;
  /** Whether tokens are permuted too: 20 more scans of each network. */
  readonly permuted: boolean;
}

export interface ConditionRuns {
  readonly name: string;
  readonly short: string;
  readonly permuted: boolean;
  /** Seeds that the pilots used in part. */
  readonly first: EnsembleCells;
  /** Seeds that nothing was chosen on. */
  readonly fresh: EnsembleCells;
}

export interface CalibrationRuns {
  readonly conditions: readonly ConditionRuns[];
  /** Many more fresh networks of one small kind, for the level that few networks say nothing of. */
  readonly many: { readonly name: string; readonly cells: EnsembleCells };
}

const conditions: readonly Condition[] = [
  { settings: { modulus: 23, width: 65 }, steps: 300, short: 'P = 23', permuted: true },
  {
    settings: { modulus: 23, width: 65, activation: 'quadratic' },
    steps: 300,
    short: 'x²',
    permuted: true,
  },
  {
    settings: { modulus: 23, width: 65, activation: 'gelu' },
    steps: 300,
    short: 'GELU',
    permuted: true,
  },
  { settings: { modulus: 23, width: 257 }, steps: 50, short: 'wide, early', permuted: true },
  { settings: { modulus: 23, width: 65 }, steps: 2000, short: 'late', permuted: true },
  { settings: { modulus: 24, width: 129 }, steps: 600, short: 'P = 24', permuted: true },
  { settings: { modulus: 31, width: 129 }, steps: 600, short: 'P = 31', permuted: true },
  { settings: { modulus: 59, width: 129 }, steps: 200, short: 'P = 59', permuted: false },
  { settings: { modulus: 12, width: 65 }, steps: 600, short: 'P = 12', permuted: true },
];

const sizes: Record<Preset, { readonly each: number; readonly many: number }> = {
  quick: { each: 50, many: 2000 },
  standard: { each: 150, many: 8000 },
  paper: { each: 400, many: 40_000 },
};

/** Far apart, so that no network has a seed of another; those of the pilots lie at 1…200 and 100,000…. */
const firstSeed = 1;
const freshSeed = 1_000_000;
const manySeed = 2_000_000;
const seedsApart = 10_000;

export function calibrationRuns(preset: Preset): CalibrationRuns {
  const { each, many } = sizes[preset];
  const [smallest] = conditions;
  return {
    conditions: conditions.map((condition, i) => {
      const cells = (seed: number) => noiseNetworks(condition, seed + i * seedsApart, each);
      return {
        name: nameOf(condition),
        short: condition.short,
        permuted: condition.permuted,
        first: cells(firstSeed),
        fresh: cells(freshSeed),
      };
    }),
    many: {
      name: nameOf(smallest),
      cells: ensembleCells({
        settings: noise(smallest, manySeed),
        networks: many,
        measure: ['scan-evidence'],
        together: 100,
      }),
    },
  };
}

export function cellsOfCalibration({ conditions, many }: CalibrationRuns): EnsembleCells {
  return [...conditions.flatMap(({ first, fresh }) => [...first, ...fresh]), ...many.cells];
}

function noiseNetworks(condition: Condition, seed: number, networks: number): EnsembleCells {
  const measure: MeasurementName[] = ['scan-evidence', 'held-out-evidence'];
  if (condition.permuted) measure.push('permutation-evidence');
  return ensembleCells({ settings: noise(condition, seed), networks, measure });
}

/** Labels from all P classes: noise that avoids the true label is evidence against the rule. */
function noise({ settings, steps }: Condition, seed: number) {
  return { ...settings, steps, seed, noiseRatio: 1, noiseKind: 'uniform-all' as const };
}

function nameOf({ settings: { modulus, width, activation }, steps }: Condition): string {
  const phi = activation === undefined ? '' : `, ${activation}`;
  return `P = ${modulus}, M = ${width}${phi}, step ${steps}`;
}

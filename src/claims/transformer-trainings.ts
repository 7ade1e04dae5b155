/** The transformers that two claims look at: trained at some noise ratios, and their controls. */
import { type Cell, cell, type Outputs } from './cells/cell.ts';
import type { Preset } from './claim.ts';
import {
  completeTransformerInput,
  type TransformerInput,
  type TransformerOutput,
} from './experiments/transformer.ts';

export interface Plan {
  readonly modulus: number;
  readonly learningRate: number;
  readonly steps: number;
  readonly times: readonly number[];
  readonly noiseRatios: readonly number[];
  readonly seeds: readonly number[];
  /** Of the controls that are trained. */
  readonly controlSteps: number;
}

export const plans: Record<Preset, Plan> = {
  quick: {
    modulus: 43,
    learningRate: 3e-3,
    steps: 600,
    times: [10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 600],
    noiseRatios: [0.1, 0.3],
    seeds: [0, 1, 2],
    controlSteps: 300,
  },
  standard: {
    modulus: 113,
    learningRate: 3e-3,
    steps: 1000,
    times: [10, 20, 50, 100, 200, 350, 500, 750, 1000],
    noiseRatios: [0.1, 0.2, 0.3, 0.5],
    seeds: [0, 1, 2],
    controlSteps: 1000,
  },
  paper: {
    modulus: 113,
    learningRate: 1e-3,
    steps: 20_000,
    times: [10, 30, 100, 300, 1000, 2000, 5000, 10_000, 20_000],
    noiseRatios: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8],
    seeds: [0, 1, 2],
    controlSteps: 20_000,
  },
};

/** d_model 128, d_mlp 512: multiply-adds of a row, forward and backward. */
const operationsPerRow = 6 * (6 * 128 * 128 + 2 * 128 * 512);

/** Trainings beside the claim's, at its first noise ratio. */
export const controls = {
  'pure noise': { noiseRatio: 1, noiseKind: 'uniform-all' },
  'random features': { frozen: true },
} as const satisfies Record<string, Partial<TransformerInput>>;

function trainingCell(
  { modulus, learningRate }: Plan,
  settings: Pick<TransformerInput, 'noiseRatio' | 'steps'> & Partial<TransformerInput>,
): Cell<TransformerOutput> {
  const input = completeTransformerInput({
    modulus,
    learningRate,
    validationFraction: 0,
    ...settings,
  });
  const trained = input.frozen ? 6 * 128 * modulus : operationsPerRow;
  return cell('transformer', input, 2 * input.steps * 0.8 * modulus ** 2 * trained);
}

export function cellOf(plan: Plan, noiseRatio: number, seed: number): Cell<TransformerOutput> {
  return trainingCell(plan, { noiseRatio, seed, steps: plan.steps, measureAt: [...plan.times] });
}

function controlCell(plan: Plan, control: keyof typeof controls, seed: number) {
  const [noiseRatio] = plan.noiseRatios;
  return trainingCell(plan, { noiseRatio, seed, steps: plan.controlSteps, ...controls[control] });
}

/** One transformer at one step. */
export type Measured = TransformerOutput['measurements'][number];

/** @throws Error where it was not measured at that step. */
export function measuredAt({ measurements }: TransformerOutput, step: number): Measured {
  const found = measurements.find((one) => one.step === step);
  if (found === undefined) throw new Error(`the transformer was not measured at step ${step}`);
  return found;
}

/** A number of every seed's network at one noise ratio and step. */
export function overSeeds(
  outputs: Outputs,
  plan: Plan,
  noiseRatio: number,
  step: number,
  of: (measured: Measured) => number,
): number[] {
  return plan.seeds.map((seed) => of(measuredAt(outputs.of(cellOf(plan, noiseRatio, seed)), step)));
}

/** The same of every seed's control, at its end. */
export function overControls(
  outputs: Outputs,
  plan: Plan,
  control: keyof typeof controls,
  of: (measured: Measured) => number,
): number[] {
  return plan.seeds.map((seed) =>
    of(measuredAt(outputs.of(controlCell(plan, control, seed)), plan.controlSteps)),
  );
}

/** Everything that a preset trains: both claims are judged on the same networks. */
export function transformerCells(preset: Preset): Cell<TransformerOutput>[] {
  const plan = plans[preset];
  const names = Object.keys(controls) as (keyof typeof controls)[];
  return [
    ...plan.noiseRatios.flatMap((noise) => plan.seeds.map((seed) => cellOf(plan, noise, seed))),
    ...names.flatMap((name) => plan.seeds.map((seed) => controlCell(plan, name, seed))),
  ];
}

/**
 * Everything the report shows of one run, as plain data: figure code evaluates no network and reads
 * no file. `collectStudy` computes it; a test fixture makes one from cosines.
 */
import type { ExtractionResult } from '../analysis/results.ts';
import type { ScanMap } from '../analysis/scan.ts';
import type { TrackedRule } from '../analysis/tracked-rule.ts';
import type { Activation } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import type { MetricsRow } from '../train/metrics-row.ts';

export interface Study {
  /** What the run is called, such as the name of its directory. */
  readonly name: string;
  readonly essentials: StudyEssentials;
  /** Every setting that played a part in the run by its camelCase name, as configured. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Backend, instruction set, threads, versions: what it ran on. */
  readonly environment: Readonly<Record<string, SettingValue>>;
  /** The command line that makes this run again; null where nobody knows it. */
  readonly command: string | null;
  /** Hash of the final weights; null where it wasn't computed. */
  readonly weightsHash: string | null;
  readonly pairCounts: PairCounts;
  /** In order of steps; empty where no training was recorded. */
  readonly metrics: readonly MetricsRow[];
  /** The rule that the evidence in `metrics` is for; null where none was tracked. */
  readonly followed: Extract<TrackedRule, { readonly text: string }> | null;
  readonly extraction: ExtractionResult;
  /** The group in whose characters filtration worked. */
  readonly basis: Basis;
  readonly scanMap: ScanMap;
  readonly spectra: readonly NeuronSpectrum[];
  /** Mean over neurons of the energy share of the dominant frequency; null where it can't be had. */
  readonly sparsity: { readonly trained: number; readonly untrained: number | null };
  readonly phases: PhaseRelation;
  readonly fullField: Field;
  readonly filteredField: Field;
  /** G + λR from λ = 1 (the whole network) down to λ = 0 (G alone). */
  readonly path: readonly PathPoint[];
  readonly controls: readonly Control[];
}

export type SettingValue = string | number | boolean | null;

interface StudyEssentials {
  readonly modulus: number;
  readonly width: number;
  /** As on the command line: "add", "linear:2,3". */
  readonly task: string;
  /** α: the configured share of wrong labels among the training rows; null where unknown. */
  readonly noiseRatio: number | null;
  readonly activation: Activation;
  /** Optimizer steps taken; null where unknown. */
  readonly steps: number | null;
  readonly seed: number | null;
  readonly optimizer: string | null;
}

/** Numbers of pairs by role; null where the role's labels aren't known. */
export interface PairCounts {
  readonly train: number;
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly validation: number | null;
  readonly test: number | null;
}

/** Shares of one neuron's energy at frequencies 1…⌊P/2⌋. */
export interface NeuronSpectrum {
  readonly neuron: number;
  /** Rank of the neuron by the share of energy in its dominant frequency: 1 is the cleanest. */
  readonly rank: number;
  readonly dominantFrequency: number;
  /** `jointEnergies` over the neuron's energy without constant terms, before filtration. */
  readonly before: readonly number[];
  /** The same energies after filtration, over the sum BEFORE it. */
  readonly after: readonly number[];
}

/** φa + φb against φc at each neuron's dominant frequency, radians in (−π, π]. */
export interface PhaseRelation {
  /** φa + φb, wrapped: [M]. For k ≠ ±1 the phases are those of û(k1·ω) and v̂(k2·ω). */
  readonly sum: readonly number[];
  readonly phaseC: readonly number[];
  /** |û||v̂||ŵ| at that frequency over the largest of all neurons: [M], 0…1. */
  readonly strength: readonly number[];
  /** Mean over neurons of the wrapped (φa + φb − φc)², rad²; π²/3 where phases are unrelated. */
  readonly meanSquaredError: number;
}

/** What an answer on one pair was. Values of a `Field`. */
export const fieldCodes = {
  wrong: 0,
  cleanRight: 1,
  noisyMemorised: 2,
  noisyRepaired: 3,
  heldOutRight: 4,
  /** The trained label where nobody knows the true one. */
  fitsLabel: 5,
  /** A held-out pair without a known label. */
  unknown: 6,
} as const;

/** One code of `fieldCodes` per pair: [P²] at a·P + b. */
export type Field = Uint8Array;

export interface PathPoint {
  readonly lambda: number;
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly noisyTrue: number | null;
  readonly test: number | null;
  readonly field: Field;
}

/** The same filters on another network, or on this one for another rule. */
export interface Control {
  readonly kind: 'trained' | 'untrained' | 'random-features' | 'wrong-rule';
  /** For people: "Untrained network". */
  readonly label: string;
  /** How many of its wrong labels the network gives back; null where that isn't the question. */
  readonly noisyTrain: number | null;
  /** Test accuracy of the network as it is, and after each filtration. */
  readonly raw: number | null;
  readonly frequencyFiltration: number | null;
  readonly triadFiltration: number | null;
  /** T, the evidence in the weights, at the scan's best rule; for a wrong rule, at that rule. */
  readonly T: number | null;
  /** What "right" means here, or how to get a control that isn't there. */
  readonly note: string;
  readonly available: boolean;
}

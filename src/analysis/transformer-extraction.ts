import type { Activation } from '../model/network.ts';
import type { OneLayerTransformer } from '../model/one-layer-transformer.ts';
import { type Accuracies, accuracies, type Roles } from '../task/dataset.ts';
import { labelBaseline } from './baseline.ts';
import type { AnalysisCompute } from './compute.ts';
import type { Rule } from './results.ts';
import { ruleTable, ruleText } from './rule.ts';
import { answersOfLogits, scanLogits, type TransformerScan } from './transformer-evidence.ts';
import { transformerResiduals, unembed } from './transformer-logits.ts';
import { filterUnembedding, frequencyEnergies } from './unembedding.ts';

/** How the energy of a matrix is spread over the frequencies 1…⌊P/2⌋ of its tokens. */
export interface FrequencyProfile {
  /** Share of the energy of each frequency (ω and −ω together, the constant term left out), ω at ω − 1. */
  readonly shares: readonly number[];
  /** Frequencies with at least twice the mean share, strongest first. [ours] */
  readonly keyFrequencies: readonly number[];
  /** Share of the energy that they hold. */
  readonly keyShare: number;
  /** Gini coefficient of the shares: 0 where all are alike, 1 − 1/⌊P/2⌋ for one alone. */
  readonly gini: number;
  /** Σ share²: 1/⌊P/2⌋ where all are alike, 1 for one alone. */
  readonly ipr: number;
}

export const transformerMethodNames = [
  'raw',
  'unembedding-filtration',
  'unembedding-filtration-residual',
  'identified-rule',
  'label-baseline',
] as const;
export type TransformerMethodName = (typeof transformerMethodNames)[number];

/** As `MethodResult`. */
export interface TransformerMethod extends Accuracies {
  readonly name: TransformerMethodName;
  readonly kind: 'network' | 'rule';
  readonly note: string | null;
}

export interface TransformerExtraction {
  readonly kind: 'transformer';
  readonly modulus: number;
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly hiddenWidth: number;
  readonly activation: Activation | null;
  /** 1/P. */
  readonly chance: number;
  /** Of E over the tokens 0…P−1, and of W_U over the outputs. */
  readonly frequencies: {
    readonly embedding: FrequencyProfile;
    readonly unembedding: FrequencyProfile;
  };
  /** The frequencies of W_U that filtration keeps. */
  readonly kept: readonly number[];
  readonly rule: TransformerScan['rule'];
  readonly scan: TransformerScan;
  readonly methods: readonly TransformerMethod[];
}

const unscored: Accuracies = {
  cleanTrain: null,
  noisyTrain: null,
  noisyTrue: null,
  validation: null,
  test: null,
};

/** The logits of all pairs, [P², P]. */
export function transformerTable(
  transformer: OneLayerTransformer,
  activation: Activation | null,
  compute: AnalysisCompute,
): { readonly residuals: Float32Array; readonly logits: Float32Array } {
  const residuals = transformerResiduals(transformer, activation, compute.multiply);
  const { unembedding, unembeddingBias } = transformer;
  return {
    residuals,
    logits: unembed(residuals, transformer, unembedding, unembeddingBias, compute.multiply),
  };
}

/**
 * What a one-layer transformer knows: the frequencies of its embedding and unembedding, the rule in what it
 * says, and the paper's filtration of the unembedding (App. D.2) beside it. G keeps b_U; R = full − G has
 * none. Without `roles` the accuracies are null and the rest still runs.
 */
export function extractTransformer(
  transformer: OneLayerTransformer,
  activation: Activation | null,
  roles: Roles | null,
  compute: AnalysisCompute,
  options: { readonly level?: number } = {},
): TransformerExtraction {
  const { modulus, width, heads, headWidth, hiddenWidth, unembedding } = transformer;
  const { residuals, logits } = transformerTable(transformer, activation, compute);
  const scan = scanLogits(logits, modulus, roles, compute, options);
  const { rule } = scan;
  const filtration = filterUnembedding(unembedding, modulus);
  const rest = unembedding.map((weight, i) => weight - filtration.weights[i]);
  const read = (weights: Float32Array, bias: Float32Array | null) =>
    answersOfLogits(unembed(residuals, transformer, weights, bias, compute.multiply), modulus);
  const scored = (answers: Uint16Array) => (roles === null ? unscored : accuracies(answers, roles));
  const kept = [...filtration.frequencies];
  const keeps = `keeps ${kept.length} of ${Math.floor(modulus / 2)} frequencies of W_U, the strongest`;
  const ofRule = (name: TransformerMethodName, given: Rule, note: string): TransformerMethod => ({
    ...{ name, kind: 'rule', note },
    ...scored(ruleTable(given, modulus)),
  });
  const absent = (name: TransformerMethodName, note: string): TransformerMethod => ({
    ...{ name, kind: 'rule', note },
    ...unscored,
  });
  const train = roles?.train ?? null;
  const baseline = train === null ? null : labelBaseline(train, modulus);
  return {
    kind: 'transformer',
    ...{ modulus, width, heads, headWidth, hiddenWidth, activation },
    chance: 1 / modulus,
    frequencies: {
      embedding: profileOf(transposed(transformer.tokens, modulus, width), modulus),
      unembedding: profileOf(unembedding, modulus),
    },
    kept,
    rule,
    scan,
    methods: [
      {
        ...{ name: 'raw', kind: 'network', note: null },
        ...scored(answersOfLogits(logits, modulus)),
      },
      {
        ...{ name: 'unembedding-filtration', kind: 'network', note: keeps },
        ...scored(read(filtration.weights, transformer.unembeddingBias)),
      },
      {
        ...{ name: 'unembedding-filtration-residual', kind: 'network', note: null },
        ...scored(read(rest, null)),
      },
      rule === null
        ? absent('identified-rule', `no rule is significant at level ${scan.level}`)
        : ofRule('identified-rule', rule, rule.text),
      baseline === null
        ? absent('label-baseline', 'needs training labels')
        : ofRule(
            'label-baseline',
            baseline.rule,
            `${ruleText(baseline.rule, modulus)}, T_data = ${baseline.T.toFixed(1)}`,
          ),
    ],
  };
}

/** `FrequencyProfile` of the rows of a matrix [rows, P]. A matrix of zeros has shares of 0. */
export function profileOf(matrix: Float32Array, modulus: number): FrequencyProfile {
  const energies = frequencyEnergies(matrix, modulus);
  const total = energies.reduce((sum, energy) => sum + energy, 0);
  const shares = Array.from(energies, (energy) => (total > 0 ? energy / total : 0));
  const count = shares.length;
  const keyFrequencies = shares
    .map((share, i) => ({ share, frequency: i + 1 }))
    .filter(({ share }) => share >= 2 / count)
    .sort((x, y) => y.share - x.share || x.frequency - y.frequency)
    .map(({ frequency }) => frequency);
  const rising = [...shares].sort((x, y) => x - y);
  const ranked = rising.reduce((sum, share, i) => sum + (2 * (i + 1) - count - 1) * share, 0);
  return {
    shares,
    keyFrequencies,
    keyShare: keyFrequencies.reduce((sum, frequency) => sum + shares[frequency - 1], 0),
    gini: ranked / count,
    ipr: shares.reduce((sum, share) => sum + share * share, 0),
  };
}

/** [rows, columns] → [columns, rows]. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}

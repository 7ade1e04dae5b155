import {
  dominantFrequencyOf,
  type FrequencyRule,
  foldFrequency,
  type NetworkSpectra,
  networkSpectra,
  phases,
  shuffleNeurons,
  spectrumSparsity,
} from '../../analysis/index.ts';
import type { Network } from '../../model/network.ts';
import { createGenerator } from '../../task/generator.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';

/** How well weights match the analytic solution of the task's rule. */
export interface RuleMatch {
  /**
   * Share of neurons whose dominant frequencies of û, v̂ and ŵ, each chosen on its own, belong together: the
   * same ω, or k₁ω, k₂ω and ω for other rules.
   */
  readonly agreement: number;
  /** Mean over neurons of the squared phase residual at the joint dominant frequency, rad². */
  readonly phaseError: number;
  /** The same of the rule with the other sign of b, which the task is not: a control. */
  readonly otherSignError: number;
  /** Mean share of a neuron's energy at its joint dominant frequency. */
  readonly dominantShare: number;
  /** Share of neurons whose phase residual lies in each of `residualBins` equal parts of (−π, π]. */
  readonly residuals: readonly number[];
}

export interface RuleMatchMeasurement {
  readonly trained: RuleMatch;
  /** The weights before the first step. */
  readonly untrained: RuleMatch;
  /**
   * Agreement of the trained network after its rows of V and columns of W are dealt to other neurons: what
   * chance gives, given which frequencies each matrix prefers.
   */
  readonly shuffledAgreement: number;
}

export const residualBins = 24;

/**
 * Compares weights with the analytic solution (paper, R4.1), which has one frequency per neuron and, for
 * addition, φa + φb = φc, for subtraction φa − φb = φc. Separate choice, plain means and bins are assumed.
 */
export function measureRuleMatch({ network, initial, settings }: Subject): RuleMatchMeasurement {
  const rule = joinedRule(settings);
  const generator = createGenerator(settings.seed, 'shuffled-neurons');
  const order = () =>
    generator.shuffle(Uint32Array.from({ length: network.width }, (_, neuron) => neuron));
  const shuffled = shuffleNeurons(network, order(), order());
  return {
    trained: ruleMatchOf(network, rule),
    untrained: ruleMatchOf(initial, rule),
    shuffledAgreement: agreementOf(networkSpectra(shuffled), rule),
  };
}

function ruleMatchOf(network: Network, rule: FrequencyRule): RuleMatch {
  const own = phases(network, rule);
  const other = phases(network, { k1: rule.k1, k2: network.modulus - rule.k2 });
  return {
    agreement: agreementOf(networkSpectra(network), rule),
    phaseError: own.meanSquaredError,
    otherSignError: other.meanSquaredError,
    dominantShare: spectrumSparsity(network, rule).mean,
    residuals: histogramOf(own.residual),
  };
}

function agreementOf({ U, V, W }: NetworkSpectra, { k1, k2 }: FrequencyRule): number {
  const [a, b, c] = [U, V, W].map(dominantFrequencyOf);
  let agreeing = 0;
  c.forEach((omega, neuron) => {
    const isA = a[neuron] === foldFrequency(k1 * omega, W.modulus);
    const isB = b[neuron] === foldFrequency(k2 * omega, W.modulus);
    if (isA && isB) agreeing++;
  });
  return agreeing / W.count;
}

/** Shares of values in (−π, π] by bin. */
function histogramOf(residual: Float64Array): number[] {
  const counts = new Array<number>(residualBins).fill(0);
  for (const value of residual) {
    const bin = Math.floor(((value + Math.PI) / (2 * Math.PI)) * residualBins);
    counts[Math.min(bin, residualBins - 1)]++;
  }
  return counts.map((count) => count / residual.length);
}

/** Calibrated evidence for the rules of one basis. */
import type { Activation, Network } from '../model/network.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import { type Calibration, calibrate } from './calibration.ts';
import type { AnalysisCompute } from './compute.ts';
import {
  answerScores,
  countPairs,
  logitScores,
  maskOf,
  type PairMask,
  removeClassMeans,
  standardisedLogits,
} from './evidence.ts';
import { frameNetwork, framePairs } from './frame.ts';
import { interactionAnswers } from './interaction-answers.ts';
import { chanceCounts, roundingOf } from './null-shapes.ts';
import { permutedAnswers, permutedLogits, permutedTriads } from './permutation-null.ts';
import type { Rule } from './results.ts';
import { type RuleScores, ruleIndex } from './rule-scores.ts';
import { triadScores } from './triads.ts';

/** Logits and answers of some pairs. */
interface OutputEvidence {
  /** How many pairs, those with a token set apart left out. */
  readonly pairs: number;
  readonly logits: Calibration;
  readonly answers: Calibration;
}

/** The scores of a network in one basis, calibrated. */
export interface BasisEvidence {
  readonly basis: Basis;
  readonly triads: RuleScores;
  readonly weights: Calibration;
  /** On all pairs; null where the activation isn't known. */
  readonly outputs: (OutputEvidence & { readonly interaction: Calibration }) | null;
  /** The calibrations that decide: weights, and where they are known logits, answers and interaction. */
  readonly deciding: readonly Calibration[];
  /**
   * How strongly the network supports a rule, on a scale that all rules of all bases share: the largest of
   * mean logit · √n and (matches − n/N) / sqrt(n/N · (1 − 1/N)) over the n pairs, of the answers and of those beneath
   * label counts, each of variance 1 where pairs are independent; T where the activation isn't known. p-values say whether there is a rule; where several are beyond doubt, as
   * a rule and those that agree with it on half of the pairs are, this says which.
   */
  support(rule: Rule): number;
  /** On some pairs (a·P + b), corrected for logits and answers alone; null where the activation isn't known. */
  onPairs(pairs: Uint32Array): OutputEvidence | null;
}

/** What a network says on all pairs of its tokens. */
interface Outputs {
  readonly logits: Float32Array;
  readonly answers: Uint16Array;
  readonly interaction: Uint16Array;
}

interface EvidenceOptions {
  readonly allShifts: boolean;
  /** How many bases are scanned. */
  readonly bases: number;
  /** The outputs of a network in the order of a basis; null where the activation isn't known (`outputsOnce`). */
  readonly outputsOf: (framed: Network) => Outputs | null;
}

/** Evaluates a network once, however many bases keep its tokens in their order. */
export function outputsOnce(
  activation: Activation | null,
  compute: AnalysisCompute,
): (framed: Network) => Outputs | null {
  const known = new Map<Network, Outputs>();
  return (framed) => {
    if (activation === null) return null;
    let outputs = known.get(framed);
    if (outputs === undefined) {
      outputs = {
        logits: standardisedLogits(framed, activation, compute),
        answers: compute.answers(framed, activation),
        interaction: interactionAnswers(framed, activation, compute),
      };
      known.set(framed, outputs);
    }
    return outputs;
  };
}

/** Logits and answers: what parts of the table have. */
const outputKinds = 2;

/**
 * Scores every rule of a basis by weights, logits, answers, and the answers without what an additive function
 * says (`interactionAnswers`). On Z_P (and multiplication, which is Z_{P−1})
 * a rule is compared with the other rules; a product of groups has too few of them and is compared with
 * renamed tokens. `bases` is how many bases are scanned.
 */
export function evidenceIn(
  basis: Basis,
  network: Network,
  activation: Activation | null,
  compute: AnalysisCompute,
  { allShifts, bases, outputsOf }: EvidenceOptions,
): BasisEvidence {
  const { group } = basis;
  const { order } = group;
  const framed = frameNetwork(network, basis);
  const kinds = activation === null ? 1 : 4;
  const isProduct = group.factors.length > 1;
  const known = outputsOf(framed);
  // Tied weights: a and b are treated alike.
  const exchangeable = framed.U.every((weight, i) => weight === framed.V[i]);
  const triads = triadScores(framed, compute, inOrderOf(basis));
  const weights = calibrate(triads, kinds, { spread: 1, skewness: 0 }, allShifts, {
    bases,
    exchangeable,
    permuted: isProduct ? permutedTriads(framed, group, compute) : null,
  });
  const inAnswers = (
    answers: Uint16Array,
    mask: PairMask,
    corrected: number,
    tried: number,
  ): Calibration =>
    calibrate(
      answerScores(answers, group, mask, compute),
      corrected,
      chanceCounts(countPairs(mask, order), order),
      allShifts,
      {
        bases: tried,
        exchangeable,
        permuted: isProduct ? permutedAnswers(answers, group, mask) : null,
      },
    );
  const onMask = (mask: PairMask, corrected: number, tried: number): OutputEvidence | null => {
    if (known === null) return null;
    const logits = logitScores(known.logits, group, mask, compute);
    const centred = isProduct ? removeClassMeans(known.logits, order, mask) : null;
    return {
      pairs: countPairs(mask, order),
      logits: calibrate(logits, corrected, roundingOf(logits), allShifts, {
        bases: tried,
        exchangeable,
        permuted: centred === null ? null : permutedLogits(centred, group, mask),
      }),
      answers: inAnswers(known.answers, mask, corrected, tried),
    };
  };
  const all = onMask(null, kinds, bases);
  const outputs =
    all === null || known === null
      ? null
      : { ...all, interaction: inAnswers(known.interaction, null, kinds, bases) };
  return {
    basis,
    triads,
    weights,
    outputs,
    deciding:
      outputs === null
        ? [weights]
        : [weights, outputs.logits, outputs.answers, outputs.interaction],
    support(rule) {
      const index = ruleIndex(rule, group);
      const inWeights = triads.statistic[index];
      if (outputs === null) return inWeights;
      const { pairs, logits, answers, interaction } = outputs;
      const inLogits = logits.evidence(rule).statistic * Math.sqrt(pairs);
      const { spread } = chanceCounts(pairs, order);
      const counted = [answers, interaction].map(
        (kind) => (kind.evidence(rule).statistic - pairs / order) / spread,
      );
      return Math.max(inLogits, ...counted);
    },
    onPairs(pairs) {
      const framedPairs = framePairs(pairs, basis, network.modulus);
      if (framedPairs.length === 0) return null;
      return onMask(maskOf(framedPairs, order), outputKinds, bases);
    },
  };
}

/** The same group once the network is in its order: every token stands for itself. */
function inOrderOf({ name, group }: Basis): Basis {
  return { ...cyclicBasis(group.order), name, group };
}

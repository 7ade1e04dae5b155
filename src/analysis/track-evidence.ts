import type { Activation, Network } from '../model/network.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import type { Pairs } from '../task/dataset.ts';
import type { AnalysisCompute } from './compute.ts';
import { standardiseRows } from './evidence.ts';
import type { Rule } from './results.ts';
import { drawRuleSample, type SampledScores, standardise } from './rule-sample.ts';
import { triadSampler } from './sampled-triads.ts';
import { chanceCounts } from './scan.ts';
import { sampledMatches, sampledTableSums } from './sheared-sums.ts';

export interface EvidenceTrackerOptions {
  readonly rule: Rule;
  readonly modulus: number;
  readonly activation: Activation;
  /** The pairs that aren't trained on (`Roles.heldOut`). */
  readonly heldOut: Pairs | null;
  /** Of the sample of other rules. */
  readonly seed: number;
  readonly compute: AnalysisCompute;
}

/** What one evaluation of a network says: its answers ([P²], index a·P + b) and its evidence. */
export interface TrackedNetwork {
  readonly answers: Uint16Array;
  readonly evidence: RuleEvidence;
}

/**
 * Makes a function that measures the evidence for one rule in a network, cheaply enough to be called on the way through a
 * training: it fits `track` of `train`.
 *
 * The statistics are those of `scan` (T, mean standardised logit, matches); z compares the rule with a fixed
 * sample of other rules (`drawRuleSample`: up to 32 (k1, k2) with all P shifts) where `calibrate` takes all
 * (P − 1)²·P, with the same least spreads. So z agrees with that of a scan up to the sample's error, which
 * scales z by a per cent or two and is the same sample's throughout a training. Two differences: for composite P,
 * answers on held-out pairs are compared as they are counted, without class means; and the rule is fixed beforehand,
 * so no correction for a choice among rules is due (`trackedRule` has the exception).
 *
 * @param options.rule its k1 and k2 are units of Z_P.
 */
export function evidenceTracker(
  options: EvidenceTrackerOptions,
): (network: Network) => TrackedNetwork {
  const { rule, modulus, activation, heldOut, compute } = options;
  const sample = drawRuleSample(rule, modulus, options.seed);
  const triads = triadSampler(sample, compute);
  const all = Uint32Array.from({ length: modulus * modulus }, (_, pair) => pair);
  const logitEvidence = (table: Float32Array, pairs: Uint32Array) => {
    const scores = sampledTableSums(table, pairs, sample);
    return standardise(scores, largestOf(scores) * 2 ** -17);
  };
  const answerEvidence = (answers: Uint16Array, pairs: Uint32Array) =>
    standardise(sampledMatches(answers, pairs, sample), chanceCounts(pairs.length, modulus).spread);
  return (network) => {
    const logits = compute.logits(network, activation, 0, modulus);
    const answers = answersOf(logits, modulus);
    standardiseRows(logits, modulus);
    const { T, triadEnergy } = triads(network);
    return {
      answers,
      evidence: {
        T: finite(T.own),
        triadEnergy: finite(triadEnergy),
        weights: standardise(T, 1),
        // A rule of units gives every class to P pairs, so class means move all rules alike here.
        logits: logitEvidence(logits, all),
        answers: answerEvidence(answers, all),
        heldOutLogits:
          heldOut === null
            ? null
            : logitEvidence(withoutClassMeans(logits, heldOut.pair, modulus), heldOut.pair),
        heldOutAnswers: heldOut === null ? null : answerEvidence(answers, heldOut.pair),
      },
    };
  };
}

/** The argmax of every row of [P², P]; ties go to the smaller class, as the backends have it. */
function answersOf(logits: Float32Array, modulus: number): Uint16Array {
  const answers = new Uint16Array(logits.length / modulus);
  for (let pair = 0; pair < answers.length; pair++) {
    const start = pair * modulus;
    let best = 0;
    for (let c = 1; c < modulus; c++) if (logits[start + c] > logits[start + best]) best = c;
    answers[pair] = best;
  }
  return answers;
}

/** The rows of some pairs, less each class's mean over them: [n, P]. */
function withoutClassMeans(table: Float32Array, pairs: Uint32Array, modulus: number): Float32Array {
  const rows = new Float32Array(pairs.length * modulus);
  const mean = new Float64Array(modulus);
  for (const pair of pairs) {
    for (let c = 0; c < modulus; c++) mean[c] += table[pair * modulus + c] / pairs.length;
  }
  for (let i = 0; i < pairs.length; i++) {
    const start = pairs[i] * modulus;
    for (let c = 0; c < modulus; c++) rows[i * modulus + c] = table[start + c] - mean[c];
  }
  return rows;
}

/** Null for the weights of a training that has diverged. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function largestOf({ own, others }: SampledScores): number {
  let largest = Math.abs(own);
  for (let i = 0; i < others.length; i++) largest = Math.max(largest, Math.abs(others[i]));
  return largest;
}

import type { Activation, Network } from '../model/network.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import type { Pairs } from '../task/dataset.ts';
import type { AnalysisCompute } from './compute.ts';
import { chanceCounts } from './null-shapes.ts';
import type { Rule } from './results.ts';
import { drawRuleSample, type SampledScores, standardise } from './rule-sample.ts';
import { triadSampler } from './sampled-triads.ts';
import { sampledMatches, sampledRowSums, sampledSums } from './sheared-sums.ts';

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
 * Makes a function that measures the evidence for one rule in a network, cheaply enough to be called on the way
 * through a training: it fits `track` of `train`.
 *
 * The statistics are those of `scan` (T, mean standardised logit, matches); z compares the rule with a fixed
 * sample of other rules (`drawRuleSample`: up to 32 (k1, k2) with all P shifts) where `calibrate` takes all
 * (P − 1)²·P, with the same least spreads. So z agrees with that of a scan up to the sample's error: about 2 %;
 * for logits of z > 100 up to 20 % (docs/coherence.md, section 7). Three differences: rules with k1 = k2 aren't compared
 * among themselves, so where a and b are treated alike (tied weights) z is up to √2 larger; for composite P, answers on
 * held-out pairs are compared as they are counted, without class means; and the rule is fixed beforehand, so no
 * correction for a choice among rules is due (`trackedRule` has the exception).
 *
 * @param options.rule its k1 and k2 are units of Z_P.
 */
export function evidenceTracker(
  options: EvidenceTrackerOptions,
): (network: Network) => TrackedNetwork {
  const { rule, modulus, activation, heldOut, compute } = options;
  const sample = drawRuleSample(rule, modulus, options.seed);
  const triads = triadSampler(sample, compute);
  const allPairs = Uint32Array.from({ length: modulus * modulus }, (_, pair) => pair);
  const held = heldOut?.pair ?? new Uint32Array(0);
  const logitEvidence = (scores: SampledScores) =>
    standardise(scores, largestOf(scores) * 2 ** -17);
  const answerEvidence = (answers: Uint16Array, pairs: Uint32Array) =>
    standardise(sampledMatches(answers, pairs, sample), chanceCounts(pairs.length, modulus).spread);
  return (network) => {
    const logits = compute.logits(network, activation, 0, modulus);
    const { answers, standardised, heldOutRows } = readLogits(logits, held, modulus);
    const { T, triadEnergy } = triads(network);
    return {
      answers,
      evidence: {
        T: finite(T.own),
        triadEnergy: finite(triadEnergy),
        weights: standardise(T, 1),
        // A rule of units gives every class to P pairs: class means would move all rules alike.
        logits: logitEvidence(sampledSums(standardised, sample)),
        answers: answerEvidence(answers, allPairs),
        ...(heldOut === null
          ? { heldOutLogits: null, heldOutAnswers: null }
          : {
              heldOutLogits: logitEvidence(sampledRowSums(heldOutRows, held, sample)),
              heldOutAnswers: answerEvidence(answers, held),
            }),
      },
    };
  };
}

/**
 * What the logits of all pairs [P², P] have for evidence, in one pass through them: the argmax of every row (ties
 * go to the smaller class, as the backends have it); the rows standardised over the classes to mean 0 and variance 1
 * (a row without spread becomes 0) as [P, P, P] by a, class, b; and the standardised rows of the held-out pairs
 * once more, less each class's mean over them: [n, P].
 */
function readLogits(logits: Float32Array, heldOut: Uint32Array, modulus: number) {
  const answers = new Uint16Array(modulus * modulus);
  const standardised = new Float32Array(logits.length);
  for (let pair = 0; pair < answers.length; pair++) {
    const start = pair * modulus;
    let sum = 0;
    let best = 0;
    for (let c = 0; c < modulus; c++) {
      const value = logits[start + c];
      sum += value;
      if (value > logits[start + best]) best = c;
    }
    answers[pair] = best;
    const mean = sum / modulus;
    let squares = 0;
    for (let c = 0; c < modulus; c++) {
      const difference = logits[start + c] - mean;
      squares += difference * difference;
    }
    const scale = squares > 0 ? Math.sqrt(modulus / squares) : 0;
    const b = pair % modulus;
    const target = (pair - b) * modulus + b;
    for (let c = 0; c < modulus; c++) {
      standardised[target + c * modulus] = (logits[start + c] - mean) * scale;
    }
  }
  const heldOutRows = new Float32Array(heldOut.length * modulus);
  const totals = new Float64Array(modulus);
  for (let i = 0; i < heldOut.length; i++) {
    const b = heldOut[i] % modulus;
    const source = (heldOut[i] - b) * modulus + b;
    for (let c = 0; c < modulus; c++) {
      const value = standardised[source + c * modulus];
      heldOutRows[i * modulus + c] = value;
      totals[c] += value;
    }
  }
  for (let c = 0; c < modulus; c++) totals[c] /= Math.max(1, heldOut.length);
  for (let start = 0; start < heldOutRows.length; start += modulus) {
    for (let c = 0; c < modulus; c++) heldOutRows[start + c] -= totals[c];
  }
  return { answers, standardised, heldOutRows };
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

/**
 * Which rule does a network hold that is known by its logits alone? For transformers, whose weights have no
 * triads: what a and b do to the logits goes through attention and two layers.
 */
import type { Pairs, Roles } from '../task/dataset.ts';
import { calibrate } from './calibration.ts';
import { carried } from './carried.ts';
import type { AnalysisCompute } from './compute.ts';
import {
  answerScores,
  countPairs,
  logitScores,
  maskOf,
  type PairMask,
  standardiseRows,
} from './evidence.ts';
import { chanceCounts, roundingOf } from './null-shapes.ts';
import type { Carried, Evidence, PartEvidence, PartScore, Rule } from './results.ts';
import { ruleText } from './rule.ts';

/** As `ScanResult`, without weights. */
export interface TransformerScan {
  readonly kind: 'transformer';
  readonly modulus: number;
  readonly basis: 'cyclic';
  readonly level: number;
  readonly rulesScanned: number;
  readonly rule: (Rule & { readonly text: string }) | null;
  readonly significant: boolean;
  readonly evidence: {
    readonly weights: null;
    readonly logits: Evidence;
    readonly answers: Evidence;
  };
  /** Why there is none in the weights. */
  readonly weightsNote: string;
  readonly best: Rule & { readonly text: string };
  readonly heldOut: PartEvidence | null;
  readonly cleanTrain: PartEvidence | null;
  readonly noisyTrain: PartEvidence | null;
  readonly carried: Carried | null;
}

export interface TransformerScanOptions {
  /** The corrected p-value that counts as significant; default 0.01. */
  readonly level?: number;
  /** Also compare shifted rules; default true. */
  readonly shifts?: boolean;
}

/** Logits and answers. */
const kinds = 2;

/**
 * The scan of `scan.ts` on logits [P², P] (index a·P + b), without weights and corrected for two kinds of
 * evidence instead of three.
 */
export function scanLogits(
  logits: Float32Array,
  modulus: number,
  roles: Roles | null,
  compute: AnalysisCompute,
  { level = 0.01, shifts = true }: TransformerScanOptions = {},
): TransformerScan {
  const calibrateOn = calibrations(logits, modulus, compute, shifts);
  const all = calibrateOn(null);
  const [inLogits, inAnswers] = [all.logits.best(), all.answers.best()];
  const found = inAnswers.log10Tail < inLogits.log10Tail ? inAnswers : inLogits;
  const { rule } = found;
  const significant = found.evidence.log10PValue <= Math.log10(level);
  const part = (pairs: Pairs | null | undefined): PartEvidence | null => {
    if (pairs === null || pairs === undefined) return null;
    const on = calibrateOn(maskOf(pairs.pair, modulus));
    return {
      pairs: pairs.pair.length,
      logits: on.logits.partScore(rule, significant),
      answers: on.answers.partScore(rule, significant),
    };
  };
  const heldOut = part(roles?.heldOut);
  const best = { ...rule, text: ruleText(rule, modulus) };
  return {
    kind: 'transformer',
    modulus,
    basis: 'cyclic',
    level,
    rulesScanned: all.logits.rules,
    rule: significant ? best : null,
    significant,
    evidence: {
      weights: null,
      logits: all.logits.evidence(rule),
      answers: all.answers.evidence(rule),
    },
    weightsNote: 'a transformer has no triads: its tokens meet in attention, not in one layer',
    best,
    heldOut,
    cleanTrain: part(roles?.cleanTrain),
    noisyTrain: part(roles?.noisyTrain),
    carried: heldOut === null ? null : carried(heldOut, level),
  };
}

/** Evidence for a rule that was fixed beforehand, on all pairs and on each part of a data set. */
export interface LogitRuleEvidence {
  readonly all: PartEvidence;
  readonly cleanTrain: PartEvidence | null;
  readonly noisyTrain: PartEvidence | null;
  readonly heldOut: PartEvidence | null;
  /** Whether the network carries the rule to held-out pairs, at `level`. */
  readonly carried: Carried | null;
}

/** Evidence in logits [P², P] for one rule; p is corrected for the two kinds of evidence alone. */
export function logitRuleEvidence(
  logits: Float32Array,
  modulus: number,
  rule: Rule,
  roles: Roles,
  compute: AnalysisCompute,
  level = 0.01,
): LogitRuleEvidence {
  const calibrateOn = calibrations(logits, modulus, compute, true);
  const on = (mask: PairMask): PartEvidence => {
    const scored = calibrateOn(mask);
    return {
      pairs: countPairs(mask, modulus),
      logits: scored.logits.partScore(rule, true),
      answers: scored.answers.partScore(rule, true),
    };
  };
  const part = (pairs: Pairs | null) => (pairs === null ? null : on(maskOf(pairs.pair, modulus)));
  const heldOut = part(roles.heldOut);
  return {
    all: on(null),
    cleanTrain: part(roles.cleanTrain),
    noisyTrain: part(roles.noisyTrain),
    heldOut,
    carried: heldOut === null ? null : carried(heldOut, level),
  };
}

/** The evidence of logits alone on some pairs, for logits that are changed before they are scored. */
export function logitPartScore(
  standardised: Float32Array,
  modulus: number,
  rule: Rule,
  pairs: Pairs,
  compute: AnalysisCompute,
): PartScore {
  const scores = logitScores(standardised, modulus, maskOf(pairs.pair, modulus), compute);
  return calibrate(scores, kinds, roundingOf(scores), true, { exchangeable: true }).partScore(
    rule,
    true,
  );
}

/** Calibrated scores of logits and answers on the pairs of a mask. */
function calibrations(
  logits: Float32Array,
  modulus: number,
  compute: AnalysisCompute,
  shifts: boolean,
) {
  const standardised = standardiseRows(logits, modulus);
  const answers = answersOfLogits(logits, modulus);
  return (mask: PairMask) => {
    const inLogits = logitScores(standardised, modulus, mask, compute);
    const inAnswers = answerScores(answers, modulus, mask, compute);
    const chance = chanceCounts(countPairs(mask, modulus), modulus);
    return {
      // Both tokens have one embedding.
      logits: calibrate(inLogits, kinds, roundingOf(inLogits), shifts, { exchangeable: true }),
      answers: calibrate(inAnswers, kinds, chance, shifts, { exchangeable: true }),
    };
  };
}

/** The class with the largest logit in every row; ties go to the smaller class. */
export function answersOfLogits(logits: Float32Array, classes: number): Uint16Array {
  return Uint16Array.from({ length: logits.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (logits[row * classes + c] > logits[row * classes + best]) best = c;
    }
    return best;
  });
}

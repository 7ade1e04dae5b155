import type { Activation, Network } from '../model/network.ts';
import type { Pairs, Roles } from '../task/dataset.ts';
import { bestShift, type Calibration, calibrate, type NullShape } from './calibration.ts';
import { carried } from './carried.ts';
import type { AnalysisCompute } from './compute.ts';
import {
  answerScores,
  countPairs,
  logitScores,
  maskOf,
  type PairMask,
  standardisedLogits,
} from './evidence.ts';
import type { PartEvidence, Rule, ScanResult } from './results.ts';
import { ruleText } from './rule.ts';
import { type RuleScores, ruleAt } from './rule-scores.ts';
import { triadScores } from './triads.ts';

export interface ScanOptions {
  /** The corrected p-value that counts as significant; default 0.01. */
  readonly level?: number;
  /** Also compare shifted rules c = k1·a + k2·b + shift; default true. */
  readonly shifts?: boolean;
}

/** T over all (k1, k2), for a picture. */
export interface ScanMap {
  readonly modulus: number;
  /** T at the best shift, at (k1 − 1)·(P − 1) + (k2 − 1): [(P−1)²]. */
  readonly T: Float32Array;
  /** That shift: [(P−1)²]. */
  readonly shift: Uint16Array;
  /** The T at which the weights alone would make the best rule significant. */
  readonly threshold: number;
}

export interface Scan {
  readonly result: ScanResult;
  readonly map: ScanMap;
}

const runnersUp = 5;
/** Logits and answers: what parts of the table have. */
const outputKinds = 2;

/**
 * Which rule c = k1·a + k2·b + shift (mod P), k1, k2 ≠ 0, does a network hold, if any?
 *
 * Compares all (P−1)²·P rules by up to three kinds of evidence: triads in the weights, logits, answers
 * (the latter two where the activation is known). The best rule has the smallest p over the kinds; its
 * p is corrected for all rules and for the kinds used. With `roles`, logits and answers are also scored
 * on held-out, clean and noisy pairs at that rule (`PartScore` says how p is corrected there). A
 * significant scan says that the rule was stored; only held-out evidence says that the network carries
 * it to pairs it never saw: `carried`.
 */
export function scan(
  network: Network,
  activation: Activation | null,
  roles: Roles | null,
  compute: AnalysisCompute,
  options: ScanOptions = {},
): Scan {
  const level = options.level ?? 0.01;
  const allShifts = options.shifts ?? true;
  const { modulus } = network;
  const kinds = activation === null ? 1 : 3;
  const triads = triadScores(network, compute);
  const weights = calibrate(triads, kinds, { spread: 1, skewness: 0 }, allShifts);
  const outputs =
    activation === null
      ? null
      : {
          logits: standardisedLogits(network, activation, compute),
          answers: compute.answers(network, activation),
        };
  const onPart = (mask: PairMask, correctedKinds: number) => {
    if (outputs === null) return null;
    const logits = logitScores(outputs.logits, modulus, mask, compute);
    const answers = answerScores(outputs.answers, modulus, mask, compute);
    const pairs = countPairs(mask, modulus);
    return {
      logits: calibrate(logits, correctedKinds, roundingOf(logits), allShifts),
      answers: calibrate(answers, correctedKinds, chanceCounts(pairs, modulus), allShifts),
    };
  };
  const all = onPart(null, kinds);

  const found = [weights, all?.logits, all?.answers]
    .filter((calibration) => calibration !== undefined)
    .map((calibration) => calibration.best())
    .reduce((best, other) => (other.log10Tail < best.log10Tail ? other : best));
  const rule = found.rule;
  const best = { ...rule, text: ruleText(rule, modulus) };
  const significant = found.evidence.log10PValue <= Math.log10(level);
  const part = (pairs: Pairs | null | undefined): PartEvidence | null => {
    if (pairs === null || pairs === undefined) return null;
    const scored = onPart(maskOf(pairs.pair, modulus), outputKinds);
    if (scored === null) return null;
    return {
      pairs: pairs.pair.length,
      logits: scored.logits.partScore(rule, significant),
      answers: scored.answers.partScore(rule, significant),
    };
  };
  const heldOut = part(roles?.heldOut);
  const inWeights = weights.evidence(rule);
  const map = mapOf(triads, weights, rule, level, allShifts);
  return {
    map,
    result: {
      modulus,
      basis: 'cyclic',
      level,
      rulesScanned: weights.rules,
      rule: significant ? best : null,
      significant,
      evidence: {
        weights: { ...inWeights, T: inWeights.statistic },
        logits: all?.logits.evidence(rule) ?? null,
        answers: all?.answers.evidence(rule) ?? null,
      },
      best,
      heldOut,
      cleanTrain: part(roles?.cleanTrain),
      noisyTrain: part(roles?.noisyTrain),
      carried: heldOut === null ? null : carried(heldOut, level),
      runnersUp: nextBest(map, rule),
    },
  };
}

/** Counts of n independent answers, each of P classes alike: binomial. */
export function chanceCounts(pairs: number, modulus: number): NullShape {
  const spread = Math.sqrt((pairs / modulus) * (1 - 1 / modulus));
  return { spread, skewness: spread > 0 ? (1 - 2 / modulus) / spread : 0 };
}

/** Where other rules differ by no more than float32 rounding, that rounding is their spread. */
export function roundingOf({ values }: RuleScores): NullShape {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return { spread: largest * 2 ** -17, skewness: 0 };
}

function mapOf(
  triads: RuleScores,
  weights: Calibration,
  rule: Rule,
  level: number,
  allShifts: boolean,
): ScanMap {
  const { modulus, values } = triads;
  const rows = (modulus - 1) ** 2;
  const T = new Float32Array(rows);
  const shift = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const index = bestShift(triads, row, allShifts ? modulus : 1);
    T[row] = values[index];
    shift[row] = index % modulus;
  }
  return { modulus, T, shift, threshold: weights.threshold(rule, level) };
}

function nextBest({ modulus, T, shift }: ScanMap, best: Rule): ScanResult['runnersUp'] {
  return Array.from(T, (value, row) => ({ value, row }))
    .sort((x, y) => y.value - x.value)
    .map(({ value, row }) => ({ ...ruleAt(row * modulus + shift[row], modulus), T: value }))
    .filter(({ k1, k2 }) => k1 !== best.k1 || k2 !== best.k2)
    .slice(0, runnersUp);
}

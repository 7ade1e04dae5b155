import type { Activation, Network } from '../model/network.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import type { LabelledPairs, Pairs, Roles } from '../task/dataset.ts';
import { bestShift } from './calibration.ts';
import { carried } from './carried.ts';
import type { AnalysisCompute } from './compute.ts';
import type { BasisResult, PartEvidence, Rule, ScanResult } from './results.ts';
import { ruleTable, ruleText } from './rule.ts';
import { ruleAgreementOf } from './rule-agreement.ts';
import { multipliersOf, ruleAt } from './rule-scores.ts';
import { type BasisEvidence, evidenceIn, outputsOnce } from './scan-basis.ts';

export interface ScanOptions {
  /** The corrected p-value that counts as significant; default 0.01. */
  readonly level?: number;
  /** Also compare shifted rules c = k1·a + k2·b + shift; default true. */
  readonly shifts?: boolean;
  /** The groups that the tokens may form; default Z_P alone. p is corrected for their number. */
  readonly bases?: readonly Basis[];
}

/** T over all (k1, k2), for a picture. */
export interface ScanMap {
  /** The basis whose rules these are; on Z_P the rows are (k1 − 1)·(P − 1) + (k2 − 1). */
  readonly basis: Basis;
  /** T at the best shift, by row of `RuleScores`: [K²]. */
  readonly T: Float32Array;
  /** That shift: [K²]. */
  readonly shift: Uint16Array;
  /** The T at which the weights alone would make the best rule significant. */
  readonly threshold: number;
}

export interface Scan {
  readonly result: ScanResult;
  /** The basis of the best rule. */
  readonly basis: Basis;
  readonly map: ScanMap;
}

const runnersUp = 5;
/** Where the answers aren't known: z of the agreement of two tables from which one is the other's leakage. */
const leakageZ = 5;

/**
 * Which rule of a group does a network hold, if any? By default c = k1·a + k2·b + shift (mod P), k1, k2 ≠ 0.
 *
 * Compares all rules of all `bases` by up to four kinds of evidence: triads in the weights, logits, answers, and
 * answers without what an additive function says (the latter three where the activation is known). p is the smallest over the kinds, corrected for all rules of
 * the basis, for the kinds used and for the bases tried. Of significant rules the one with the most support is
 * named (`BasisEvidence.support`); where there is none, the one with the smallest p is the best. A rule of one group
 * leaks into another's characters; `bases` in the result tells such from a rule of its own. With `roles`,
 * logits and answers are also scored on held-out, clean and noisy pairs at that rule (`PartScore` says how p is
 * corrected there). A significant scan says that the rule was stored; only held-out evidence says that the
 * network carries it to pairs it never saw: `carried`.
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
  const bases = options.bases ?? [cyclicBasis(modulus)];
  const outputsOf = outputsOnce(activation, compute);
  const tried = bases
    .map((basis) =>
      bestOf(
        evidenceIn(basis, network, activation, compute, {
          allShifts,
          bases: bases.length,
          outputsOf,
        }),
        level,
      ),
    )
    .sort((x, y) => compare(x, y, level));
  const [{ evidence, rule, log10PValue }] = tried;
  const { basis, weights, outputs } = evidence;
  const best = { ...rule, text: ruleText(rule, basis) };
  const significant = log10PValue <= Math.log10(level);
  const part = (pairs: Pairs | null | undefined): PartEvidence | null => {
    const scored = pairs == null ? null : evidence.onPairs(pairs.pair);
    if (scored === null) return null;
    return {
      pairs: scored.pairs,
      logits: scored.logits.partScore(rule, significant),
      answers: scored.answers.partScore(rule, significant),
    };
  };
  const results = tried.map((one) =>
    basisResult(
      one,
      significant ? tried[0] : null,
      roles?.train ?? null,
      level,
      modulus,
      tried.length,
    ),
  );
  const heldOut = part(roles?.heldOut);
  const inWeights = weights.evidence(rule);
  const map = mapOf(evidence, rule, level, allShifts);
  return {
    map,
    basis,
    result: {
      modulus,
      pairs: basis.group.order ** 2,
      basis: basis.name,
      level,
      rulesScanned: tried.reduce((sum, one) => sum + one.evidence.weights.rules, 0),
      bases: results,
      partial: results.some(
        ({ verdict, agreement }) => verdict === 'also' && agreement?.offRule != null,
      ),
      rule: significant ? best : null,
      significant,
      evidence: {
        weights: { ...inWeights, T: inWeights.statistic },
        logits: outputs?.logits.evidence(rule) ?? null,
        answers: outputs?.answers.evidence(rule) ?? null,
        interaction: outputs?.interaction.evidence(rule) ?? null,
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

/** A rule that may be the one, with the smallest p over the kinds of evidence, corrected. */
interface Candidate {
  readonly evidence: BasisEvidence;
  readonly rule: Rule;
  readonly log10PValue: number;
  /** p before it is cut off at 1, which tells candidates apart where none is significant. */
  readonly log10Uncut: number;
  readonly support: number;
}

/** The best rule of a basis: the highest of each class of rules by each kind of evidence, compared. */
function bestOf(evidence: BasisEvidence, level: number): Candidate {
  return evidence.deciding
    .flatMap((calibration) => calibration.candidates())
    .map((rule): Candidate => {
      const scores = evidence.deciding.map((calibration) => calibration.tail(rule));
      const log10Uncut = Math.min(...scores);
      const log10PValue = Math.min(0, log10Uncut);
      return { evidence, rule, log10PValue, log10Uncut, support: evidence.support(rule) };
    })
    .sort((x, y) => compare(x, y, level))[0];
}

/** Significant ones first, by their support; then by p. */
function compare(x: Candidate, y: Candidate, level: number): number {
  const isSignificant = ({ log10PValue }: Candidate) => log10PValue <= Math.log10(level);
  if (isSignificant(x) && isSignificant(y)) return y.support - x.support;
  return x.log10Uncut - y.log10Uncut;
}

/** What the scan says of one basis, beside the rule that it names, if it names one. */
function basisResult(
  { evidence, rule, log10PValue }: Candidate,
  named: Candidate | null,
  train: LabelledPairs | null,
  level: number,
  modulus: number,
  bases: number,
): BasisResult {
  const { basis, weights } = evidence;
  const agreement =
    named === null || evidence === named.evidence
      ? null
      : ruleAgreementOf(
          ruleTable(named.rule, modulus, named.evidence.basis),
          ruleTable(rule, modulus, basis),
          train,
          modulus,
          Math.log10(weights.rules * bases),
        );
  const verdict = () => {
    if (log10PValue > Math.log10(level)) return 'none';
    if (agreement === null) return 'named';
    const { z, offRule } = agreement;
    const isLeakage = offRule === null ? z > leakageZ : offRule.log10PValue > Math.log10(level);
    return isLeakage ? 'leakage' : 'also';
  };
  return {
    basis: basis.name,
    best: { ...rule, text: ruleText(rule, basis) },
    T: weights.evidence(rule).statistic,
    log10PValue,
    verdict: verdict(),
    agreement,
  };
}

function mapOf(
  { basis, triads, weights }: BasisEvidence,
  rule: Rule,
  level: number,
  allShifts: boolean,
): ScanMap {
  const { order } = basis.group;
  const rows = multipliersOf(basis.group).length ** 2;
  const T = new Float32Array(rows);
  const shift = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const index = bestShift(triads, row, allShifts ? order : 1);
    T[row] = triads.values[index];
    shift[row] = index % order;
  }
  return { basis, T, shift, threshold: weights.threshold(rule, level) };
}

function nextBest({ basis, T, shift }: ScanMap, best: Rule): ScanResult['runnersUp'] {
  const { group } = basis;
  return Array.from(T, (value, row) => ({ value, row }))
    .sort((x, y) => y.value - x.value)
    .map(({ value, row }) => ({ ...ruleAt(row * group.order + shift[row], group), T: value }))
    .filter(({ k1, k2 }) => k1 !== best.k1 || k2 !== best.k2)
    .slice(0, runnersUp);
}

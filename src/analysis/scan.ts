import type { Activation, Network } from '../model/network.ts';
import { type Basis, cyclicBasis } from '../task/basis.ts';
import type { Pairs, Roles } from '../task/dataset.ts';
import { bestShift } from './calibration.ts';
import { carried } from './carried.ts';
import type { AnalysisCompute } from './compute.ts';
import { noAnswer } from './frame.ts';
import type { BasisResult, PartEvidence, Rule, ScanResult } from './results.ts';
import { ruleTable, ruleText } from './rule.ts';
import { multipliersOf, ruleAt } from './rule-scores.ts';
import { type BasisEvidence, evidenceIn } from './scan-basis.ts';

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
/** z of the agreement of two rules from which one counts as the other's leakage. */
const leakageZ = 5;

/**
 * Which rule of a group does a network hold, if any? By default c = k1·a + k2·b + shift (mod P), k1, k2 ≠ 0.
 *
 * Compares all rules of all `bases` by up to three kinds of evidence: triads in the weights, logits, answers
 * (the latter two where the activation is known). The best rule has the smallest p over kinds and bases; its
 * p is corrected for all rules of its basis, for the kinds used and for the bases tried. A rule of one group
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
  const tried = bases
    .map((basis) =>
      bestOf(evidenceIn(basis, network, activation, compute, { allShifts, bases: bases.length })),
    )
    .sort((x, y) => x.log10Tail - y.log10Tail);
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
  const heldOut = part(roles?.heldOut);
  const inWeights = weights.evidence(rule);
  const map = mapOf(evidence, rule, level, allShifts);
  return {
    map,
    basis,
    result: {
      modulus,
      basis: basis.name,
      level,
      rulesScanned: tried.reduce((sum, one) => sum + one.evidence.weights.rules, 0),
      bases: tried.map((one) => basisResult(one, tried[0], significant, level, modulus)),
      rule: significant ? best : null,
      significant,
      evidence: {
        weights: { ...inWeights, T: inWeights.statistic },
        logits: outputs?.logits.evidence(rule) ?? null,
        answers: outputs?.answers.evidence(rule) ?? null,
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

/** The best rule of a basis over all kinds of evidence. */
interface Tried {
  readonly evidence: BasisEvidence;
  readonly rule: Rule;
  /** Before and after the correction for rules, kinds and bases. */
  readonly log10Tail: number;
  readonly log10PValue: number;
}

function bestOf(evidence: BasisEvidence): Tried {
  const found = evidence.deciding
    .map((calibration) => ({ calibration, ...calibration.best() }))
    .reduce((best, other) => (other.log10Tail < best.log10Tail ? other : best));
  const { log10PValue } = found.evidence;
  // Bases have different numbers of rules, so they are compared after their correction.
  return {
    evidence,
    rule: found.rule,
    log10Tail: found.log10Tail + found.calibration.correction,
    log10PValue,
  };
}

function basisResult(
  { evidence, rule, log10PValue }: Tried,
  named: Tried,
  isNamed: boolean,
  level: number,
  modulus: number,
): BasisResult {
  const { basis, weights } = evidence;
  const isFirst = evidence === named.evidence;
  const agreement =
    isFirst || !isNamed
      ? null
      : agreementOf(
          ruleTable(rule, modulus, basis),
          ruleTable(named.rule, modulus, named.evidence.basis),
          modulus,
        );
  const verdict = () => {
    if (log10PValue > Math.log10(level)) return 'none';
    if (agreement === null) return 'named';
    return agreement.z > leakageZ ? 'leakage' : 'also';
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

/** How often two tables agree where both speak, beside what independent ones of P classes would. */
function agreementOf(first: Uint16Array, second: Uint16Array, modulus: number) {
  let common = 0;
  let pairs = 0;
  for (let pair = 0; pair < first.length; pair++) {
    if (first[pair] === noAnswer || second[pair] === noAnswer) continue;
    common++;
    if (first[pair] === second[pair]) pairs++;
  }
  const expected = common / modulus;
  const spread = Math.sqrt(expected * (1 - 1 / modulus));
  return { pairs, expected, z: spread > 0 ? (pairs - expected) / spread : 0 };
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

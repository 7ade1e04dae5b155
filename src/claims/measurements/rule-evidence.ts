import { calibrate } from '../../analysis/calibration.ts';
import {
  answerScores,
  type Carried,
  carried,
  logitScores,
  maskOf,
  type PairMask,
  type PartEvidence,
  type PartScore,
  type Rule,
  standardisedLogits,
} from '../../analysis/index.ts';
import { chanceCounts, roundingOf } from '../../analysis/null-shapes.ts';
import { triadScores } from '../../analysis/triads.ts';
import type { Pairs } from '../../task/dataset.ts';
import { withoutAdditivePart } from './additive-part.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';

/**
 * Evidence for the TASK'S OWN rule: fixed beforehand, so no p is corrected for a choice among rules, as
 * it must be for the best of a scan.
 */
export interface RuleEvidenceMeasurement {
  /** T, over weights alone. */
  readonly weights: PartScore;
  readonly all: PartEvidence;
  readonly cleanTrain: PartEvidence | null;
  readonly noisyTrain: PartEvidence | null;
  readonly heldOut: PartEvidence | null;
  /** Held-out logits without what an additive function could say of them (`additive-part.ts`). */
  readonly heldOutInteraction: PartScore | null;
  /** Whether the network carries the rule to held-out pairs, at `level`. */
  readonly carried: Carried | null;
}

const level = 0.01;
/** Logits and answers. */
const kinds = 2;

/** Evidence in weights, logits and answers on all pairs and on each part; coherence as in `scan`. */
export function measureRuleEvidence({
  network,
  settings,
  roles,
  backend,
}: Subject): RuleEvidenceMeasurement {
  const { modulus } = network;
  const rule: Rule = { ...joinedRule(settings), shift: 0 };
  const logits = standardisedLogits(network, settings.activation, backend);
  const answers = backend.answers(network, settings.activation);
  const inLogits = (values: Float32Array, mask: PairMask) => {
    const scores = logitScores(values, modulus, mask, backend);
    return calibrate(scores, kinds, roundingOf(scores), true).partScore(rule, true);
  };
  const on = (mask: PairMask, pairs: number): PartEvidence => {
    const counts = answerScores(answers, modulus, mask, backend);
    return {
      pairs,
      logits: inLogits(logits, mask),
      answers: calibrate(counts, kinds, chanceCounts(pairs, modulus), true).partScore(rule, true),
    };
  };
  const part = (pairs: Pairs | null) =>
    pairs === null ? null : on(maskOf(pairs.pair, modulus), pairs.pair.length);
  const triads = triadScores(network, backend);
  const heldOut = part(roles.heldOut);
  return {
    weights: calibrate(triads, 1, { spread: 1, skewness: 0 }, true).partScore(rule, true),
    all: on(null, modulus ** 2),
    cleanTrain: part(roles.cleanTrain),
    noisyTrain: part(roles.noisyTrain),
    heldOut,
    heldOutInteraction:
      roles.heldOut === null
        ? null
        : inLogits(
            withoutAdditivePart(logits, modulus, roles.heldOut.pair),
            maskOf(roles.heldOut.pair, modulus),
          ),
    carried: heldOut === null ? null : carried(heldOut, level),
  };
}

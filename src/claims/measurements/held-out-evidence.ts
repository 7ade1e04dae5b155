import { calibrate } from '../../analysis/calibration.ts';
import {
  answerScores,
  logitScores,
  maskOf,
  type PartEvidence,
  type PartScore,
  type Rule,
  standardisedLogits,
} from '../../analysis/index.ts';
import { chanceCounts, roundingOf } from '../../analysis/null-shapes.ts';
import { withoutAdditivePart } from './additive-part.ts';
import { type BestRule, combinedEvidence, measureScanEvidence, taskRule } from './scan-evidence.ts';
import type { Subject } from './subject.ts';

/** Evidence on the pairs that were not trained on. */
export interface HeldOutEvidenceMeasurement {
  /** For the task's own rule, which was fixed beforehand; p corrected for logits and answers. */
  readonly task: PartEvidence;
  /** For the best rule of a scan, p likewise: as if that rule had been named by others. */
  readonly scanned: PartEvidence;
  /** For the task's rule in the logits without their additive part; p of that alone. */
  readonly interaction: PartScore;
  /** That best rule by the kinds of a scan together; p is corrected for all rules besides where it names none. */
  readonly scan: BestRule;
  /** Number of rules scanned. */
  readonly rules: number;
}

/** Logits and answers. */
const kinds = 2;

/** @throws RangeError where all pairs were trained on. */
export function measureHeldOutEvidence(subject: Subject): HeldOutEvidenceMeasurement {
  const { network, settings, roles, backend } = subject;
  const { modulus } = network;
  if (roles.heldOut === null) throw new RangeError('no pair was held out');
  const { pair } = roles.heldOut;
  const mask = maskOf(pair, modulus);
  const logits = standardisedLogits(network, settings.activation, backend);
  const inLogits = (table: Float32Array, corrected: number) => {
    const scores = logitScores(table, modulus, mask, backend);
    return calibrate(scores, corrected, roundingOf(scores), true);
  };
  const counts = answerScores(
    backend.answers(network, settings.activation),
    modulus,
    mask,
    backend,
  );
  const byLogits = inLogits(logits, kinds);
  const byAnswers = calibrate(counts, kinds, chanceCounts(pair.length, modulus), true);
  const at = (rule: Rule): PartEvidence => ({
    pairs: pair.length,
    logits: byLogits.partScore(rule, true),
    answers: byAnswers.partScore(rule, true),
  });
  const found = measureScanEvidence(subject);
  const scan = combinedEvidence(found);
  const task = taskRule(settings);
  return {
    task: at(task),
    scanned: at(scan.rule),
    interaction: inLogits(withoutAdditivePart(logits, modulus, pair), 1).partScore(task, true),
    scan,
    rules: found.rules,
  };
}

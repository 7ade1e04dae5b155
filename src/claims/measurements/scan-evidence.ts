import { calibrate } from '../../analysis/calibration.ts';
import {
  answerScores,
  type Calibration,
  interactionAnswers,
  logitScores,
  type NullShape,
  type Rule,
  type RuleScores,
  standardisedLogits,
} from '../../analysis/index.ts';
import { chanceCounts, roundingOf } from '../../analysis/null-shapes.ts';
import { triadScores } from '../../analysis/triads.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';

/** The best of all rules by one kind of evidence. */
export interface BestRule {
  readonly rule: Rule;
  /** Whether it is the task's own. */
  readonly isTask: boolean;
  readonly z: number;
  /** z of the task's own rule, found or not. */
  readonly taskZ: number;
  /**
   * log10 of p corrected for all rules, but NOT for several kinds of evidence, and not capped: it is above 0
   * where p, an expected number, is above 1.
   */
  readonly log10PValue: number;
}

/** Without the answers beneath what an additive function says (`interactionAnswers`). */
export const plainKinds = ['weights', 'logits', 'answers'] as const;
/** The kinds that `scan` combines. */
export const evidenceKinds = [...plainKinds, 'interaction'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** What each kind of evidence says alone. */
export interface ScanEvidenceMeasurement extends Record<EvidenceKind, BestRule> {
  readonly rules: number;
}

/** Scores of all rules on all pairs, for each kind, as `scan` has them. */
export function scoresOf({
  network,
  settings: { activation },
  backend,
}: Pick<Subject, 'network' | 'settings' | 'backend'>): Record<EvidenceKind, RuleScores> {
  const { modulus } = network;
  return {
    weights: triadScores(network, backend),
    logits: logitScores(standardisedLogits(network, activation, backend), modulus, null, backend),
    answers: answerScores(backend.answers(network, activation), modulus, null, backend),
    interaction: answerScores(
      interactionAnswers(network, activation, backend),
      modulus,
      null,
      backend,
    ),
  };
}

/** The best rule by each kind of evidence over all rules and shifts, calibrated as in `scan`. */
export function measureScanEvidence(
  subject: Pick<Subject, 'network' | 'settings' | 'backend'>,
): ScanEvidenceMeasurement {
  const { modulus } = subject.network;
  const scores = scoresOf(subject);
  const task = taskRule(subject.settings);
  const chance = chanceCounts(modulus ** 2, modulus);
  const best = (kind: EvidenceKind, least: NullShape) =>
    bestOf(calibrate(scores[kind], 1, least, true), task);
  return {
    rules: (modulus - 1) ** 2 * modulus,
    weights: best('weights', { spread: 1, skewness: 0 }),
    logits: best('logits', roundingOf(scores.logits)),
    answers: best('answers', chance),
    interaction: best('interaction', chance),
  };
}

/** Several kinds together: the smallest p, times their number. All four give what `scan` says. */
export function combinedEvidence(
  found: ScanEvidenceMeasurement,
  kinds: readonly EvidenceKind[] = evidenceKinds,
): BestRule {
  const best = kinds
    .map((kind) => found[kind])
    .reduce((x, y) => (y.log10PValue < x.log10PValue ? y : x));
  return { ...best, log10PValue: best.log10PValue + Math.log10(kinds.length) };
}

export function taskRule(settings: Subject['settings']): Rule {
  return { ...joinedRule(settings), shift: 0 };
}

export function bestOf(calibration: Calibration, task: Rule): BestRule {
  const { rule, evidence, log10Tail } = calibration.best();
  return {
    rule,
    isTask: rule.k1 === task.k1 && rule.k2 === task.k2 && rule.shift === task.shift,
    z: evidence.z,
    taskZ: calibration.evidence(task).z,
    log10PValue: log10Tail + Math.log10(calibration.rules),
  };
}

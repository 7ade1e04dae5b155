/** `train --track`: which rule is followed through a training, by what function, and how its end is told. */
import { evidenceTracker, type TrackedRule, trackedRule } from '../analysis/index.ts';
import type { Backend } from '../compute/index.ts';
import type { RunConfig } from '../format/index.ts';
import type { RuleEvidence } from '../model/rule-evidence.ts';
import { type Dataset, rolesOf } from '../task/dataset.ts';
import { operationOf } from '../train/prepare.ts';
import type { Tracker } from '../train/trainer.ts';
import { table } from './terminal.ts';

/** The rule that a run with this configuration follows; null where it tracks nothing. */
export function followedRule({ settings, track }: RunConfig, dataset: Dataset): TrackedRule | null {
  if (track === undefined) return null;
  return trackedRule(operationOf(settings), rolesOf(dataset), settings.modulus);
}

/** What measures the evidence for that rule; undefined where there is none to follow. */
export function trackerOf(
  followed: TrackedRule | null,
  { settings }: RunConfig,
  dataset: Dataset,
  compute: Backend,
): Tracker | undefined {
  if (followed === null || followed.rule === null) return undefined;
  const { modulus, activation, seed } = settings;
  const { heldOut } = rolesOf(dataset);
  return evidenceTracker({ rule: followed.rule, modulus, activation, heldOut, seed, compute });
}

/** The evidence at the end of a training, as a table; or why there is none. */
export function trackingText(followed: TrackedRule, evidence: RuleEvidence | undefined): string {
  if (followed.rule === null) return `No evidence was tracked: ${followed.reason}.`;
  if (evidence === undefined) return 'No evidence was tracked.';
  const cell = (value: number | null) => (value === null ? '–' : value.toFixed(1));
  const { T, triadEnergy, weights, logits, answers, heldOutLogits, heldOutAnswers } = evidence;
  const origin = followed.source === 'labels' ? ', the rule of most training labels' : '';
  return [
    `Evidence for ${followed.text}${origin}: T = ${cell(T)}, triad energy ${triadEnergy === null ? '–' : triadEnergy.toFixed(2)}`,
    table([
      ['z, against other rules', 'weights', 'logits', 'answers'],
      ['all pairs', cell(weights), cell(logits), cell(answers)],
      ['pairs never seen', '', cell(heldOutLogits), cell(heldOutAnswers)],
    ]),
  ].join('\n');
}

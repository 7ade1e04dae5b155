import type { RuleEvidence } from '../model/rule-evidence.ts';
import type { Accuracies } from '../task/dataset.ts';

/** What is measured at one step of a training: `loss` is the mean training loss, NaN where not known. */
export interface MetricsRow extends Accuracies {
  readonly step: number;
  readonly loss: number;
  /** Only in a training that tracks it. */
  readonly evidence?: RuleEvidence;
}

import { labelBaseline, ruleTable, ruleText } from '../../analysis/index.ts';
import { type Accuracies, accuracies } from '../../task/dataset.ts';
import type { Subject } from './subject.ts';

export interface LabelBaselineMeasurement {
  /** The rule that most training labels obey, and its T_data; null without training rows. */
  readonly rule: string | null;
  readonly T: number | null;
  /** Of that rule written out. */
  readonly scores: Accuracies | null;
}

/** What the training labels say without any network. */
export function measureLabelBaseline({
  settings,
  roles,
}: Pick<Subject, 'settings' | 'roles'>): LabelBaselineMeasurement {
  if (roles.train === null) return { rule: null, T: null, scores: null };
  const { modulus } = settings;
  const { rule, T } = labelBaseline(roles.train, modulus);
  return {
    rule: ruleText(rule, modulus),
    T,
    scores: accuracies(ruleTable(rule, modulus), roles),
  };
}

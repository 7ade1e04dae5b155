import type { MethodName } from '../analysis/results.ts';

/** What people read for a method, in the terminal and on the page. */
export const methodTitles: Readonly<Record<MethodName, string>> = {
  raw: 'Whole network',
  'frequency-filtration': 'Frequency filtration (G)',
  'frequency-filtration-quadratic': 'Frequency filtration with x²',
  'frequency-filtration-residual': 'What filtration drops (R)',
  'triad-filtration': 'Triad filtration',
  'triad-filtration-quadratic': 'Triad filtration with x²',
  'ipr-partition': 'Top neurons by IPR',
  'strength-partition': 'Top neurons by strength',
  'activation-quadratic': 'Activation → x²',
  'activation-reverse-relu': 'Activation → reverse ReLU',
  'identified-rule': 'Rule identified by the scan',
  'label-baseline': 'Rule counted in the labels',
};

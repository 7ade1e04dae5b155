import { answersOfLogits, standardisedLogits } from '../../analysis/index.ts';
import { accuracy } from '../../task/dataset.ts';
import { withoutAdditivePart } from './additive-part.ts';
import type { Subject } from './subject.ts';

/** Test accuracy, 0…1; null without test pairs. */
export interface InteractionMeasurement {
  /** By the largest logit. */
  readonly whole: number | null;
  /**
   * By the largest logit once the best additive fit g_c(a) + h_c(b) over all held-out pairs is taken away
   * (`additive-part.ts`): uses no label, no rule and no order of the tokens, only which pairs were held out.
   */
  readonly interaction: number | null;
}

export function measureInteraction({
  network,
  settings,
  roles,
  backend,
}: Pick<Subject, 'network' | 'settings' | 'roles' | 'backend'>): InteractionMeasurement {
  const { modulus } = network;
  const { test, heldOut } = roles;
  if (test === null || heldOut === null) return { whole: null, interaction: null };
  const logits = standardisedLogits(network, settings.activation, backend);
  const beneath = withoutAdditivePart(logits, modulus, heldOut.pair);
  return {
    whole: accuracy(answersOfLogits(logits, modulus), test),
    interaction: accuracy(answersOfLogits(beneath, modulus), test),
  };
}

import { standardisedLogits } from '../../analysis/index.ts';
import type { LabelledPairs } from '../../task/dataset.ts';
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
  return {
    whole: rightShare(logits, test, modulus),
    interaction: rightShare(withoutAdditivePart(logits, modulus, heldOut.pair), test, modulus),
  };
}

function rightShare(logits: Float32Array, { pair, label }: LabelledPairs, modulus: number): number {
  let right = 0;
  for (let row = 0; row < pair.length; row++) {
    const values = logits.subarray(pair[row] * modulus, (pair[row] + 1) * modulus);
    let best = 0;
    for (let c = 1; c < modulus; c++) if (values[c] > values[best]) best = c;
    if (best === label[row]) right++;
  }
  return right / pair.length;
}

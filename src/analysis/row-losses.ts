import { type Loss, lossAndLogitGradient } from '../model/loss.ts';
import type { LabelledRows } from '../task/label-collisions.ts';

/**
 * Each row's loss, from the logits of all pairs ([P², P], pair a·P + b, as a backend gives them): [n].
 * Finite wherever the logits are, however large.
 * @throws RangeError for logits of another size.
 */
export function rowLosses(logits: Float32Array, rows: LabelledRows, loss: Loss): Float64Array {
  const { modulus, a, b, label } = rows;
  if (logits.length !== modulus ** 3) {
    throw new RangeError(
      `${logits.length} logits; expected ${modulus ** 3}, ${modulus} for each of ${modulus}² pairs`,
    );
  }
  const z = new Float64Array(modulus);
  return Float64Array.from(label, (c, row) => {
    const offset = (a[row] * modulus + b[row]) * modulus;
    z.set(logits.subarray(offset, offset + modulus));
    return lossAndLogitGradient(loss, z, c);
  });
}

import type { Backend, TrainingProblem } from '../compute/port.ts';
import { lossAndLogitGradient } from '../model/loss.ts';
import type { Network } from '../model/network.ts';

/** Mean loss of a network over a problem's rows, from its logits. */
export function meanLoss(
  backend: Backend,
  network: Network,
  { activation, loss, rows }: TrainingProblem,
): number {
  const { modulus } = network;
  const rowsOfA = new Map<number, number[]>();
  for (let row = 0; row < rows.a.length; row++) {
    const list = rowsOfA.get(rows.a[row]);
    if (list === undefined) rowsOfA.set(rows.a[row], [row]);
    else list.push(row);
  }
  const z = new Float64Array(modulus);
  let total = 0;
  for (const [a, list] of rowsOfA) {
    const logits = backend.logits(network, activation, a, 1);
    for (const row of list) {
      z.set(logits.subarray(rows.b[row] * modulus, (rows.b[row] + 1) * modulus));
      total += lossAndLogitGradient(loss, z, rows.label[row]);
    }
  }
  return total / rows.a.length;
}

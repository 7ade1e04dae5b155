import type { Backend, TrainingProblem } from '../compute/port.ts';
import type { Network } from '../model/network.ts';

/** Mean loss of a network over a problem's rows, from its logits; the formulas are the backends'. */
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
  let total = 0;
  for (const [a, list] of rowsOfA) {
    const logits = backend.logits(network, activation, a, 1);
    for (const row of list) {
      const z = logits.subarray(rows.b[row] * modulus, (rows.b[row] + 1) * modulus);
      total += loss === 'mse' ? squaredError(z, rows.label[row]) : crossEntropy(z, rows.label[row]);
    }
  }
  return total / rows.a.length;
}

function crossEntropy(z: Float32Array, label: number): number {
  let largest = z[0];
  for (const value of z) if (value > largest) largest = value;
  let sum = 0;
  for (const value of z) sum += Math.exp(value - largest);
  return Math.log(sum) + largest - z[label];
}

function squaredError(z: Float32Array, label: number): number {
  let sum = 0;
  z.forEach((value, p) => {
    sum += (value - (p === label ? 1 : 0)) ** 2;
  });
  return sum / z.length;
}

import { activationFunctions } from '../../model/activation.ts';
import { type Loss, lossAndLogitGradient } from '../../model/loss.ts';
import type { Activation } from '../../model/network.ts';
import type { TrainingRows } from '../port.ts';
import { type DoubleNetwork, forwardPair } from './forward.ts';

/** Gradient of the mean loss, shapes as the weights'. Of a tied network U and V are one array: their sum. */
export interface Gradient {
  readonly U: Float64Array;
  readonly V: Float64Array;
  readonly W: Float64Array;
  readonly mu: Float64Array;
  readonly hiddenBias: Float64Array | null;
}

/**
 * Mean loss over the rows, or those of them that `batch` lists, and its gradient (written over `gradient`).
 *
 * The losses of a row are in `model/loss.ts`.
 */
export function lossAndGradient(
  network: DoubleNetwork,
  activation: Activation,
  loss: Loss,
  rows: TrainingRows,
  gradient: Gradient,
  batch: Uint32Array | null = null,
): number {
  const { modulus, width, W } = network;
  const { derivative } = activationFunctions[activation];
  const n = batch === null ? rows.a.length : batch.length;
  for (const part of [gradient.U, gradient.V, gradient.W, gradient.mu, gradient.hiddenBias]) {
    part?.fill(0);
  }
  const preActivation = new Float64Array(width);
  const hidden = new Float64Array(width);
  const hiddenGradient = new Float64Array(width);
  const z = new Float64Array(modulus);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = batch === null ? i : batch[i];
    const a = rows.a[row];
    const b = rows.b[row];
    forwardPair(network, activation, a, b, preActivation, hidden, z);
    total += lossAndLogitGradient(loss, z, rows.label[row]);
    hiddenGradient.fill(0);
    for (let p = 0; p < modulus; p++) {
      const dz = z[p] / n;
      gradient.mu[p] += dz;
      const offset = p * width;
      for (let m = 0; m < width; m++) {
        hiddenGradient[m] += W[offset + m] * dz;
        gradient.W[offset + m] += hidden[m] * dz;
      }
    }
    for (let m = 0; m < width; m++) {
      const dx = hiddenGradient[m] * derivative(preActivation[m]);
      gradient.U[m * modulus + a] += dx;
      gradient.V[m * modulus + b] += dx;
      if (gradient.hiddenBias !== null) gradient.hiddenBias[m] += dx;
    }
  }
  return total / n;
}

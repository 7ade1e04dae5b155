/** The losses of one training row, from its logits. */
export type Loss = 'cross-entropy' | 'mse';

/**
 * Loss of a row with logits z [P] and this label; overwrites z with ∂loss/∂z.
 *
 * cross-entropy: −log softmax(z)[label], with the largest logit taken out first so that nothing
 * overflows; ∂/∂z = softmax(z) − onehot.
 * mse: mean over classes of (z − onehot)², as PyTorch's MSELoss; ∂/∂z = 2(z − onehot)/P.
 */
export function lossAndLogitGradient(loss: Loss, z: Float64Array, label: number): number {
  return loss === 'mse' ? squaredError(z, label) : crossEntropy(z, label);
}

function crossEntropy(z: Float64Array, label: number): number {
  const largest = z.reduce((x, y) => Math.max(x, y));
  const labelLogit = z[label];
  let sum = 0;
  for (let p = 0; p < z.length; p++) {
    z[p] = Math.exp(z[p] - largest);
    sum += z[p];
  }
  for (let p = 0; p < z.length; p++) z[p] /= sum;
  z[label] -= 1;
  return Math.log(sum) + largest - labelLogit;
}

function squaredError(z: Float64Array, label: number): number {
  z[label] -= 1;
  let sum = 0;
  for (let p = 0; p < z.length; p++) {
    sum += z[p] * z[p];
    z[p] *= 2 / z.length;
  }
  return sum / z.length;
}

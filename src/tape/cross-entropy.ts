import { naturalLogarithm } from '../model/gaussian.ts';
import { exponential } from './special-functions.ts';
import type { Tape } from './tape.ts';
import { accumulate, checkIndices, matrixShape, ShapeError, type Tensor } from './tensor.ts';

/**
 * Mean over rows of −log softmax(z)[label], logits z [n, classes] → a single number. The gradient is
 * (softmax(z) − onehot)/n.
 *
 * Throws ShapeError unless there is one label a row, RangeError for a label that is no class.
 */
export function crossEntropy(tape: Tape, logits: Tensor, labels: ArrayLike<number>): Tensor {
  const [n, classes] = matrixShape('crossEntropy', 'the logits', logits);
  if (labels.length !== n || n === 0) {
    throw new ShapeError(
      `crossEntropy: ${labels.length} labels for ${n} rows of logits, expected as many and at least one`,
    );
  }
  checkIndices('crossEntropy: label', labels, classes);
  const z = logits.data;
  const slope = new Float32Array(z.length);
  let total = 0;
  for (let row = 0; row < n; row++) {
    const label = labels[row];
    const start = row * classes;
    let largest = z[start];
    for (let c = 1; c < classes; c++) if (z[start + c] > largest) largest = z[start + c];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const share = exponential(z[start + c] - largest);
      slope[start + c] = share;
      sum += share;
    }
    const factor = 1 / (n * sum);
    for (let c = 0; c < classes; c++) slope[start + c] *= factor;
    slope[start + label] -= 1 / n;
    total += logarithm(sum) + largest - z[start + label];
  }
  return tape.result('crossEntropy', Float32Array.of(total / n), [], [logits], ([upstream]) => {
    for (let i = 0; i < slope.length; i++) slope[i] *= upstream;
    accumulate(logits, slope);
  });
}

/** A sum that isn't finite comes from logits that aren't, and the loss has to show it. */
function logarithm(sum: number): number {
  return Number.isFinite(sum) ? naturalLogarithm(sum) : Number.NaN;
}

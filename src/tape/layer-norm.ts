import type { Tape } from './tape.ts';
import { accumulate, matrixShape, ShapeError, shapeText, type Tensor } from './tensor.ts';

/**
 * Layer normalisation of every row of x [n, width] (Ba et al. 2016, as PyTorch's LayerNorm):
 * y = gain ∘ x̂ + bias, x̂ = (x − mean)/√(variance + ε), the variance over width and not width − 1.
 * With g = gain ∘ ∂y: ∂x = (g − mean g − x̂ · mean(g ∘ x̂))/√(variance + ε).
 *
 * Throws ShapeError unless gain and bias are [width].
 */
export function layerNorm(
  tape: Tape,
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  epsilon = 1e-5,
): Tensor {
  const [n, width] = matrixShape('layerNorm', 'x', x);
  for (const [name, { shape }] of Object.entries({ gain, bias })) {
    if (shape.length !== 1 || shape[0] !== width) {
      throw new ShapeError(`layerNorm: ${name} is ${shapeText(shape)}, expected [${width}]`);
    }
  }
  const normalised = tape.allocate(n * width, [x, gain, bias]);
  const inverseDeviation = new Float64Array(n);
  const output = tape.allocate(n * width, [x, gain, bias]);
  for (let row = 0; row < n; row++) {
    const start = row * width;
    let mean = 0;
    for (let i = 0; i < width; i++) mean += x.data[start + i];
    mean /= width;
    let variance = 0;
    for (let i = 0; i < width; i++) variance += (x.data[start + i] - mean) ** 2;
    inverseDeviation[row] = 1 / Math.sqrt(variance / width + epsilon);
    for (let i = 0; i < width; i++) {
      normalised[start + i] = (x.data[start + i] - mean) * inverseDeviation[row];
      output[start + i] = normalised[start + i] * gain.data[i] + bias.data[i];
    }
  }
  return tape.result('layerNorm', output, x.shape, [x, gain, bias], (gradient) => {
    const gainSum = new Float64Array(width);
    const biasSum = new Float64Array(width);
    for (let row = 0; row < n; row++) {
      const start = row * width;
      let mean = 0;
      let projection = 0;
      for (let i = 0; i < width; i++) {
        const slope = gradient[start + i];
        gainSum[i] += slope * normalised[start + i];
        biasSum[i] += slope;
        mean += slope * gain.data[i];
        projection += slope * gain.data[i] * normalised[start + i];
      }
      mean /= width;
      projection /= width;
      for (let i = 0; i < width; i++) {
        const g = gradient[start + i] * gain.data[i];
        gradient[start + i] =
          (g - mean - normalised[start + i] * projection) * inverseDeviation[row];
      }
    }
    accumulate(gain, new Float32Array(gainSum));
    accumulate(bias, new Float32Array(biasSum));
    accumulate(x, gradient);
  });
}

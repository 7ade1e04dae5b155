/** Operations that treat every element alike, and the addition of a bias row. */
import { erf, exponential } from './special-functions.ts';
import type { Tape } from './tape.ts';
import { accumulate, ShapeError, shapeText, type Tensor } from './tensor.ts';

/**
 * x + y for equal shapes, or x [..., n] + y [n]: y is added to every row (a bias), and its gradient is the
 * sum over rows. Throws ShapeError for other shapes.
 */
export function add(tape: Tape, x: Tensor, y: Tensor): Tensor {
  if (isSameShape(x, y)) return addEqual(tape, x, y);
  if (y.shape.length === 1 && y.shape[0] === x.shape.at(-1)) return addRow(tape, x, y);
  throw new ShapeError(
    `add: x is ${shapeText(x.shape)} and y is ${shapeText(y.shape)}, expected equal shapes or y a row of x`,
  );
}

function addEqual(tape: Tape, x: Tensor, y: Tensor): Tensor {
  const [left, right] = [x.data, y.data];
  const sum = tape.allocate(left.length, [x, y]);
  for (let i = 0; i < sum.length; i++) sum[i] = left[i] + right[i];
  return tape.result('add', sum, x.shape, [x, y], (gradient) => {
    if (y.isDifferentiable) accumulate(y, gradient.slice());
    accumulate(x, gradient);
  });
}

function addRow(tape: Tape, x: Tensor, row: Tensor): Tensor {
  const columns = row.data.length;
  const [values, bias] = [x.data, row.data];
  const sum = tape.allocate(values.length, [x, row]);
  for (let start = 0; start < sum.length; start += columns) {
    for (let i = 0; i < columns; i++) sum[start + i] = values[start + i] + bias[i];
  }
  return tape.result('add', sum, x.shape, [x, row], (gradient) => {
    if (row.isDifferentiable) accumulate(row, sumOfRows(gradient, columns));
    accumulate(x, gradient);
  });
}

/** Sums over rows, accumulated in double precision: [rows, columns] → [columns]. */
function sumOfRows(matrix: Float32Array, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  for (let start = 0; start < matrix.length; start += columns) {
    for (let column = 0; column < columns; column++) sums[column] += matrix[start + column];
  }
  return new Float32Array(sums);
}

/** x ∘ y, element by element. Throws ShapeError unless the shapes are equal. */
export function elementwiseProduct(tape: Tape, x: Tensor, y: Tensor): Tensor {
  if (!isSameShape(x, y)) {
    throw new ShapeError(
      `elementwiseProduct: x is ${shapeText(x.shape)} and y is ${shapeText(y.shape)}, expected equal shapes`,
    );
  }
  const product = tape.allocate(x.data.length, [x, y]);
  setProducts(product, x.data, y.data);
  return tape.result('elementwiseProduct', product, x.shape, [x, y], (gradient) => {
    if (y.isDifferentiable) {
      const slope = new Float32Array(gradient.length);
      setProducts(slope, gradient, x.data);
      accumulate(y, slope);
    }
    setProducts(gradient, gradient, y.data);
    accumulate(x, gradient);
  });
}

function setProducts(target: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = x[i] * y[i];
}

/** factor · x. */
export function scale(tape: Tape, x: Tensor, factor: number): Tensor {
  const input = x.data;
  const scaled = tape.allocate(input.length, [x]);
  for (let i = 0; i < scaled.length; i++) scaled[i] = factor * input[i];
  return tape.result('scale', scaled, x.shape, [x], (gradient) => {
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
    accumulate(x, gradient);
  });
}

/**
 * max(0, x); the derivative at the kink is 0, as in PyTorch. NaN stays NaN, so that a diverged training is
 * seen. Both loops are free of branches, which random signs would mispredict half of the time.
 */
export function relu(tape: Tape, x: Tensor): Tensor {
  const input = x.data;
  const output = tape.allocate(input.length, [x]);
  // Doubling and halving are exact.
  for (let i = 0; i < input.length; i++) output[i] = 0.5 * (input[i] + Math.abs(input[i]));
  return tape.result('relu', output, x.shape, [x], (gradient) => {
    const outputBits = int32View(output);
    const gradientBits = int32View(gradient);
    // As integers: 0 where the output is 0 and above 0 where it is positive; −bits >> 31 is a mask of that.
    for (let i = 0; i < gradientBits.length; i++) gradientBits[i] &= -outputBits[i] >> 31;
    accumulate(x, gradient);
  });
}

function int32View({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** The exact GELU x·Φ(x), Φ(x) = ½(1 + erf(x/√2)); its derivative is Φ(x) + x·e^(−x²/2)/√(2π). */
export function gelu(tape: Tape, x: Tensor): Tensor {
  const input = x.data;
  const output = tape.allocate(input.length, [x]);
  for (let i = 0; i < input.length; i++) output[i] = input[i] * normalCdf(input[i]);
  return tape.result('gelu', output, x.shape, [x], (gradient) => {
    for (let i = 0; i < gradient.length; i++) {
      const density = exponential(-0.5 * input[i] * input[i]) / Math.sqrt(2 * Math.PI);
      gradient[i] *= normalCdf(input[i]) + input[i] * density;
    }
    accumulate(x, gradient);
  });
}

function normalCdf(x: number): number {
  return 0.5 * (1 + erf(x / Math.SQRT2));
}

function isSameShape(x: Tensor, y: Tensor): boolean {
  return x.shape.length === y.shape.length && x.shape.every((size, i) => size === y.shape[i]);
}

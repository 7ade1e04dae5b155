/** Tensors of the tape: float32, row-major, with a place for the gradient of the loss. */

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Whether the loss is differentiated by it: parameters, and all that is computed from one. */
  readonly isDifferentiable: boolean;
  /**
   * ∂loss/∂data, in the same shape; null where none has arrived. A parameter keeps it after the backward
   * pass until an optimizer's step; what was computed in between gives it up during the pass.
   */
  gradient: Float32Array | null;
}

/** Shapes that don't go together; the message names the operation, the shapes and what was expected. */
export class ShapeError extends RangeError {
  override name = 'ShapeError';
}

/** A tensor that training moves. `data` is not copied. Throws ShapeError unless it fills the shape. */
export function parameter(data: Float32Array, shape: readonly number[]): Tensor {
  return tensor('parameter', data, shape, true);
}

/** A tensor that stays as it is: inputs, masks. Throws ShapeError unless `data` fills the shape. */
export function constant(data: Float32Array, shape: readonly number[]): Tensor {
  return tensor('constant', data, shape, false);
}

/** `what` names the tensor in errors. */
export function tensor(
  what: string,
  data: Float32Array,
  shape: readonly number[],
  isDifferentiable: boolean,
): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${what}: ${data.length} numbers don't fill the shape ${shapeText(shape)}, which holds ${sizeOf(shape)}`,
    );
  }
  return { shape, data, isDifferentiable, gradient: null };
}

/**
 * Adds to a tensor's gradient. The first one to come is taken over without a copy, so `gradient` has to be
 * an array that nobody else holds. Does nothing where no gradient is wanted.
 */
export function accumulate(target: Tensor, gradient: Float32Array): void {
  if (!target.isDifferentiable) return;
  const sum = target.gradient;
  if (sum === null) {
    target.gradient = gradient;
    return;
  }
  for (let i = 0; i < sum.length; i++) sum[i] += gradient[i];
}

/** Numbers that a shape holds; 1 for the shape [] of a single number. */
function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Rows and columns of a matrix. Throws ShapeError for any other number of dimensions. */
export function matrixShape(operation: string, name: string, { shape }: Tensor): [number, number] {
  if (shape.length !== 2) {
    throw new ShapeError(`${operation}: ${name} is ${shapeText(shape)}, expected a matrix`);
  }
  return [shape[0], shape[1]];
}

/** Throws RangeError that names the first index that is no whole number in 0…count−1. */
export function checkIndices(what: string, indices: ArrayLike<number>, count: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(
        `${what} ${i} is ${index}, expected a whole number from 0 to ${count - 1}`,
      );
    }
  }
}

/** A shape as it stands in messages: "[3, 4]". */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Operations that move numbers without changing them: reshape, transpose, and the lookup of rows. */
import type { Tape } from './tape.ts';
import { accumulate, checkIndices, matrixShape, type Tensor } from './tensor.ts';

/** The same numbers in another shape; shares the data. Throws ShapeError unless the sizes agree. */
export function reshape(tape: Tape, x: Tensor, shape: readonly number[]): Tensor {
  return tape.result('reshape', x.data, shape, [x], (gradient) => accumulate(x, gradient));
}

/** X [rows, columns] → Xᵀ [columns, rows]. Throws ShapeError unless X is a matrix. */
export function transpose(tape: Tape, x: Tensor): Tensor {
  const [rows, columns] = matrixShape('transpose', 'x', x);
  const data = transposed(x.data, rows, columns);
  return tape.result('transpose', data, [columns, rows], [x], (gradient) =>
    accumulate(x, transposed(gradient, columns, rows)),
  );
}

/**
 * Embedding lookup: row i of the result is row indices[i] of the table [rows, width] → [n, width]. The
 * gradient of a row is the sum over where it was used, accumulated in double precision.
 *
 * Throws ShapeError unless the table is a matrix, RangeError for an index outside it.
 */
export function embedding(tape: Tape, table: Tensor, indices: ArrayLike<number>): Tensor {
  const [rows, width] = matrixShape('embedding', 'the table', table);
  checkIndices('embedding: index', indices, rows);
  const n = indices.length;
  const values = table.data;
  const output = tape.allocate(n * width, [table]);
  for (let i = 0; i < n; i++) {
    const from = indices[i] * width;
    for (let x = 0; x < width; x++) output[i * width + x] = values[from + x];
  }
  return tape.result('embedding', output, [n, width], [table], (gradient) => {
    const sums = new Float64Array(values.length);
    for (let i = 0; i < n; i++) {
      const to = indices[i] * width;
      for (let x = 0; x < width; x++) sums[to + x] += gradient[i * width + x];
    }
    accumulate(table, new Float32Array(sums));
  });
}

/** Rows and columns of a tile: two tiles of float32 fit into the first-level cache. */
const tile = 32;

/** A [rows, columns] → [columns, rows], tile by tile so that neither side strides through memory. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(top + tile, rows);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(left + tile, columns);
      for (let column = left; column < right; column++) {
        for (let row = top; row < bottom; row++) {
          result[column * rows + row] = matrix[row * columns + column];
        }
      }
    }
  }
  return result;
}

/** The one thing that the tape needs of a backend: a matrix product that reads its factors transposed. */
import type { MatrixProduct } from '../compute/port.ts';

/** Which factor is stored transposed. */
export interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * C [m, n] = op(A) [m, k] · op(B) [k, n], all row-major; A is stored [k, m] under `transposeA`, B is
 * stored [n, k] under `transposeB`. The result is a fresh array, which the tape takes over.
 */
export type Multiply = (
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  transposed?: Transposed,
) => Float32Array;

/**
 * A product that reads transposed factors, out of one that doesn't: copies them the other way round first.
 * TO BE DROPPED when the port's own product takes `transposed`: callers then pass `backend.multiply`.
 */
export function transposing(product: MatrixProduct): Multiply {
  return (a, b, m, k, n, { transposeA = false, transposeB = false } = {}) =>
    product(transposeA ? transposed(a, k, m) : a, transposeB ? transposed(b, n, k) : b, m, k, n);
}

/** Rows and columns of a tile: two tiles of float32 fit into the first-level cache. */
const tile = 32;

/** A [rows, columns] → [columns, rows], tile by tile so that neither side strides through memory. */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
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

import type { Transposed } from '../compute/port.ts';
import type { Tape } from './tape.ts';
import { accumulate, matrixShape, ShapeError, shapeText, type Tensor } from './tensor.ts';

/**
 * C [m, n] = op(A) [m, k] · op(B) [k, n]; A is [k, m] under `transposeA`, B is [n, k] under `transposeB`.
 * Gradients: ∂op(A) = ∂C · op(B)ᵀ, ∂op(B) = op(A)ᵀ · ∂C.
 *
 * Throws ShapeError where the inner sizes differ or one of them is no matrix.
 */
export function matmul(
  tape: Tape,
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: Transposed = {},
): Tensor {
  const [rowsA, columnsA] = matrixShape('matmul', 'a', a);
  const [rowsB, columnsB] = matrixShape('matmul', 'b', b);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (inner !== k) {
    const stored = (flag: boolean) => (flag ? ' (transposed)' : '');
    throw new ShapeError(
      `matmul: a is ${shapeText(a.shape)}${stored(transposeA)} and b is ${shapeText(b.shape)}${stored(transposeB)}, expected equal inner sizes and not ${k} and ${inner}`,
    );
  }
  const { multiply } = tape;
  const out = tape.allocate(m * n, [a, b]);
  const product = multiply(a.data, b.data, m, k, n, { transposeA, transposeB, out });
  return tape.result('matmul', product, [m, n], [a, b], (gradient) => {
    if (a.isDifferentiable) {
      const out = tape.allocate(a.data.length, [a]);
      accumulate(
        a,
        transposeA
          ? multiply(b.data, gradient, k, n, m, { transposeA: transposeB, transposeB: true, out })
          : multiply(gradient, b.data, m, n, k, { transposeB: !transposeB, out }),
      );
    }
    if (b.isDifferentiable) {
      const out = tape.allocate(b.data.length, [b]);
      accumulate(
        b,
        transposeB
          ? multiply(gradient, a.data, n, m, k, { transposeA: true, transposeB: transposeA, out })
          : multiply(a.data, gradient, k, m, n, { transposeA: !transposeA, out }),
      );
    }
  });
}

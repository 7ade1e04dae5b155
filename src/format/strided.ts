/** Tensors that don't lie in row-major order: Fortran's, transposed views, every second row. */

/** The strides, in elements, of a row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
}

/**
 * A copy of the elements in row-major order: element (i₁, …, iₙ) is read at Σ iₖ·strideₖ elements from the
 * start of `bytes`. With `swap` the bytes of every element are reversed. The caller has checked that all of
 * them lie within `bytes`.
 */
export function gather(
  bytes: Uint8Array,
  size: number,
  shape: readonly number[],
  strides: readonly number[],
  swap: boolean,
): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  const gathered = new Uint8Array(count * size);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < gathered.length; to += size) {
    const start = from * size;
    for (let k = 0; k < size; k++) gathered[to + k] = bytes[start + (swap ? size - 1 - k : k)];
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return gathered;
}

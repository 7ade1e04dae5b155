/** Complex vectors and square matrices as pairs of real arrays. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function zeros(length: number): Complex {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** Scales to norm 1 in place and returns the norm before; what is 0 stays 0. */
export function normalise({ re, im }: Complex): number {
  let squares = 0;
  for (let i = 0; i < re.length; i++) squares += re[i] * re[i] + im[i] * im[i];
  const norm = Math.sqrt(squares);
  if (norm > 0) {
    for (let i = 0; i < re.length; i++) {
      re[i] /= norm;
      im[i] /= norm;
    }
  }
  return norm;
}

/** |⟨x, y⟩|. */
export function overlap(x: Complex, y: Complex): number {
  let real = 0;
  let imaginary = 0;
  for (let i = 0; i < x.re.length; i++) {
    real += x.re[i] * y.re[i] + x.im[i] * y.im[i];
    imaginary += x.re[i] * y.im[i] - x.im[i] * y.re[i];
  }
  return Math.hypot(real, imaginary);
}

/** M v of a matrix [rows, v's length], or Mᵀ v. */
export function times(matrix: Complex, vector: Complex, transposed = false): Complex {
  const columns = vector.re.length;
  const rows = matrix.re.length / columns;
  const result = zeros(rows);
  const [rowStep, columnStep] = transposed ? [1, rows] : [columns, 1];
  for (let row = 0; row < rows; row++) {
    let real = 0;
    let imaginary = 0;
    for (let column = 0; column < columns; column++) {
      const at = row * rowStep + column * columnStep;
      real += matrix.re[at] * vector.re[column] - matrix.im[at] * vector.im[column];
      imaginary += matrix.re[at] * vector.im[column] + matrix.im[at] * vector.re[column];
    }
    result.re[row] = real;
    result.im[row] = imaginary;
  }
  return result;
}

export function conjugate({ re, im }: Complex): Complex {
  return { re, im: im.map((value) => -value) };
}

/** One number a row, summed up over some of the rows. */
export interface RowMean {
  readonly rows: number;
  readonly mean: number;
  /**
   * s/√rows with the sample deviation s, as if rows were independent draws; they share one network and one
   * table, so between seeds the mean varies by more. Null for a single row.
   */
  readonly standardError: number | null;
}

/** The same number on clean and on noisy training rows; null where there are none. */
export interface CleanNoisy {
  readonly clean: RowMean | null;
  readonly noisy: RowMean | null;
}

/** Mean and standard error of `values` ([n]) over the rows where `isNoisy` ([n]) is 0, and where it is 1. */
export function cleanNoisyMeans(values: ArrayLike<number>, isNoisy: Uint8Array): CleanNoisy {
  return { clean: meanWhere(values, isNoisy, 0), noisy: meanWhere(values, isNoisy, 1) };
}

function meanWhere(values: ArrayLike<number>, mask: Uint8Array, wanted: number): RowMean | null {
  let rows = 0;
  let sum = 0;
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] !== wanted) continue;
    rows++;
    sum += values[row];
  }
  if (rows === 0) return null;
  const mean = sum / rows;
  if (rows === 1) return { rows, mean, standardError: null };
  let squares = 0;
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === wanted) squares += (values[row] - mean) ** 2;
  }
  return { rows, mean, standardError: Math.sqrt(squares / (rows - 1) / rows) };
}

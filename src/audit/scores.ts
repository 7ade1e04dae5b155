/** One row, or several that are alike, as the field of label errors scores them. */
export interface ScoredRow {
  /** The larger, the likelier the label is wrong. */
  readonly score: number;
  readonly flagged: boolean;
  readonly isWrong: boolean;
  readonly rows: number;
}

/** How well wrong labels were found, against the true ones. Null where there is nothing to divide by. */
export interface DetectionScores {
  readonly rows: number;
  readonly wrong: number;
  readonly flagged: number;
  /** Of the rows flagged, those that are wrong; of the wrong ones, those flagged; their harmonic mean. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Probability that a wrong row scores above a right one; ties count half. */
  readonly auroc: number | null;
  /** Σ (recall_i − recall_{i−1}) · precision_i over the distinct scores, from the highest down. */
  readonly averagePrecision: number | null;
}

export function detectionScores(scored: readonly ScoredRow[]): DetectionScores {
  const count = (keep: (row: ScoredRow) => boolean) =>
    scored.reduce((sum, row) => sum + (keep(row) ? row.rows : 0), 0);
  const rows = count(() => true);
  const wrong = count(({ isWrong }) => isWrong);
  const flagged = count((row) => row.flagged);
  const hits = count((row) => row.flagged && row.isWrong);
  const precision = flagged === 0 ? null : hits / flagged;
  const recall = wrong === 0 ? null : hits / wrong;
  return {
    rows,
    wrong,
    flagged,
    precision,
    recall,
    f1: wrong === 0 ? null : (2 * hits) / (flagged + wrong),
    ...ranking(scored, wrong, rows - wrong),
  };
}

function ranking(
  scored: readonly ScoredRow[],
  wrong: number,
  right: number,
): Pick<DetectionScores, 'auroc' | 'averagePrecision'> {
  const sorted = scored.toSorted((x, y) => y.score - x.score);
  let seenWrong = 0;
  let seenRight = 0;
  let area = 0;
  let average = 0;
  for (let i = 0; i < sorted.length; ) {
    let tiedWrong = 0;
    let tiedRight = 0;
    const { score } = sorted[i];
    for (; i < sorted.length && sorted[i].score === score; i++) {
      if (sorted[i].isWrong) tiedWrong += sorted[i].rows;
      else tiedRight += sorted[i].rows;
    }
    area += tiedRight * (seenWrong + tiedWrong / 2);
    seenWrong += tiedWrong;
    seenRight += tiedRight;
    if (tiedWrong > 0) average += (tiedWrong / wrong) * (seenWrong / (seenWrong + seenRight));
  }
  return {
    auroc: wrong === 0 || right === 0 ? null : area / (wrong * right),
    // Rounding may take the sum beyond 1.
    averagePrecision: wrong === 0 ? null : Math.min(1, average),
  };
}

/**
 * Moves label positions apart until neighbours are at least `gap` apart, within [low, high], keeping
 * their order and staying near where they were. Returns positions in the order given.
 */
export function spread(
  positions: readonly number[],
  gap: number,
  low: number,
  high: number,
): number[] {
  const order = positions.map((_, index) => index).sort((i, j) => positions[i] - positions[j]);
  const placed = new Array<number>(positions.length);
  let previous = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    placed[index] = Math.max(positions[index], previous + gap, low);
    previous = placed[index];
  }
  // What was pushed past the end comes back, pushing its neighbours along.
  let limit = high;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index], limit);
    limit = placed[index] - gap;
  }
  return placed;
}

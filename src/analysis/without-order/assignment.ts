/**
 * The permutation π that maximises Σ_i score[i, π(i)] of a square matrix [n, n]: the Hungarian method with
 * shortest augmenting paths (Jonker & Volgenant 1987), O(n³). π as [n].
 */
export function bestAssignment(score: ArrayLike<number>, size: number): Uint16Array {
  const rowPotential = new Float64Array(size + 1);
  const columnPotential = new Float64Array(size + 1);
  // Row of each column, 1-based; 0 is a row that isn't there, and column 0 is where paths begin.
  const rowOf = new Uint16Array(size + 1);
  const previous = new Uint16Array(size + 1);
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row;
    const distance = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const visited = new Uint8Array(size + 1);
    let column = 0;
    do {
      visited[column] = 1;
      const from = rowOf[column];
      let smallest = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let other = 1; other <= size; other++) {
        if (visited[other] === 1) continue;
        const cost =
          -score[(from - 1) * size + other - 1] - rowPotential[from] - columnPotential[other];
        if (cost < distance[other]) {
          distance[other] = cost;
          previous[other] = column;
        }
        if (distance[other] < smallest) {
          smallest = distance[other];
          next = other;
        }
      }
      for (let other = 0; other <= size; other++) {
        if (visited[other] === 1) {
          rowPotential[rowOf[other]] += smallest;
          columnPotential[other] -= smallest;
        } else distance[other] -= smallest;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[previous[column]];
      column = previous[column];
    }
  }
  const assigned = new Uint16Array(size);
  for (let column = 1; column <= size; column++) assigned[rowOf[column] - 1] = column - 1;
  return assigned;
}

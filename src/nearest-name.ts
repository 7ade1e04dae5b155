/**
 * The name that was probably meant: the one with the fewest edits (a letter put in, left out or changed, two
 * neighbours swapped; upper and lower case and hyphens count as equal), the first of equals; null where that is
 * more than a third of its letters.
 */
export function nearestName(given: string, names: Iterable<string>): string | null {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const written = plain(given.slice(0, 64));
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = editDistance(written, plain(name));
    if (edits < fewest && edits <= Math.max(1, Math.floor(name.length / 3))) {
      best = name;
      fewest = edits;
    }
  }
  return best;
}

/** " Did you mean width?", or nothing. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const nearest = nearestName(given, names);
  return nearest === null ? '' : ` Did you mean ${nearest}?`;
}

/** Optimal string alignment, row by row. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, last[j] + 1, row[j - 1] + 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwap) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length];
}

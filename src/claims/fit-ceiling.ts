import { type Dataset, splits } from '../task/dataset.ts';

/**
 * The largest share of training rows that a function with f(a, b) = f(b, a) can fit: of (a, b) and (b, a)
 * with different labels only one. A network with tied first-layer weights is such a function, at any width.
 */
export function symmetricFitCeiling({ modulus, a, b, label, split }: Dataset): number {
  const train = splits.indexOf('train');
  const labels = new Map<number, number>();
  let rows = 0;
  let conflicts = 0;
  for (let row = 0; row < a.length; row++) {
    if (split[row] !== train) continue;
    rows++;
    const unordered = Math.min(a[row], b[row]) * modulus + Math.max(a[row], b[row]);
    const mirror = labels.get(unordered);
    if (mirror === undefined) labels.set(unordered, label[row]);
    else if (mirror !== label[row]) conflicts++;
  }
  return 1 - conflicts / Math.max(1, rows);
}

import { interval } from './interval.ts';

/** Pearson's correlation of as many x as y. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [interval(x).mean, interval(y).mean];
  const product = (p: readonly number[], meanP: number, q: readonly number[], meanQ: number) =>
    p.reduce((sum, value, i) => sum + (value - meanP) * (q[i] - meanQ), 0);
  return (
    product(x, meanX, y, meanY) /
    Math.sqrt(product(x, meanX, x, meanX) * product(y, meanY, y, meanY))
  );
}

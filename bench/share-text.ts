import { proportion } from '../src/claims/statistics/proportion.ts';

/** "0.050 (0.042–0.059)": a share with its 95 % interval by Wilson's formula. */
export function shareText(count: number, total: number): string {
  const { mean, low, high } = proportion(count, total);
  return `${mean.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

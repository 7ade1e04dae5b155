/** Learning-rate schedules, with the same bits on every JavaScript engine (no Math.cos). */
export const schedules = ['constant', 'warmup-cosine'] as const;
export type Schedule = (typeof schedules)[number];

/**
 * The share of the learning rate that a step takes; `step` counts from 0, N is all steps, w the warm-up.
 *
 * constant: 1.
 * warmup-cosine (the follow-up paper names it; the form is assumed): (step + 1)/w for step < w, so the
 * last step of the warm-up has the full rate; then ½(1 + cos(π·(step − w)/(N − w))), which starts at 1
 * and would reach 0 at step N, the one after the last.
 */
export function rateShare(
  schedule: Schedule,
  step: number,
  steps: number,
  warmupSteps: number,
): number {
  if (schedule === 'constant') return 1;
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  return 0.5 * (1 + cosineOfHalfTurns((step - warmupSteps) / (steps - warmupSteps)));
}

/**
 * cos πx for 0 ≤ x ≤ 1 by Taylor series on |πx| ≤ π/4 (the quarter turns by symmetry); the first term
 * left out is below 3·10⁻²⁰. The error is at most 3·10⁻¹⁶.
 */
export function cosineOfHalfTurns(x: number): number {
  if (x <= 0.25) return cosineSeries(Math.PI * x);
  if (x >= 0.75) return -cosineSeries(Math.PI * (1 - x));
  return sineSeries(Math.PI * (0.5 - x));
}

function cosineSeries(angle: number): number {
  const square = angle * angle;
  let sum = 1;
  for (let n = 16; n >= 2; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return sum;
}

function sineSeries(angle: number): number {
  const square = angle * angle;
  let sum = 1;
  for (let n = 17; n >= 3; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return angle * sum;
}

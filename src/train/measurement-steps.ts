/**
 * The steps at which metrics are measured, ascending, always with 0 and the last.
 * every = null: dense at the beginning (each of the first 10 steps, then 12 a decade, evenly in the logarithm);
 * otherwise every `every` steps.
 */
export function measurementSteps(steps: number, every: number | null): number[] {
  const chosen = new Set([0, steps]);
  if (every !== null) {
    for (let step = every; step < steps; step += every) chosen.add(step);
  } else {
    for (let step = 1; step <= Math.min(10, steps); step++) chosen.add(step);
    for (let i = 13; ; i++) {
      const step = Math.round(10 ** (i / 12));
      if (step >= steps) break;
      chosen.add(step);
    }
  }
  return [...chosen].sort((x, y) => x - y);
}

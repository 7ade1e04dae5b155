/** Whether a p-value is small enough: at the level itself it is. */
export function reaches(log10PValue: number, level: number): boolean {
  return log10PValue <= Math.log10(level);
}

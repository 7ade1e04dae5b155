/** "width 513, noiseRatio 0.8": the settings that vary, with one run's values. */
export function axesText(axes: Readonly<Record<string, unknown>>): string {
  return Object.entries(axes)
    .map(([name, value]) => `${name} ${value === null ? 'none' : String(value)}`)
    .join(', ');
}

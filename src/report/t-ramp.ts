import type { Rgba } from './palette.ts';

/** Cividis, resampled: dark is no evidence, bright is much; even steps for every kind of sight. */
const anchors: readonly (readonly [number, number, number])[] = [
  [0, 24, 56],
  [23, 51, 98],
  [61, 78, 108],
  [93, 104, 111],
  [123, 130, 119],
  [156, 157, 113],
  [194, 186, 94],
  [233, 216, 72],
  [255, 240, 120],
];

/** Number of shades between T = 0 and the largest T. */
export const shades = 64;
/** The code of a cell where T isn't defined (k1 or k2 is 0). */
const undefinedCode = shades;

/** Pixel colours by code: `shades` steps, then that of undefined cells. */
export const ramp: readonly Rgba[] = [
  ...Array.from({ length: shades }, (_, shade): Rgba => {
    const place = (shade / (shades - 1)) * (anchors.length - 1);
    const low = Math.min(Math.floor(place), anchors.length - 2);
    const [red, green, blue] = anchors[low].map((value, channel) =>
      Math.round(value + (place - low) * (anchors[low + 1][channel] - value)),
    );
    return [red, green, blue, 255];
  }),
  [58, 70, 96, 255],
];

/** The code of a T; 0 and below is darkest. */
export function shadeOf(T: number, top: number): number {
  if (!Number.isFinite(T)) return undefinedCode;
  return Math.round(Math.min(1, Math.max(0, T / top)) * (shades - 1));
}

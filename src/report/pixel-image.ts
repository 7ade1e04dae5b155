import { encode } from 'fast-png';
import type { Rgba } from './palette.ts';

/**
 * A picture with one pixel per value, as a PNG data URI. `codes` is row-major, top row first, each an
 * index into `palette`. See-through colours must come first in the palette: the encoder writes the
 * alpha table without gaps.
 */
export function pixelImage(
  codes: Uint8Array,
  width: number,
  height: number,
  palette: readonly Rgba[],
): string {
  const firstOpaque = palette.findIndex((colour) => colour[3] === 255);
  if (palette.slice(Math.max(firstOpaque, 0)).some((colour) => colour[3] !== 255)) {
    throw new RangeError('see-through colours must come first in a palette');
  }
  const png = encode(
    {
      width,
      height,
      data: codes,
      channels: 1,
      depth: 8,
      palette: palette.map((colour) => [...colour]),
    },
    { zlib: { level: 9 } },
  );
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** Field or map values at first·P + second, turned so that second runs right and first runs up. */
export function upright(values: Uint8Array, modulus: number): Uint8Array {
  const rows = new Uint8Array(values.length);
  for (let first = 0; first < modulus; first++) {
    const from = first * modulus;
    rows.set(values.subarray(from, from + modulus), (modulus - 1 - first) * modulus);
  }
  return rows;
}

/**
 * Colours by meaning, after Okabe & Ito (2008), safe for the common kinds of colour blindness. The
 * same thing has the same colour in every figure. Lines and text use CSS variables that follow the
 * theme; pixel images carry fixed colours that stand out on light and dark alike.
 */
import { fieldCodes } from './study.ts';

export const colour = {
  clean: 'var(--clean)',
  noisy: 'var(--noisy)',
  test: 'var(--test)',
  repaired: 'var(--repaired)',
  rule: 'var(--rule)',
  chance: 'var(--chance)',
  faint: 'var(--faint)',
  line: 'var(--line)',
  text: 'var(--text)',
  muted: 'var(--muted)',
  ground: 'var(--ground)',
} as const;

/** The same hues, dark or light enough to read as text. */
export const ink = {
  clean: 'var(--clean-ink)',
  noisy: 'var(--noisy-ink)',
  test: 'var(--test-ink)',
  repaired: 'var(--repaired-ink)',
  rule: 'var(--rule-ink)',
} as const;

export type Rgba = readonly [number, number, number, number];

/** Pixel colours of a field by code. Wrong answers are clear: the page's ground shows through. */
export const fieldPixels: readonly Rgba[] = (() => {
  const pixels: Rgba[] = [];
  pixels[fieldCodes.wrong] = [128, 128, 128, 0];
  pixels[fieldCodes.cleanRight] = [0, 114, 178, 255];
  pixels[fieldCodes.noisyMemorised] = [213, 94, 0, 255];
  pixels[fieldCodes.noisyRepaired] = [86, 180, 233, 255];
  pixels[fieldCodes.heldOutRight] = [0, 158, 115, 255];
  pixels[fieldCodes.fitsLabel] = [140, 140, 150, 255];
  pixels[fieldCodes.unknown] = [190, 190, 195, 255];
  return pixels;
})();

export function cssColour([red, green, blue, alpha]: Rgba): string {
  return `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
}

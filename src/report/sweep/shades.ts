/** Colours of values, and of an ordered setting's values. */
import { cssColour } from '../palette.ts';
import { ramp, shades } from '../t-ramp.ts';

/** The colour of a share of a range, 0…1, from dark to bright. */
export function shade(share: number): string {
  return cssColour(ramp[shadeIndex(share)]);
}

/** Words on it are white where it is dark. */
export function shadeInk(share: number): string {
  return share < 0.55 ? '#fff' : '#101418';
}

function shadeIndex(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * (shades - 1));
}

/** The whole ramp as a background. */
export function shadeGradient(): string {
  const stops = Array.from({ length: 17 }, (_, i) => shade(i / 16));
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** Middle lightness all the way, so that lines stand out on white and on dark grounds. */
const anchors: readonly (readonly [number, number, number])[] = [
  [74, 98, 216],
  [30, 141, 191],
  [31, 158, 120],
  [132, 160, 48],
  [214, 150, 40],
  [222, 98, 48],
  [190, 58, 108],
];

/** A colour for place `index` of `count` in an order. */
export function orderColour(index: number, count: number): string {
  return shareColour(count < 2 ? 0 : index / (count - 1));
}

/** The same for a share of a range, 0…1. */
export function shareColour(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (anchors.length - 1);
  const low = Math.min(Math.floor(place), anchors.length - 2);
  const channels = anchors[low].map((value, i) =>
    Math.round(value + (place - low) * (anchors[low + 1][i] - value)),
  );
  return `rgb(${channels.join(' ')})`;
}

/** All of them as a background. */
export function shareGradient(): string {
  return `linear-gradient(90deg, ${anchors.map((_, i) => orderColour(i, anchors.length)).join(', ')})`;
}

/**
 * Colours for answers 0…P−1, which follow each other in a circle. Light and dark take turns with yellow and blue, in OKLab
 * (Ottosson 2020): L = 0.62 + 0.27 cos θ, b = 0.12 sin θ, a small a. What red–green blindness leaves of a colour is
 * its lightness and its place between yellow and blue, so the circle stays a circle.
 */
export type Rgb = readonly [number, number, number];

export function cyclicColours(count: number): Rgb[] {
  return Array.from({ length: count }, (_, i) => colourAt(i / count));
}

/** The colour at a part of the way round, 0…1. */
export function colourAt(turn: number): Rgb {
  const angle = 2 * Math.PI * turn;
  const lightness = 0.62 + 0.27 * Math.cos(angle);
  const a = 0.045 * Math.sin(angle) + 0.035 * (0.5 - 0.5 * Math.cos(angle));
  const b = 0.125 * Math.sin(angle) + 0.02 * Math.cos(angle);
  return fromOklab(lightness, a, b);
}

function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function toByte(linear: number): number {
  const within = Math.min(1, Math.max(0, linear));
  const encoded = within <= 0.0031308 ? 12.92 * within : 1.055 * within ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded);
}

export const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

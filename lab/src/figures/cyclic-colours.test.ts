import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cyclicColours, type Rgb } from './cyclic-colours.ts';

/** What the three kinds of colour blindness leave of linear RGB (Machado et al. 2009, severity 1). */
const kinds = {
  'full sight': [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deuteranopia: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritanopia: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
};

function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function oklabSeenBy(matrix: readonly number[], colour: Rgb): number[] {
  const rgb = colour.map(linear);
  const [r, g, b] = [0, 3, 6].map((row) =>
    Math.max(0, matrix[row] * rgb[0] + matrix[row + 1] * rgb[1] + matrix[row + 2] * rgb[2]),
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

for (const [kind, matrix] of Object.entries(kinds)) {
  test(`answers a sixth of the circle apart have colours that differ under ${kind}`, () => {
    const count = 30;
    const seen = cyclicColours(count).map((colour) => oklabSeenBy(matrix, colour));
    const apart = (i: number, j: number) => Math.hypot(...seen[i].map((x, k) => x - seen[j][k]));
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      for (let step = count / 6; step <= count / 2; step++) {
        least = Math.min(least, apart(i, (i + step) % count));
      }
    }
    // 0.02 is about what can just be told apart.
    assert.ok(least > 0.06, String(least));
  });
}

test('the circle closes: the last colour is as far from the first as any two neighbours', () => {
  const seen = cyclicColours(30).map((colour) => oklabSeenBy(kinds['full sight'], colour));
  const steps = seen.map((x, i) =>
    Math.hypot(...x.map((value, k) => value - seen[(i + 1) % 30][k])),
  );
  assert.ok(steps[29] < 1.5 * Math.max(...steps.slice(0, 29)));
  assert.ok(Math.min(...steps) > 0.01);
});

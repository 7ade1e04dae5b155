import * as Plot from '@observablehq/plot';
import { colour, cssColour, fieldPixels } from '../palette.ts';
import { pixelImage, upright } from '../pixel-image.ts';
import { type RenderedPlot, renderPlot } from '../plot.ts';
import { type Field, fieldCodes, type Study } from '../study.ts';

// The margins add up to the same both ways, so that the picture is square.
const marginLeft = 36;
const marginRight = 8;
const marginTop = 10;
const marginBottom = 34;

/** The P×P table of answers as a picture: a runs up, b runs right. */
export function fieldPlot(field: Field, modulus: number, label: string, size = 480): RenderedPlot {
  const ticks = [0, modulus - 1];
  const axis = { ticks, tickSize: 0, labelArrow: 'none', fill: colour.muted } as const;
  const low = -0.5;
  const high = modulus - 0.5;
  return renderPlot(
    {
      width: size,
      height: size,
      marginLeft,
      marginRight,
      marginTop,
      marginBottom,
      x: { domain: [low, high] },
      y: { domain: [low, high] },
      marks: [
        Plot.image([0], {
          x: (modulus - 1) / 2,
          y: (modulus - 1) / 2,
          width: size - marginLeft - marginRight,
          height: size - marginLeft - marginRight,
          src: () => fieldImage(field, modulus),
          imageRendering: 'pixelated',
          preserveAspectRatio: 'none',
        }),
        Plot.frame({ stroke: colour.line }),
        Plot.axisX({ ...axis, label: 'b', labelAnchor: 'center', labelOffset: 26 }),
        Plot.axisY({ ...axis, label: 'a', labelAnchor: 'center', labelOffset: 28 }),
      ],
    },
    label,
  );
}

export function fieldImage(field: Field, modulus: number): string {
  return pixelImage(upright(field, modulus), modulus, modulus, fieldPixels);
}

const meanings: readonly { code: number; text: string }[] = [
  { code: fieldCodes.cleanRight, text: 'trained with the right label, answered right' },
  { code: fieldCodes.noisyMemorised, text: 'trained with a wrong label, wrong label given' },
  { code: fieldCodes.noisyRepaired, text: 'trained with a wrong label, answered right' },
  { code: fieldCodes.heldOutRight, text: 'never seen, answered right' },
  { code: fieldCodes.fitsLabel, text: 'trained label given, truth not known' },
  { code: fieldCodes.unknown, text: 'never seen, truth not known' },
];

/** Legend entries for the codes that occur in any of the study's fields. */
export function fieldLegend(study: Study): { colour: string; text: string; shape?: string }[] {
  const present = new Set<number>();
  for (const field of [study.fullField, study.filteredField])
    for (const code of field) present.add(code);
  return [
    ...meanings
      .filter(({ code }) => present.has(code))
      .map(({ code, text }) => ({ colour: cssColour(fieldPixels[code]), text })),
    ...(present.has(fieldCodes.wrong)
      ? [{ colour: 'transparent', text: anyOther(study), shape: 'hollow' }]
      : []),
  ];
}

/** How many pairs of a field have each code: [7]. */
export function codeCounts(field: Field): number[] {
  const counts = new Array<number>(Object.keys(fieldCodes).length).fill(0);
  for (const code of field) counts[code]++;
  return counts;
}

export function meaningOf(code: number, study: Study): string {
  return meanings.find((meaning) => meaning.code === code)?.text ?? anyOther(study);
}

/** An answer that isn't the trained label may still be right where the truth isn't known. */
function anyOther({ pairCounts }: Study): string {
  return pairCounts.cleanTrain === null ? 'any other answer' : 'any other answer: wrong';
}

/** What figures with one row per network share: shares from 0 to 100 % to the right, names on the left. */
import * as Plot from '@observablehq/plot';
import { colour } from '../palette.ts';

/** Pixels around the rows: names on the left, a number past 100 % on the right. */
export const rowMargins = {
  marginLeft: 216,
  marginRight: 58,
  marginTop: 4,
  marginBottom: 26,
} as const;

export const shareScale = { domain: [0, 1] } as const;

/** Grid and axis. They come first, so that everything else lies on top. */
export function shareAxis(): Plot.Markish[] {
  return [
    Plot.gridX({ ticks: [0, 0.5, 1], stroke: colour.line, strokeOpacity: 1 }),
    Plot.axisX({
      ticks: [0, 0.5, 1],
      tickFormat: (share: number) => `${share * 100} %`,
      tickSize: 0,
      label: null,
      fill: colour.muted,
    }),
  ];
}

export function chanceLine(chance: number): Plot.Markish {
  return Plot.ruleX([chance], { stroke: colour.chance, strokeDasharray: '3 3', strokeWidth: 1.5 });
}

/** The names of the rows. One mark each, since a mark has one weight of type. */
export function rowNames(
  rows: readonly { readonly label: string; readonly bold: boolean; readonly muted: boolean }[],
): Plot.Markish[] {
  return rows.map((row) =>
    Plot.text([row], {
      y: 'label',
      text: 'label',
      frameAnchor: 'left',
      textAnchor: 'end',
      dx: -12,
      fill: row.muted ? colour.muted : colour.text,
      fontWeight: row.bold ? 700 : 400,
    }),
  );
}

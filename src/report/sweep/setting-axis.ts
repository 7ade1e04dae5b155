/** A setting as the x axis of a plot: its own values are the ticks, as far as they don't touch. */
import * as Plot from '@observablehq/plot';
import { colour } from '../palette.ts';
import { axisValueText, settingTitle } from './labels.ts';
import type { AxisValue, SweepAxis } from './study.ts';

const characterWidth = 7.6;

export interface SettingScale {
  readonly scale: Plot.ScaleOptions;
  readonly axis: Plot.Markish;
  /** Where a value lies, as the plot's x. */
  readonly place: (value: AxisValue) => number | string;
}

/** @param length of the axis in pixels. */
export function settingScale({ name, values, isNumeric }: SweepAxis, length: number): SettingScale {
  const title = settingTitle(name);
  const axisOptions = {
    tickSize: 4,
    label: title,
    labelAnchor: 'center',
    labelArrow: 'none',
    labelOffset: 34,
    fill: colour.muted,
    stroke: colour.muted,
  } as const;
  if (!isNumeric) {
    const texts = values.map(axisValueText);
    return {
      scale: { type: 'point', domain: texts, padding: 0.5 },
      axis: Plot.axisX({ ...axisOptions, tickRotate: fits(texts, length) ? 0 : -25 }),
      place: axisValueText,
    };
  }
  const numbers = values as readonly number[];
  const [first, last] = [numbers[0], numbers[numbers.length - 1]];
  // Widths and rates go by factors, shares by differences.
  const isLog = first > 0 && last / first >= 8;
  const at = (value: number) =>
    isLog ? Math.log(value / first) / Math.log(last / first) : (value - first) / (last - first);
  return {
    scale: { type: isLog ? 'log' : 'linear', domain: [first, last], inset: 8 },
    axis: Plot.axisX({
      ...axisOptions,
      ticks: ticksApart(numbers, at, length),
      tickFormat: (value: number) => String(value),
    }),
    place: Number,
  };
}

function fits(texts: readonly string[], length: number): boolean {
  const longest = Math.max(...texts.map((text) => text.length));
  return longest * characterWidth < length / texts.length;
}

/** Those of some ascending values whose labels don't touch; the last is always kept. */
function ticksApart(
  values: readonly number[],
  at: (value: number) => number,
  length: number,
): number[] {
  const half = (value: number) => (characterWidth * String(value).length) / 2;
  const kept: number[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const value of values.toReversed()) {
    const middle = at(value) * length;
    if (middle + half(value) > end) continue;
    kept.unshift(value);
    end = middle - half(value) - 6;
  }
  return kept;
}

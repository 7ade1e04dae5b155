import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chart } from './chart.ts';
import { chartSvg } from './chart-svg.ts';

function ticksOf(values: readonly number[], panels: number): string[] {
  const chart: Chart = {
    key: 'ticks',
    title: 'Ticks',
    caption: '',
    kind: 'lines',
    rows: Array.from({ length: panels }, (_, panel) =>
      values.map((x) => ({ x, y: 0.5, panel: `panel ${panel}` })),
    ).flat(),
    x: { column: 'x', label: 'x', scale: 'log' },
    y: { column: 'y', label: 'y', share: true },
    ...(panels > 1 ? { facet: { column: 'panel', label: '' } } : {}),
  };
  const labels = [...chartSvg(chart).matchAll(/<text[^>]*>(\d+)<\/text>/g)].map(([, text]) => text);
  return [...new Set(labels.filter((label) => Number(label) > 100))];
}

test('a logarithmic axis names every value where there is room', () => {
  assert.deepEqual(ticksOf([300, 1000, 2000, 4000], 1), ['300', '1000', '2000', '4000']);
});

test('it leaves out the names that would run into each other', () => {
  assert.deepEqual(ticksOf([300, 1000, 1050, 4000], 1), ['300', '1000', '4000']);
  assert.deepEqual(ticksOf([300, 1000, 1300, 4000], 4), ['300', '1000', '4000']);
});

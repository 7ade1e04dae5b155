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

test('labels of upright lines stand one above the other', () => {
  const svg = chartSvg({
    key: 'lines',
    title: 'Lines',
    caption: '',
    kind: 'lines',
    rows: [1, 2, 3].map((x) => ({ x, y: x })),
    x: { column: 'x', label: 'x' },
    y: { column: 'y', label: 'y' },
    lines: [
      { axis: 'x', value: 2, label: 'first' },
      { axis: 'x', value: 2.1, label: 'second' },
    ],
  });
  const shifts = [...svg.matchAll(/translate\(0,(-\d+)\)"[^>]*><text[^>]*>(first|second)</g)];
  assert.deepEqual(
    shifts.map(([, dy, name]) => `${name} ${dy}`),
    ['first -6', 'second -19'],
  );
});

test('small values on a logarithmic axis are named by powers of ten, also where one is missing', () => {
  const values = [null, ...Array.from({ length: 12 }, (_, i) => 0.9 / 2 ** i)];
  const svg = chartSvg({
    key: 'small',
    title: 'Small',
    caption: '',
    kind: 'lines',
    rows: values.map((y, x) => ({ x, y })),
    x: { column: 'x', label: 'x' },
    y: { column: 'y', label: 'y', scale: 'log' },
  });
  const labels = [...svg.matchAll(/<text[^>]*>(0\.\d+)<\/text>/g)].map(([, text]) => text);
  assert.deepEqual(labels, ['0.001', '0.01', '0.1']);
});

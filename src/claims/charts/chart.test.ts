import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { Chart } from './chart.ts';
import { chartCsv, chartPython } from './chart-files.ts';
import { chartSvg, chartSvgFile } from './chart-svg.ts';

const chart: Chart = {
  key: 'error',
  title: 'Error <against> width',
  caption: 'P = 31',
  kind: 'lines',
  rows: [
    { alpha: 'α = 0.1', width: 5, error: 0.75, low: 0.5, high: 1 },
    { alpha: 'α = 0.1', width: 9, error: 0.25, low: 0, high: 0.5 },
    { alpha: 'α, "0.2"', width: 5, error: null, low: null, high: null },
    { alpha: 'α, "0.2"', width: 9, error: 1, low: 1, high: 1 },
  ],
  x: { column: 'width', label: 'width M', scale: 'log', base: 2 },
  y: { column: 'error', label: 'test error', share: true },
  low: 'low',
  high: 'high',
  series: { column: 'alpha', label: '' },
  lines: [{ axis: 'y', value: 0.9, label: 'chance' }],
};

function svgOf(text: string) {
  const { document } = parseHTML(`<html><body>${text}</body></html>`);
  return document;
}

test('a chart has a line and a band a series, the series’ names, and axes with units', () => {
  const document = svgOf(chartSvg(chart));
  const text = document.body.textContent ?? '';
  for (const wanted of ['α = 0.1', 'α, "0.2"', 'test error, %', 'width M', 'chance', '100']) {
    assert.ok(text.includes(wanted), wanted);
  }
  assert.equal(document.querySelectorAll('[aria-label="line"]').length, 2);
  assert.equal(document.querySelectorAll('[aria-label="area"]').length, 2);
  assert.equal(document.querySelector('svg')?.getAttribute('aria-label'), chart.title);
});

test('panels share an axis and are named', () => {
  const facetted: Chart = {
    ...chart,
    series: undefined as never,
    facet: { column: 'alpha', label: '' },
  };
  const { series: _, ...rest } = facetted;
  const text = svgOf(chartSvg(rest)).body.textContent ?? '';
  assert.ok(text.includes('α = 0.1') && text.includes('α, "0.2"'));
});

test('the file of a chart is whole on its own: its font, a white ground, no variable of the page', () => {
  const file = chartSvgFile(chart);
  assert.match(file, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(file, /fill="#fff"/);
  assert.doesNotMatch(file, /var\(--/);
});

test('the CSV quotes what needs it, keeps full precision, and leaves missing values empty', () => {
  const [header, first, , third] = chartCsv({
    ...chart,
    rows: [{ ...chart.rows[0], error: 1 / 3 }, ...chart.rows.slice(1)],
  }).split('\n');
  assert.equal(header, 'alpha,width,error,low,high');
  assert.equal(first, 'α = 0.1,5,0.3333333333333333,0.5,1');
  assert.equal(third, '"α, ""0.2""",5,,,');
});

test('the script names the columns of the CSV, the axes and the reference lines', () => {
  const script = chartPython(chart, 'error.csv');
  for (const wanted of [
    'here / "error.csv"',
    'X, Y, LOW, HIGH = "width", "error", "low", "high"',
    'SERIES, FACET = "alpha", None',
    '("y", 90, "chance", None),',
    'axis.set_xscale("log", base=2)',
    'axis.fill_between',
    'savefig(here / "error.pdf")',
  ]) {
    assert.ok(script.includes(wanted), wanted);
  }
});

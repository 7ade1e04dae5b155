import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSettings, type PartialSettings } from '../../../src/train/index.ts';
import { curveOf, differing, groupsOf, spreadOf, topOf } from './grouping.ts';
import { cellsOf, linesOf, metricsOf } from './sweep-data.ts';

const run = (name: string, given: PartialSettings) => ({ name, settings: completeSettings(given) });
const metrics = (step: number, test: number) => ({
  ...{
    step,
    test,
    loss: null,
    cleanTrain: null,
    noisyTrain: null,
    noisyTrue: null,
    validation: null,
  },
});

test('rates that an optimizer brings along tell no runs apart; rates that were set do', () => {
  const brought = [run('a', {}), run('b', { optimizer: 'muon' })];
  assert.deepEqual(differing(brought), ['optimizer']);
  const set = [...brought, run('c', { learningRate: 0.5 })];
  assert.deepEqual(differing(set), ['optimizer', 'learningRate']);
});

test('runs that differ in the seed alone are one group, named by what tells it apart', () => {
  const runs = [
    run('a', { width: 8, seed: 0 }),
    run('b', { width: 16, seed: 0 }),
    run('c', { width: 8, seed: 1 }),
  ];
  const groups = groupsOf(runs, true);
  assert.deepEqual(
    groups.map(({ label, runs: members }) => [label, members.map(({ name }) => name)]),
    [
      ['width 8', ['a', 'c']],
      ['width 16', ['b']],
    ],
  );
  assert.equal(groupsOf(runs, false).length, 3);
});

test('a curve is the mean over those that measured a step, with their range', () => {
  const curve = curveOf(
    [
      [metrics(0, 0.2), metrics(5, 0.4)],
      [metrics(0, 0.4), metrics(9, 1)],
    ],
    'test',
  );
  assert.deepEqual(
    curve.map(({ step, count, low, high }) => [step, count, low, high]),
    [
      [0, 2, 0.2, 0.4],
      [5, 1, 0.4, 0.4],
      [9, 1, 1, 1],
    ],
  );
  assert.ok(Math.abs(curve[0].mean - 0.3) < 1e-12);
  assert.equal(spreadOf([null, undefined, Number.NaN]), null);
});

test('an axis of shares ends where its values do, and never below them', () => {
  assert.deepEqual([[0.02], [0.3, 0.1], [0.49], [1], []].map(topOf), [0.05, 0.5, 1, 1, 0.05]);
});

test('lines and cells of a sweep average what they don’t tell apart; what isn’t done is no number', () => {
  const one = (width: number, noiseRatio: number, seed: number, accuracy: number | null) => ({
    ...{ name: `${width} ${noiseRatio} ${seed}`, status: 'done' as const },
    axes: { width, noiseRatio, seed },
    ...{ step: 1, steps: 1, seconds: 1, extracted: null, error: null },
    metrics: accuracy === null ? null : metrics(1, accuracy),
  });
  const runs = [one(8, 0, 0, 0.5), one(8, 0, 1, 1), one(16, 0, 0, null), one(16, 0.2, 0, 0.25)];
  const [metric, ...others] = metricsOf(runs);
  assert.deepEqual([metric.key, others.map(({ key }) => key)], ['test', ['seconds']]);
  const width = { name: 'width', values: [8, 16] };
  const noise = { name: 'noiseRatio', values: [0, 0.2] };
  assert.deepEqual(
    linesOf(runs, 'width', noise, metric).map(({ label, points }) => [
      label,
      points.map(({ x, mean, count }) => [x, mean, count]),
    ]),
    [
      ['noiseRatio 0', [[8, 0.75, 2]]],
      ['noiseRatio 0.2', [[16, 0.25, 1]]],
    ],
  );
  assert.deepEqual(
    cellsOf(runs, width, noise, metric).map(({ x, y, mean, count }) => [x, y, mean, count]),
    [
      [8, 0, 0.75, 2],
      [16, 0, null, 0],
      [16, 0.2, 0.25, 1],
    ],
  );
});

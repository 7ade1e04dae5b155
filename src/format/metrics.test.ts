import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricsRow } from '../train/metrics-row.ts';
import { metricsHeader, readMetrics, trackedHeader, writeMetrics } from './metrics.ts';

const rows: MetricsRow[] = [
  {
    step: 0,
    loss: Number.NaN,
    cleanTrain: 0,
    noisyTrain: 0.1,
    noisyTrue: null,
    validation: null,
    test: null,
  },
  {
    step: 10,
    loss: 4.127134385045092,
    cleanTrain: 1,
    noisyTrain: 1 / 3,
    noisyTrue: 1e-7,
    validation: 0.5,
    test: 0,
  },
];

function refuses(text: string, message: RegExp): void {
  assert.throws(() => readMetrics(text, 'metrics.csv'), { name: 'InputError', message });
}

test('reads back every bit of what it wrote; unknown values are empty fields', () => {
  const text = writeMetrics(rows);
  assert.equal(
    text,
    'step,loss,clean_train,noisy_train,noisy_true,validation,test\n0,,0,0.1,,,\n10,4.127134385045092,1,0.3333333333333333,1e-7,0.5,0\n',
  );
  assert.deepEqual(readMetrics(text, 'metrics.csv'), rows);
  assert.deepEqual(readMetrics(writeMetrics([]), 'metrics.csv'), []);
});

test('the evidence of a training that tracks it comes back with every bit, too', () => {
  const evidence = {
    T: 85.9,
    triadEnergy: -1 / 3,
    weights: 77.1,
    logits: 180.25,
    answers: 1e21,
    heldOutLogits: -6.39097979631997,
    heldOutAnswers: null,
  };
  const unknown = { ...evidence, T: null, triadEnergy: null };
  const tracked = [
    { ...rows[0], evidence },
    { ...rows[1], evidence: unknown },
  ];
  const text = writeMetrics(tracked);
  assert.equal(text.split('\n')[0], trackedHeader);
  assert.match(text, /,,85\.9,-0\.3333333333333333,77\.1,180\.25,1e\+21,-6\.39097979631997,\n/);
  assert.deepEqual(readMetrics(text, 'metrics.csv'), tracked);
});

test('refuses evidence that is none', () => {
  const row = '0,1,,,,,';
  refuses(`${trackedHeader}\n${row},x,,,,,,\n`, /line 2: expected T to be a number, got "x"/);
  refuses(`${trackedHeader}\n${row},1,1.5,,,,,\n`, /expected triad_energy .* -1 to 1, got "1.5"/);
  refuses(`${trackedHeader}\n${row}\n`, /line 2: expected 14 fields/);
  refuses(`${metricsHeader},T\n${row},1\n`, /line 1: expected the header/);
});

test('refuses another header', () =>
  refuses('step,loss\n0,1\n', /expected the header step,loss,clean/));

test('refuses steps that do not rise', () => {
  refuses(`${metricsHeader}\n5,1,,,,,\n5,1,,,,,\n`, /line 3: expected step .* above 5, got "5"/);
  refuses(`${metricsHeader}\n-1,1,,,,,\n`, /line 2: expected step/);
});

test('refuses a loss that is not a number', () => {
  refuses(`${metricsHeader}\n0,nan,,,,,\n`, /line 2: expected loss to be a number, got "nan"/);
});

test('refuses an accuracy outside 0…1', () => {
  refuses(`${metricsHeader}\n0,1,,,,,1.5\n`, /line 2: expected test .* 0 to 1, got "1.5"/);
  refuses(`${metricsHeader}\n0,1,x,,,,\n`, /line 2: expected clean_train/);
});

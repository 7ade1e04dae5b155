import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rolesOf } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { parseOperation } from '../task/operation.ts';
import { labelBaseline } from './baseline.ts';

test('finds the rule in labels of which 80 % are wrong, and counts the right ones', () => {
  const dataset = generateDataset(parseOperation('linear:2,3', 31), {
    trainFraction: 0.8,
    validationFraction: 0.1,
    noiseRatio: 0.8,
    noiseKind: 'uniform',
    seed: 3,
  });
  const { train, cleanTrain } = rolesOf(dataset);
  assert.ok(train !== null && cleanTrain !== null);
  const { rule, rows, matches, T } = labelBaseline(train, 31);
  assert.deepEqual(rule, { k1: 2, k2: 3, shift: 0 });
  assert.equal(rows, train.pair.length);
  assert.equal(matches, cleanTrain.pair.length);
  const expected = rows / 31;
  assert.ok(Math.abs(T - (matches - expected) / Math.sqrt(expected * (1 - 1 / 31))) < 1e-9);
});

test('finds a shift', () => {
  const pair = Uint32Array.of(0, 1, 5, 12, 24);
  const label = Uint16Array.from(pair, (p) => (Math.floor(p / 5) + 4 * (p % 5) + 3) % 5);
  const { rule, matches } = labelBaseline({ pair, label }, 5);
  assert.deepEqual([rule, matches], [{ k1: 1, k2: 4, shift: 3 }, 5]);
});

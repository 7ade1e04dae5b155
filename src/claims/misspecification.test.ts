import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetOf } from '../train/prepare.ts';
import type { Claim } from './claim.ts';
import { doubleDescent } from './double-descent.ts';
import type { TrainingInput } from './experiments/training.ts';
import { symmetricFitCeiling } from './fit-ceiling.ts';
import { misspecification } from './misspecification.ts';
import { type Asked, criterionOf, findingsOf, holding, type Stub } from './test-outputs.ts';

/** Fits a share of all rows from M = 33 on, less before. */
function network(fit: number, errorAt: (width: number) => number) {
  return ({ settings: { width, seed } }: Asked) => ({
    cleanTrain: width < 33 ? 0.5 : fit,
    noisyTrain: width < 33 ? 0.5 : fit,
    test: 1 - errorAt(width) - 0.001 * seed,
  });
}
/** Down, up to a peak at M = 33, down again. */
const descends = (width: number) =>
  width < 17 ? 0.5 : width < 33 ? 0.4 : width < 65 ? 0.9 : 20 / width;
/** Down, then up: more width does harm. */
const overfits = (width: number) => (width < 33 ? 0.5 : 0.3 + width / 1000);
const mirrors = () => ({ mirrored: 0.8, unmirrored: 0.4 });

/** As the paper says where tied networks fit all that a symmetric function can, less `missed`. */
const tiedFits = (missed: number): Stub => ({
  metrics: (asked) => {
    const { tied, noiseKind, weightDecay } = asked.settings;
    if (!tied || noiseKind === 'symmetric') return network(1, descends)(asked);
    const harmed = (width: number) => overfits(width) - (weightDecay > 0.1 ? 0.1 : 0);
    return network(symmetricFitCeiling(datasetOf(asked.settings)) - missed, harmed)(asked);
  },
  measured: { mirrors },
});
const asThePaperSays = tiedFits(0);

test('all criteria hold where tying behaves as the paper says', () => {
  assert.deepEqual(holding(misspecification, asThePaperSays), Array(8).fill(true));
});

test('tied networks that stay below what a symmetric function can fit fail, for then tying is not why', () => {
  assert.ok(criterionOf(misspecification, tiedFits(0.005), 'symmetric function').holds);
  assert.ok(!criterionOf(misspecification, tiedFits(0.05), 'symmetric function').holds);
});

test('a fall too small to be told from none, and too uncertain to be called none, is no absence', () => {
  const uncertain: Stub = {
    ...asThePaperSays,
    metrics: (asked) => {
      const { tied, width, seed } = asked.settings;
      const row = network(1, descends)(asked);
      // Falls by −20, 0 and 20 points: 0 lies in the interval, and so does a fall of 40.
      return tied ? { ...row, test: 0.4 + (width > 100 ? 0.2 * (seed - 1) : 0) } : row;
    },
  };
  assert.ok(!criterionOf(misspecification, uncertain, 'descent is gone').holds);
});

test('where tying makes no difference, what it is said to do fails', () => {
  const same: Stub = {
    metrics: network(1, descends),
    measured: { mirrors: () => ({ mirrored: 0.5, unmirrored: 0.5 }) },
  };
  const { criteria } = findingsOf(misspecification, same);
  const failing = criteria.filter(({ holds }) => !holds).map(({ text }) => text);
  assert.equal(failing.length, 4);
  for (const words of ['symmetric function', 'descent is gone', 'beats scale', 'mirror']) {
    assert.ok(
      failing.some((text) => text.includes(words)),
      words,
    );
  }
});

test('without a peak nothing descends', () => {
  const flat: Stub = { metrics: network(1, () => 0.5), measured: { mirrors } };
  const { criteria } = findingsOf(misspecification, flat);
  for (const { text, holds } of criteria) {
    if (text.includes('falls beyond') || text.includes('rises')) assert.ok(!holds, text);
  }
});

test('its untied networks are those that double descent has run', () => {
  const keysOf = (claim: Claim) =>
    claim.cells('quick', { mnistFolder: null }).map((cell) => ({
      key: cell.key,
      tied: (cell.input as TrainingInput).settings.tied,
    }));
  const there = new Set(keysOf(doubleDescent).map(({ key }) => key));
  for (const { key, tied } of keysOf(misspecification)) assert.equal(there.has(key), !tied);
});

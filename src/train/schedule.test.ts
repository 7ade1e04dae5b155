import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf } from './batches.ts';
import { cosineOfHalfTurns, rateShare } from './schedule.ts';

test('our cosine is off by less than 3e-16', () => {
  for (let i = 0; i <= 100_000; i++) {
    const x = i / 100_000;
    // Math.cos(Math.PI · x) itself carries the rounding of πx, up to 2.2e-16 in the angle.
    assert.ok(Math.abs(cosineOfHalfTurns(x) - Math.cos(Math.PI * x)) < 5.3e-16, String(x));
  }
  assert.deepEqual([0, 0.5, 1].map(cosineOfHalfTurns), [1, 0, -1]);
});

test('warmup-cosine rises evenly to the full rate and falls to 0', () => {
  const shares = Array.from({ length: 12 }, (_, step) => rateShare('warmup-cosine', step, 12, 4));
  assert.deepEqual(shares.slice(0, 5), [0.25, 0.5, 0.75, 1, 1]);
  assert.ok(Math.abs(shares[8] - 0.5) < 1e-15);
  for (let step = 5; step < 12; step++) assert.ok(shares[step] < shares[step - 1]);
  assert.ok(shares[11] > 0 && shares[11] < 0.05);
  assert.equal(rateShare('warmup-cosine', 0, 10, 0), 1);
  assert.equal(rateShare('constant', 7, 10, 0), 1);
});

test('in an epoch every row comes once; the last batch holds what is left', () => {
  const batch = batchesOf(10, 4, 3);
  for (const epoch of [0, 1, 5]) {
    const batches = [0, 1, 2].map((i) => [...(batch(3 * epoch + i) ?? [])]);
    assert.deepEqual(
      batches.map((rows) => rows.length),
      [4, 4, 2],
    );
    assert.deepEqual(
      batches.flat().sort((x, y) => x - y),
      Array.from({ length: 10 }, (_, row) => row),
    );
    for (const rows of batches)
      assert.deepEqual(
        rows,
        rows.toSorted((x, y) => x - y),
      );
  }
});

test('a batch follows from the number of its step and the seed alone', () => {
  const inOrder = batchesOf(50, 8, 1);
  const first = Array.from({ length: 30 }, (_, step) => inOrder(step));
  assert.deepEqual(batchesOf(50, 8, 1)(17), first[17]);
  assert.deepEqual(inOrder(2), first[2]);
  assert.notDeepEqual(first[0], first[7]);
  assert.notDeepEqual(batchesOf(50, 8, 2)(0), first[0]);
});

test('no batch size, or one of at least all rows, is the full batch', () => {
  assert.equal(batchesOf(10, null, 0)(3), null);
  assert.equal(batchesOf(10, 10, 0)(3), null);
  assert.equal(batchesOf(10, 11, 0)(3), null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spread } from './spread.ts';

test('labels end up apart, in range and in order, whatever they were', () => {
  const positions = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 6 });
  fc.assert(
    fc.property(positions, (wanted) => {
      const placed = spread(wanted, 15, 0, 100);
      for (let i = 0; i < wanted.length; i++) {
        assert.ok(placed[i] >= 0 && placed[i] <= 100);
        for (let j = 0; j < i; j++) {
          // 1e-9: sums of a few numbers below 200 in double precision.
          assert.ok(Math.abs(placed[i] - placed[j]) >= 15 - 1e-9);
          if (wanted[i] < wanted[j]) assert.ok(placed[i] < placed[j]);
        }
      }
    }),
  );
});

test('labels with room stay where they are', () => {
  assert.deepEqual(spread([80, 10, 40], 15, 0, 100), [80, 10, 40]);
});

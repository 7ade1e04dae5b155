import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration } from './terminal.ts';

test('a duration never reads 60 seconds', () => {
  assert.equal(duration(179.6), '3 min 0 s');
  assert.equal(duration(119.4), '1 min 59 s');
  assert.equal(duration(9.97), '10 s');
  assert.equal(duration(0.84), '0.8 s');
  assert.equal(duration(99.7), '1 min 40 s');
  assert.equal(duration(7200), '2.0 h');
  for (let seconds = 0; seconds < 6000; seconds += 0.37) {
    assert.doesNotMatch(duration(seconds), /min 60 s|^100 s/);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from './quote.ts';

test('a quoted text holds no control character, of either set, and turns no writing', () => {
  assert.equal(quote('G♯\n\u001b\u009b\u007f\u202e'), '"G♯\\n\\u001b\\u009b\\u007f\\u202e"');
  assert.equal(quote('x'.repeat(100)).length, 61);
});

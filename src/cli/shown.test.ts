import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shown } from './shown.ts';

test('a symbol is shown without control characters, in 24 characters at most', () => {
  assert.equal(shown('G♯'), 'G♯');
  assert.equal(shown('a\nb\u001b[31m\u202Ec\u0085'), 'a\uFFFDb\uFFFD[31m\uFFFDc\uFFFD');
  assert.equal(shown('x'.repeat(24)), 'x'.repeat(24));
  assert.equal(shown('😀'.repeat(78)), `${'😀'.repeat(23)}…`);
});

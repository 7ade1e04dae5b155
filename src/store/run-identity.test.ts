import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeSettings } from '../train/settings.ts';
import { runKey, runName } from './run-identity.ts';

test('keys and names stay what they were: runs that are done are found for ever', () => {
  const keys = [
    { settings: completeSettings({}), dataset: null },
    {
      settings: completeSettings({ modulus: 31, optimizer: 'muon', noiseRatio: 0.1, dataset: 'x' }),
      dataset: 'a,b,label\n',
    },
  ].map(runKey);
  assert.deepEqual(
    keys.map((key) => key.slice(0, 16)),
    ['2fafd2729edab53a', '1863479ea8bd2a17'],
  );
  assert.deepEqual(
    keys.map((key) => runName(key)),
    ['sharp-coyote-325', 'lunar-ibis-892'],
  );
});

test('where a file of rows lies decides nothing, and each taken name leads to another', () => {
  const at = (dataset: string) =>
    runKey({ settings: completeSettings({ dataset }), dataset: 'rows' });
  assert.equal(at('/here.csv'), at('/there.csv'));
  const names = Array.from({ length: 20 }, (_, attempt) => runName(at('x'), attempt));
  assert.equal(new Set(names).size, 20);
});

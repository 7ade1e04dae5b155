import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { completeSettings } from '../train/settings.ts';
import { checkedRecord, runRecord } from './records.ts';
import { knownRecord } from './records-at-once.ts';

const right = {
  id: 1,
  key: 'a'.repeat(64),
  name: 'calm-otter-1',
  status: 'done',
  settings: JSON.stringify(completeSettings({ width: 33, noiseRatio: 0.5, seed: 7 })),
  dataset: null,
  measure_every: 10,
  extract: '["scan"]',
  keep: 'weights',
  attempt: 1,
  owner: null,
  heartbeat: null,
  step: 2000,
  seconds: 1.5,
  created: 1_800_000_000_000,
  started: 1_800_000_000_001,
  finished: null,
  hash: 'b'.repeat(64),
  metrics:
    '{"step":2000,"loss":null,"cleanTrain":1,"noisyTrain":0.5,"noisyTrue":null,"validation":null,"test":0.25}',
  extracted: '{"scan.T":3.5,"scan.rule":"c = a + b","scan.carried":null}',
  error: null,
  made: '{"undertone":"0.1.0","node":"24","machine":"x","backend":"native","instructionSet":"avx2"}',
  note: '',
  archived: 0,
} as const;

test('a row that is right comes out the same by the quick way', () => {
  const quick = knownRecord(right, ['paper']);
  assert.notEqual(quick, null);
  assert.deepEqual(quick, checkedRecord(right, ['paper']));
});

test('whatever is put into a column, both ways agree on what is right and what comes out', () => {
  const scalar = fc.oneof(
    fc.constant(null),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.string(),
    fc.constantFrom(
      'done',
      'weights',
      'c'.repeat(64),
      '[]',
      '{}',
      '{',
      '[1]',
      '["x"]',
      'null',
      '1',
    ),
  );
  const setting = fc.tuple(
    fc.constantFrom('width', 'seed', 'noiseRatio', 'task', 'tied', 'init', 'batchSize', 'other'),
    scalar,
  );
  const metric = fc.tuple(fc.constantFrom('step', 'loss', 'test', 'other'), scalar);
  const changed =
    (column: 'settings' | 'metrics' | 'extracted' | 'made') => (pair: [string, unknown]) => ({
      ...right,
      [column]: JSON.stringify({ ...JSON.parse(right[column]), [pair[0]]: pair[1] }),
    });
  const row = fc.oneof(
    fc
      .tuple(fc.constantFrom(...Object.keys(right)), scalar)
      .map(([column, value]) => ({ ...right, [column]: value })),
    setting.map(changed('settings')),
    metric.map(changed('metrics')),
    metric.map(changed('extracted')),
    fc.tuple(fc.constantFrom('node', 'other'), scalar).map(changed('made')),
  );
  const outcome = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return (error as Error).name;
    }
  };
  fc.assert(
    fc.property(row, (given) => {
      const checked = outcome(() => checkedRecord(given as never, []));
      const either = outcome(() => runRecord(given as never, []));
      assert.deepEqual(either, checked);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

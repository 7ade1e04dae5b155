import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainCommandLine } from './command-line.ts';
import { completeSettings } from './settings.ts';

test('a command line names what differs from the defaults, and switches by their name alone', () => {
  assert.equal(trainCommandLine(completeSettings({})), 'npx undertone train');
  assert.equal(
    trainCommandLine(completeSettings({ width: 9, tied: true, batchSize: 32, optimizer: 'sgd' })),
    'npx undertone train --width 9 --tied --optimizer sgd --batch-size 32',
  );
  assert.equal(
    trainCommandLine(completeSettings({}), { measureEvery: 5, track: 'evidence' }),
    'npx undertone train --measure-every 5 --track evidence',
  );
});

/** `train --track evidence` through the real command line. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRun } from '../src/format/index.ts';
import { trackedHeader } from '../src/format/metrics.ts';
import { inFolder, undertone } from './run-undertone.ts';

const size = ['--modulus', '13', '--width', '40', '--steps', '30'];
const track = ['--track', 'evidence'];

test('tracks the task’s rule into metrics.csv, --json, the table and the report', async () => {
  await inFolder(async (folder) => {
    const plain = await undertone(folder, 'train', ...size, '--out', 'plain', '--json');
    const args = [...size, '--task', 'sub', ...track];
    const tracked = await undertone(folder, 'train', ...args, '--out', 'tracked', '--json');
    assert.equal(tracked.code, 0, tracked.stderr);
    const result = JSON.parse(tracked.stdout);
    assert.equal(result.tracked.text, 'c = a − b (mod 13)');
    assert.equal(result.tracked.source, 'task');
    const { metrics, config } = readRun(join(folder, 'tracked'));
    assert.deepEqual(metrics.at(-1), result.metrics);
    assert.ok(metrics.every(({ evidence }) => Number.isFinite(evidence?.heldOutLogits)));
    assert.equal(config.track, 'evidence');
    assert.ok(!('tracked' in JSON.parse(plain.stdout)));
    const header = (run: string) =>
      readFileSync(join(folder, run, 'metrics.csv'), 'utf8').split('\n')[0];
    assert.equal(header('tracked'), trackedHeader);
    assert.ok(!header('plain').includes('T'));

    // A run that is done says the same again, as text.
    const again = await undertone(folder, 'train', '--out', 'tracked', '--resume');
    assert.match(again.stdout, /Evidence for c = a − b \(mod 13\): T = -?\d+\.\d, triad energy/);
    assert.match(again.stdout, /\npairs never seen +-?\d+\.\d +-?\d+\.\d\n/);

    await undertone(folder, 'report', 'tracked', 'plain', '--out', 'both.html');
    const page = readFileSync(join(folder, 'both.html'), 'utf8');
    assert.equal(page.split('id="run-1-evidence-curves"').length, 2);
    assert.ok(!page.includes('id="run-2-evidence-curves"'));
  });
});

test('multiplication has no rule to follow: it trains, says why, and its files are as without', async () => {
  await inFolder(async (folder) => {
    const args = [...size, '--task', 'mul', ...track, '--out', 'mul'];
    const { code, stderr, stdout } = await undertone(folder, 'train', ...args);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /No evidence is tracked: the task mul isn’t of the form/);
    assert.match(stdout, /No evidence was tracked: the task mul/);
    assert.ok(readRun(join(folder, 'mul')).metrics.every((row) => !('evidence' in row)));
    const report = await undertone(folder, 'report', 'mul');
    assert.equal(report.code, 0, report.stderr);
  });
});

test('rows without a task are followed for the rule of most of their labels', async () => {
  await inFolder(async (folder) => {
    const rows = ['a,b,label'];
    for (let a = 0; a < 11; a++) {
      for (let b = 0; b < 9; b++) rows.push(`${a},${b},${(2 * a + 3 * b + 4) % 11}`);
    }
    writeFileSync(join(folder, 'rows.csv'), `${rows.join('\n')}\n`);
    const small = ['--modulus', '11', '--width', '30', '--steps', '20'];
    const args = ['--dataset', 'rows.csv', ...small, ...track, '--out', 'rows'];
    const { code, stderr, stdout } = await undertone(folder, 'train', ...args);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /Evidence for c = 2a \+ 3b \+ 4 \(mod 11\), the rule of most training labels/,
    );
    const report = await undertone(folder, 'report', 'rows');
    assert.equal(report.code, 0, report.stderr);
    const page = readFileSync(join(folder, 'rows', 'report.html'), 'utf8');
    assert.match(page, /the rule that most training labels obey, so on all pairs/);
  });
});

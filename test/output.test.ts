/** Where output can't go: refused or ended in a sentence, never a hang or a stack trace. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WorkError } from '../src/errors.ts';
import { writeFileAtomic } from '../src/format/index.ts';
import { inFolder, undertone } from './run-undertone.ts';

const isLinux = process.platform === 'linux';

test('a device is not replaced by a file', { skip: !existsSync('/dev/null') && 'no /dev' }, () => {
  assert.throws(
    () => writeFileAtomic('/dev/null', 'x'),
    (error) => error instanceof WorkError && /it is a device or a pipe/.test(error.message),
  );
});

test('a folder that the system refuses is an error at once', {
  skip: !isLinux && 'no /proc',
}, async () => {
  await inFolder(async (folder) => {
    const args = ['train', '--modulus', '5', '--steps', '1', '--out', '/proc/nope/x'];
    const { code, stderr } = await undertone(folder, ...args);
    assert.equal(code, 1);
    assert.match(stderr, /Could not write \/proc\/nope/);
  });
});

test('a reader that stops early ends the program without a stack trace', async () => {
  const program = fileURLToPath(new URL('../bin/undertone.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'reproduce', '--list', '--json']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.doesNotMatch(stderr, /EPIPE|at .*\.ts/);
});

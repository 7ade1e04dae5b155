import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../errors.ts';
import { type FileSystem, writeFileAtomic } from './atomic.ts';

function folderFor(t: { after(clean: () => void): void }): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

/** The real calls, one of them failing with this code. */
function failing(call: keyof FileSystem, code: string): FileSystem {
  const fail = () => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
  return { ...fs, [call]: fail } as FileSystem;
}

test('writes text and bytes, and replaces what was there', (t) => {
  const path = join(folderFor(t), 'x');
  writeFileAtomic(path, 'first');
  writeFileAtomic(path, 'second µ');
  assert.equal(fs.readFileSync(path, 'utf8'), 'second µ');
  writeFileAtomic(path, Uint8Array.of(1, 2));
  assert.deepEqual([...fs.readFileSync(path)], [1, 2]);
  assert.deepEqual(fs.readdirSync(join(path, '..')), ['x']);
});

test('never shows a half-written file under the name', (t) => {
  const path = join(folderFor(t), 'x');
  fs.writeFileSync(path, 'old');
  const seen: string[] = [];
  const note = (call: string) => seen.push(`${call}: ${fs.readFileSync(path, 'utf8')}`);
  const watched: FileSystem = {
    ...fs,
    writeFileSync: (file, content) => {
      fs.writeFileSync(file, content);
      note('write');
    },
    fsyncSync: (file) => {
      fs.fsyncSync(file);
      note('sync');
    },
    renameSync: (from, to) => {
      fs.renameSync(from, to);
      note('rename');
    },
  };
  writeFileAtomic(path, 'new', watched);
  assert.deepEqual(seen, ['write: old', 'sync: old', 'rename: new', 'sync: new']);
});

for (const [call, code, sentence] of [
  ['openSync', 'EACCES', /^Could not write .*: there is no permission/],
  ['openSync', 'EROFS', /the disk is read-only/],
  ['writeFileSync', 'ENOSPC', /the disk is full/],
  ['fsyncSync', 'EIO', /the disk reports an error/],
  ['closeSync', 'EDQUOT', /disk quota/],
  ['renameSync', 'EPERM', /the system does not permit it/],
] as const) {
  test(`keeps the old file and leaves nothing behind when ${call} fails with ${code}`, (t) => {
    const folder = folderFor(t);
    const path = join(folder, 'x');
    fs.writeFileSync(path, 'old');
    assert.throws(() => writeFileAtomic(path, 'new', failing(call, code)), {
      name: 'WorkError',
      message: sentence,
    });
    assert.equal(fs.readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(fs.readdirSync(folder), ['x']);
  });
}

test('says so when a part of the path is a file', (t) => {
  const path = join(folderFor(t), 'x');
  fs.writeFileSync(path, 'old');
  assert.throws(() => writeFileAtomic(join(path, 'y'), 'new'), {
    name: 'WorkError',
    message: /a part of its path is a file/,
  });
  assert.equal(fs.readFileSync(path, 'utf8'), 'old');
});

test('says so when the folder does not exist', (t) => {
  assert.throws(() => writeFileAtomic(join(folderFor(t), 'no', 'y'), 'new'), {
    name: 'WorkError',
    message: /its folder does not exist/,
  });
});

test('says so when a folder has the name', (t) => {
  const folder = folderFor(t);
  fs.mkdirSync(join(folder, 'x', 'y'), { recursive: true });
  assert.throws(() => writeFileAtomic(join(folder, 'x'), 'new'), { name: 'WorkError' });
  assert.deepEqual(fs.readdirSync(folder), ['x']);
});

test('keeps the old file when the system stops a write half-way', (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no limit on the size of files');
  const folder = folderFor(t);
  const path = join(folder, 'x');
  fs.writeFileSync(path, 'old');
  const module = new URL('./atomic.ts', import.meta.url).href;
  const program = `
    const { writeFileAtomic } = await import('${module}');
    try {
      writeFileAtomic(process.argv[1], new Uint8Array(1_000_000));
    } catch (error) {
      console.log(error.name, error.cause.code, error.message);
    }`;
  // A limit of 8 blocks (4 or 8 KiB, as shells count) makes the write fail after a part is written.
  const said = execFileSync(
    'sh',
    [
      '-c',
      'ulimit -f 8 && exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
      path,
    ],
    { encoding: 'utf8' },
  );
  assert.match(said, /^WorkError EFBIG Could not write .* larger than this system/);
  assert.equal(fs.readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(fs.readdirSync(folder), ['x']);
});

test('says so in a folder without write permission', (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no folder mode to take away');
  const folder = folderFor(t);
  fs.chmodSync(folder, 0o500);
  // Permissions don't bind root, so root becomes "nobody" for this one call.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    assert.throws(() => writeFileAtomic(join(folder, 'x'), 'new'), {
      name: 'WorkError',
      message: /there is no permission/,
    });
  } finally {
    if (isRoot) process.seteuid?.(0);
    fs.chmodSync(folder, 0o700);
  }
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('parts are written one after the other; where making one fails, the old file stays', (t) => {
  const folder = folderFor(t);
  const path = join(folder, 'parts.txt');
  writeFileAtomic(path, ['one ', 'two']);
  assert.equal(fs.readFileSync(path, 'utf8'), 'one two');
  function* parts() {
    yield 'three';
    throw new InputError('the source changed');
  }
  assert.throws(() => writeFileAtomic(path, parts()), { message: 'the source changed' });
  assert.equal(fs.readFileSync(path, 'utf8'), 'one two');
  assert.deepEqual(fs.readdirSync(folder), ['parts.txt']);
});

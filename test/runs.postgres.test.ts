/** The commands on a store in PostgreSQL: the same runs, the same answers as from a file. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findPostgres, startPostgres, type TestPostgres } from '../scripts/test-postgres.ts';
import { undertone } from './run-undertone.ts';
import { storeStudy } from './stored-study.ts';

const skip = findPostgres() === null ? 'no PostgreSQL' : false;

describe('runs, export and report on PostgreSQL', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-runs-postgres-'));
  const password = 'open-sesame';
  let server: TestPostgres;
  let place = '';
  let said = '';

  before(async () => {
    server = await startPostgres();
    // The test's server asks for none, and takes any.
    place = (await server.createDatabase()).replace('@', `:${password}@`);
    await storeStudy(place);
    await storeStudy(join(folder, 'undertone.db'));
  });
  after(async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const both = async (...args: string[]) => {
    const [file, remote] = [
      await undertone(folder, ...args),
      await undertone(folder, ...args, '--store', place),
    ];
    assert.deepEqual([file.code, remote.code], [0, 0], `${file.stderr}${remote.stderr}`);
    said += remote.stdout + remote.stderr;
    return [file.stdout, remote.stdout];
  };

  test('a filter, an order and a limit find the same runs', async () => {
    for (const args of [
      ['width=33', '--sort', 'name'],
      ['status=done', 'noiseRatio>0', '--sort', 'test', '--limit', '3'],
      ['--sort', 'name', '--reverse'],
    ]) {
      const [file, remote] = (await both('runs', ...args, '--json')).map((text) =>
        // biome-ignore lint/suspicious/noExplicitAny: JSON as a reader gets it.
        JSON.parse(text).runs.map(({ name, hash, settings, metrics, extracted }: any) => ({
          name,
          hash,
          settings,
          metrics,
          extracted,
        })),
      );
      assert.ok(file.length > 0);
      assert.deepEqual(remote, file);
    }
  });

  test('a tag is put and found, a run deleted', async () => {
    const [, list] = await both('runs', 'width=9', 'status=done', '--json');
    const { name } = JSON.parse(list).runs[0];
    const run = (...args: string[]) => undertone(folder, 'runs', ...args, '--store', place);
    assert.equal((await run('tag', name, '--add', 'paper')).code, 0);
    assert.equal(JSON.parse((await run('tag=paper', '--json')).stdout).total, 1);
    assert.equal((await run('delete', '--filter', 'tag=paper', '--yes')).code, 0);
    const gone = await run('show', name);
    assert.equal(gone.code, 2);
    said += gone.stderr;
    await undertone(folder, 'runs', 'delete', name, '--yes');
  });

  test('exports hold the same measurements', async () => {
    for (const [out, ...store] of [['file'], ['remote', '--store', place]]) {
      const done = await undertone(folder, 'export', '--sweep', 'small', '--out', out, ...store);
      assert.equal(done.code, 0, done.stderr);
      said += done.stdout + done.stderr;
    }
    const read = (out: string) => readFileSync(join(folder, out, 'metrics.csv'), 'utf8');
    assert.equal(read('remote'), read('file'));
  });

  test('a sweep is reported', async () => {
    const { code, stderr } = await undertone(folder, 'report', 'small', '--store', place);
    assert.equal(code, 0, stderr);
    said += stderr + readFileSync(join(folder, 'small.html'), 'utf8');
  });

  test('the password is in nothing that was said', () => {
    assert.ok(said.length > 0);
    assert.ok(!said.includes(password));
  });
});

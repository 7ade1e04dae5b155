/** `undertone runs` through the command line, on a store with a small sweep in it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { readRun, weightsHash } from '../src/format/index.ts';
import { openStore, parseFilter, type RunRecord } from '../src/store/index.ts';
import { inFolder, undertone } from './run-undertone.ts';
import { storeStudy, studyRuns, studySteps } from './stored-study.ts';

let folder = '';
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'undertone-runs-'));
  await storeStudy(join(folder, 'undertone.db'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => undertone(folder, 'runs', ...args);

async function listed(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, '--json');
  assert.equal(code, 0, stderr);
  // biome-ignore lint/suspicious/noExplicitAny: JSON as a reader gets it.
  return JSON.parse(stdout).runs as any[];
}

/** The same, asked of the store itself. */
async function find(filter: string, archived = false): Promise<readonly RunRecord[]> {
  const store = await openStore(join(folder, 'undertone.db'));
  try {
    return (await store.listRuns({ filter: parseFilter(filter), archived })).runs;
  } finally {
    await store.close();
  }
}

test('lists runs with what varies among them, newest first; a filter, a sweep and a limit choose', async () => {
  const { code, stdout } = await run();
  assert.equal(code, 0);
  const [header, ...rows] = stdout.trimEnd().split('\n');
  assert.deepEqual(
    header.split(/\s+/),
    'run status task noiseRatio width seed step loss noisy test time age'.split(' '),
  );
  assert.equal(rows.length, studyRuns + 2);
  assert.match(rows[0], /^\S+ +failed +xor/);
  assert.match(rows.at(-1) ?? '', /^9 runs\.$/);

  const wide = await listed('width>=33', 'noiseRatio=0.5', 'status=done');
  assert.equal(wide.length, 2);
  for (const { name, status, settings, metrics, hash, step } of wide) {
    assert.match(name, /^[a-z]+-[a-z]+-\d+$/);
    assert.deepEqual([status, settings.width, settings.noiseRatio], ['done', 33, 0.5]);
    assert.deepEqual([metrics.step, step], [studySteps, studySteps]);
    assert.match(hash, /^[0-9a-f]{64}$/);
  }
  assert.equal((await listed('--sweep', 'small', '--limit', '3')).length, 3);
  const byTest = (await listed('status=done', '--sort', 'test')).map(({ metrics }) => metrics.test);
  assert.deepEqual(
    byTest,
    [...byTest].sort((x, y) => y - x),
  );
  const unknown = await run('--sweep', 'smal');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /did you mean small\?/);
});

test('a filter that is wrong names the place; one that nothing passes says so', async () => {
  const wrong = await run('wdth>=9');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /position 1: .*Did you mean width\?/);
  const none = await run('width=10');
  assert.equal(none.code, 0);
  assert.match(none.stdout, /^No run in undertone\.db passes that filter\.$/m);
});

test('shows all of one run, with the reason why it failed and the command that makes it again', async () => {
  const [failed] = await find('status=failed');
  const { code, stdout } = await run('show', failed.name);
  assert.equal(code, 0);
  assert.match(stdout, /Why: Task "xor" needs a power of two as the modulus/);
  assert.match(stdout, /npx undertone train --task xor --modulus 11/);
  const [done] = await find('status=done');
  const shown = JSON.parse((await run('show', done.key.slice(0, 10), '--json')).stdout);
  assert.equal(shown.name, done.name);
  assert.equal(typeof shown.extracted['triad-filtration.test'], 'number');
});

test('compares settings and metrics, and whether weights are the same bits', async () => {
  const [first, second] = await find('width=33 noiseRatio=0.5');
  const { settings, metrics, sameWeights } = JSON.parse(
    (await run('compare', first.name, second.name, '--json')).stdout,
  );
  assert.deepEqual(settings, { seed: [first.settings.seed, second.settings.seed] });
  assert.deepEqual(metrics.test, [first.metrics?.test, second.metrics?.test]);
  assert.equal(sameWeights, false);
  assert.match((await run('compare', first.name, second.name)).stdout, /Their weights differ\.$/m);
  const alone = await run('compare', first.name, first.name);
  assert.equal(alone.code, 2);
});

test('tags, notes and archives are kept, found and taken back', async () => {
  const [first, second] = await find('width=9 status=done');
  assert.equal((await run('tag', first.name, second.name, '--add', 'paper,two words')).code, 0);
  assert.equal((await find('tag=paper tag="two words"')).length, 2);
  assert.equal((await run('tag', '--filter', 'tag=paper', '--remove', 'paper')).code, 0);
  assert.equal((await find('tag=paper')).length, 0);
  assert.match((await run('tag', '=', 'paper')).stderr, /without spaces: tag=paper/);

  await run('note', first.name, 'look here');
  assert.equal((await find(`name=${first.name}`))[0].note, 'look here');

  await run('archive', 'width=9');
  assert.equal((await find('width=9')).length, 0);
  assert.equal((await find('width=9', true)).length, 5);
  assert.match((await run('width=9')).stdout, /5 that do are archived/);
  await run('unarchive', '--filter', 'width=9');
  assert.equal((await find('width=9')).length, 5);
});

test('a run saved from the store is a run directory, and comes back as the same run', async () => {
  const [done] = await find('width=33 noiseRatio=0.5 seed=0');
  assert.equal((await run('save', done.name, '--out', 'saved')).code, 0);
  const saved = readRun(join(folder, 'saved'));
  assert.equal(weightsHash(saved.network), done.hash);
  assert.equal(saved.metrics.at(-1)?.step, studySteps);
  const extracted = JSON.parse((await undertone(folder, 'extract', 'saved', '--json')).stdout);
  // The same without a folder between: by its name in the store.
  const byName = await undertone(folder, 'extract', done.name, '--json');
  assert.deepEqual(JSON.parse(byName.stdout), extracted);
  const unknown = await undertone(folder, 'scan', `${done.name}x`);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, new RegExp(`There is no run .*nearest: ${done.name}`));
  const triads = extracted.methods.find(
    ({ name }: { name: string }) => name === 'triad-filtration',
  );
  assert.equal(triads.test, done.extracted?.['triad-filtration.test']);

  const added = await run('add', 'saved', '--store', 'other.db', '--json');
  assert.equal(added.code, 0, added.stderr);
  const [copy] = JSON.parse(added.stdout).runs;
  assert.deepEqual([copy.name, copy.key, copy.hash], [done.name, done.key, done.hash]);
  const again = await run('save', done.name, '--out', 'saved');
  assert.equal(again.code, 2);
  assert.match(again.stderr, /already has a run in it/);
  const unfinished = await run('save', (await find('status=failed'))[0].name);
  assert.equal(unfinished.code, 2);
});

test('a run directory whose rows are not those of its settings is refused, and nothing is added', async () => {
  await inFolder(async (own) => {
    const size = ['--modulus', '11', '--width', '9', '--steps', '5', '--out', 'run'];
    assert.equal((await undertone(own, 'train', ...size)).code, 0);
    const rows = readFileSync(join(own, 'run', 'dataset.csv'), 'utf8').split('\n');
    const [first] = rows.splice(1, 1);
    rows.splice(2, 0, first);
    writeFileSync(join(own, 'run', 'dataset.csv'), rows.join('\n'));
    const refused = await undertone(own, 'runs', 'add', 'run');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /aren't those that its settings describe/);
    assert.ok(!existsSync(join(own, 'undertone.db')));
  });
});

test('where there is no store, reading makes none and says how to make one', async () => {
  await inFolder(async (own) => {
    const { code, stderr } = await undertone(own, 'runs');
    assert.equal(code, 2);
    assert.match(stderr, /no store undertone\.db yet\. npx undertone sweep FILE\.yaml makes one/);
    assert.deepEqual(readdirSync(own), []);
  });
});

test('a password is never shown', async () => {
  const place = 'postgres://me:open-sesame@127.0.0.1:1/study';
  for (const args of [
    ['--store', place],
    ['show', 'x', '--store', place, '--debug'],
  ]) {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.match(stderr, /postgres:\/\/me@127\.0\.0\.1:1\/study can't be opened/);
    assert.ok(!`${stdout}${stderr}`.includes('open-sesame'));
  }
});

test('options stand before or after the name of a subcommand', async () => {
  const [done] = await find('status=done');
  const store = ['--store', join(folder, 'undertone.db')];
  await inFolder(async (own) => {
    for (const args of [
      ['show', done.name, ...store, '--json'],
      [...store, '--json', 'show', done.name],
    ]) {
      const { code, stdout, stderr } = await undertone(own, 'runs', ...args);
      assert.equal(code, 0, stderr);
      assert.equal(JSON.parse(stdout).name, done.name);
    }
  });
});

test('deleting asks; where nobody can be asked it wants --yes, and a damaged run goes by its name', async () => {
  const remaining = async () => JSON.parse((await run('--json')).stdout);
  const [{ name }] = (await remaining()).runs.filter((one: RunRecord) => one.status === 'done');
  const asked = await run('delete', name);
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /can't be undone, and here nobody can be asked; give --yes/);
  const filter = await run('delete', 'width=9', '--yes');
  assert.match(filter.stderr, /give it with --filter/);
  assert.equal((await remaining()).total, 9);

  const database = new DatabaseSync(join(folder, 'undertone.db'));
  database.exec(`update runs set settings = '{"width": -1}' where name = '${name}'`);
  database.close();
  const damaged = await remaining();
  assert.equal(damaged.runs.length, 8);
  assert.match(damaged.damaged[0], new RegExp(`${name} is damaged.*settings`));
  const gone = await run('delete', name, '--yes');
  assert.equal(gone.code, 0, gone.stderr);
  const failed = await run('delete', '--filter', 'status=failed', '--yes');
  assert.equal(failed.code, 0, failed.stderr);
  const left = await remaining();
  assert.deepEqual([left.total, left.damaged], [7, []]);
});

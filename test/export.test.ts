/** `undertone export` through the command line: what it writes is read back, by other programs where they are. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { csvRecords, readModel, weightsHash } from '../src/format/index.ts';
import { openStore, type RunRecord } from '../src/store/index.ts';
import { undertone } from './run-undertone.ts';
import { storeStudy, studyRuns } from './stored-study.ts';

let folder = '';
let runs: readonly RunRecord[] = [];
let all: { readonly code: number | null; readonly stdout: string; readonly stderr: string };
/** steps 0, 10, … 40. */
const pointsEach = 5;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'undertone-export-'));
  await storeStudy(join(folder, 'undertone.db'));
  const store = await openStore(join(folder, 'undertone.db'));
  const first = (await store.listRuns({ sort: 'created' })).runs[0];
  await store.tag([first.id], ['paper', 'two words']);
  await store.note(first.id, 'a "note", with\na second line');
  runs = (await store.sweepRuns((await store.findSweep('small')).id)).runs.map(({ run }) => run);
  await store.close();
  all = await undertone(
    folder,
    'export',
    '--sweep',
    'small',
    '--format',
    'all',
    '--out',
    'all',
    '--json',
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

const inAll = (...path: string[]) => join(folder, 'all', ...path);

// biome-ignore lint/suspicious/noExplicitAny: rows of a file.
async function parquet(name: string): Promise<any[]> {
  return await parquetReadObjects({ file: await asyncBufferFromFile(inAll(name)) });
}

function csv(name: string): Record<string, string>[] {
  const [header, ...rows] = [...csvRecords([readFileSync(inAll(name))], name)].map(
    ({ fields }) => fields,
  );
  return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
}

test('says what it wrote; nothing else lies in the folder', () => {
  assert.equal(all.code, 0, all.stderr);
  const { files, ...counts } = JSON.parse(all.stdout);
  assert.deepEqual(counts, {
    out: 'all',
    runs: studyRuns + 1,
    points: studyRuns * pointsEach,
    weights: studyRuns,
    damaged: [],
  });
  assert.deepEqual(readdirSync(inAll()).sort(), [...files, 'weights'].sort());
  assert.ok(!readdirSync(folder).some((name) => name.endsWith('.partial')));
});

test('Parquet and CSV hold every run with its settings, metrics and what was taken out, typed', async () => {
  const rows = await parquet('runs.parquet');
  assert.deepEqual(
    rows.map(({ name }) => name),
    runs.map(({ name }) => name),
  );
  for (const [i, row] of rows.entries()) {
    const { settings, metrics, extracted, created, hash, status, error } = runs[i];
    assert.deepEqual(
      [row.width, row.seed, row.noiseRatio, row.tied, row.lossFunction, row.batchSize ?? null],
      [
        BigInt(settings.width),
        BigInt(settings.seed),
        settings.noiseRatio,
        false,
        'cross-entropy',
        null,
      ],
    );
    assert.deepEqual([row.status, row.hash ?? null, row.error ?? null], [status, hash, error]);
    assert.equal(row.test ?? null, metrics?.test ?? null);
    assert.equal(row.loss ?? null, metrics?.loss ?? null);
    assert.equal(
      row['triad-filtration.test'] ?? null,
      extracted?.['triad-filtration.test'] ?? null,
    );
    assert.equal(row['scan.log10PValue'] ?? null, extracted?.['scan.log10PValue'] ?? null);
    assert.equal(row.created.getTime(), created);
    assert.equal(JSON.parse(row.axes).width, settings.width);
  }
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(inAll('runs.parquet')));
  const types = Object.fromEntries(
    parquetSchema(metadata).children.map(({ element }) => [
      element.name,
      element.converted_type ?? element.type,
    ]),
  );
  assert.deepEqual(
    [types.width, types.test, types.tied, types.name, types.created],
    ['INT64', 'DOUBLE', 'BOOLEAN', 'UTF8', 'TIMESTAMP_MILLIS'],
  );

  const text = csv('runs.csv');
  assert.deepEqual(Object.keys(text[0]), Object.keys(types));
  assert.equal(text[0].note, 'a "note", with\na second line');
  assert.equal(text[0].tags, 'paper,two words');
  assert.equal(Number(text[0].test), runs[0].metrics?.test);
  assert.equal(text.at(-1)?.status, 'failed');
  assert.equal(text.at(-1)?.test, '');
  assert.match(text.at(-1)?.error ?? '', /power of two/);
});

test('measurements of every run and step, in both', async () => {
  const store = await openStore(join(folder, 'undertone.db'));
  const series = await store.series(runs.map(({ id }) => id));
  await store.close();
  const expected = runs.flatMap(({ id, name }) =>
    (series.get(id) ?? []).map((row) => ({ run: name, ...row })),
  );
  assert.equal(expected.length, studyRuns * pointsEach);
  const rows = (await parquet('metrics.parquet')).map((row) => ({
    ...row,
    step: Number(row.step),
  }));
  const lines = csv('metrics.csv');
  for (const [
    i,
    { run, step, loss, cleanTrain, noisyTrain, test: accuracy },
  ] of expected.entries()) {
    assert.deepEqual(
      [
        rows[i].run,
        rows[i].step,
        rows[i].loss,
        rows[i].cleanTrain,
        rows[i].noisyTrain ?? null,
        rows[i].test,
      ],
      [run, step, loss, cleanTrain, noisyTrain, accuracy],
    );
    assert.deepEqual(
      [lines[i].run, Number(lines[i].step), Number(lines[i].loss), Number(lines[i].test)],
      [run, step, loss, accuracy],
    );
  }
});

/** Where Python has pandas, pyarrow and safetensors, they read all of it too: see docs/export.md. */
function readByPython(): void {
  const python = process.env.PYTHON ?? 'python3';
  const hasModules = spawnSync(python, ['-c', 'import pandas, pyarrow, safetensors']).status === 0;
  const script = fileURLToPath(new URL('python/read-study.py', import.meta.url));
  if (!hasModules) return;
  const read = spawnSync(python, [script, inAll()], { encoding: 'utf8' });
  assert.equal(read.status, 0, read.stderr);
  const found = JSON.parse(read.stdout);
  const done = runs.filter(({ status }) => status === 'done');
  assert.deepEqual(
    found.tests,
    Object.fromEntries(done.map(({ name, metrics }) => [name, metrics?.test])),
  );
  assert.deepEqual([found.points, found.curves], [studyRuns * pointsEach, studyRuns * pointsEach]);
  assert.equal(found.csvAgrees, true);
  assert.deepEqual(
    [found.types.width, found.types.test, found.types.tied, found.types.name, found.types.created],
    ['int64', 'double', 'bool', 'string', 'timestamp[ms, tz=UTC]'],
  );
  assert.equal(found.means.length, 4);
  for (const { name, settings } of done) {
    const { shapes, width } = found.weights[name];
    assert.deepEqual(shapes.U, [settings.width, 11]);
    assert.equal(width, settings.width);
  }
}

test('weights are the bits that were kept, with their settings; Python, where it is, reads all', () => {
  const index = csv('index.csv');
  assert.equal(index.length, studyRuns);
  for (const { name, file, hash, width } of index) {
    const { network, metadata } = readModel(readFileSync(inAll(file)), file);
    assert.equal(weightsHash(network), hash);
    assert.equal(runs.find((run) => run.name === name)?.hash, hash);
    assert.deepEqual([String(network.width), metadata.width], [width, width]);
  }
  readByPython();
});

test('the formats that are asked for, of the runs that are asked for', async () => {
  const some = await undertone(folder, 'export', 'width=33', 'status=done', '--out', 'some/here');
  assert.equal(some.code, 0, some.stderr);
  assert.match(some.stdout, /4 runs, 20 measurements in runs\.csv, metrics\.csv/);
  assert.deepEqual(readdirSync(join(folder, 'some', 'here')).sort(), ['metrics.csv', 'runs.csv']);
  const wrong = await undertone(folder, 'export', '--out', 'x', '--format', 'xml');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /expected csv, parquet, safetensors or all, got "xml"/);
});

test('a folder with something in it is refused and left as it is; an empty one is taken', async () => {
  mkdirSync(join(folder, 'full'));
  writeFileSync(join(folder, 'full', 'mine'), 'x');
  const refused = await undertone(folder, 'export', '--out', 'full');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /full is not empty/);
  assert.deepEqual(readdirSync(join(folder, 'full')), ['mine']);
  const none = await undertone(folder, 'export', 'width=7', '--out', 'none');
  assert.equal(none.code, 2);
  assert.ok(!existsSync(join(folder, 'none')));
});

test('damaged weights and runs are named, and all the rest is written', async () => {
  const [first, second] = runs;
  const database = new DatabaseSync(join(folder, 'undertone.db'));
  database.exec(`update artifacts set bytes = x'00' where run_id = ${first.id} and kind = 'model'`);
  database.exec(`update runs set metrics = '{' where id = ${second.id}`);
  database.close();
  const { code, stdout, stderr } = await undertone(
    folder,
    'export',
    '--format',
    'safetensors',
    '--out',
    'rest',
    '--json',
  );
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`model of the run ${first.name} is damaged`));
  assert.match(stderr, new RegExp(`run ${second.name} is damaged`));
  assert.equal(JSON.parse(stdout).weights, studyRuns - 2);
});

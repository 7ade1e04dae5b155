import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { selectBackend } from '../../compute/index.ts';
import { readRun, weightsHash } from '../../format/index.ts';
import { openWorkerPool } from '../../sweep/index.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { completeSettings } from '../../train/settings.ts';
import { train } from '../../train/trainer.ts';
import { mergeCells, outputsOf, training } from './cell.ts';
import { type CellRun, runCells } from './run-cells.ts';

const pool = openWorkerPool({ workers: 2 });
const folder = mkdtempSync(join(tmpdir(), 'undertone-cells-'));
after(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

const resultsOf = (records: CellRun['records']) =>
  outputsOf(new Map([...records].map(([key, { output }]) => [key, output])));
const small = { modulus: 11, width: 17, steps: 60 };

test('the key of a training is that of its settings: written out or by default, whatever is measured', () => {
  const plain = training(small);
  assert.equal(
    plain.key,
    training({ ...small, task: 'add', seed: 0 }, { measure: ['filtration'] }).key,
  );
  assert.notEqual(plain.key, training({ ...small, seed: 1 }).key);
  assert.notEqual(plain.key, training(small, { frozen: true }).key);
});

test('claims that ask for one training share it, and all is measured that any of them wants', () => {
  const merged = mergeCells([
    training(small, { measure: ['filtration'], at: [0, 60] }),
    training(small, { measure: ['filtration'], at: [30, 60] }),
    training({ ...small, seed: 1 }),
  ]);
  assert.equal(merged.length, 2);
  const { wanted } = merged[0].input as { wanted: { step: number }[] };
  assert.deepEqual(
    wanted.map(({ step }) => step),
    [0, 60, 30],
  );
});

test('a cell ends at the bits of a training on its own, in a run directory that can be read', async () => {
  const cell = training({ ...small, seed: 5 }, { measure: ['filtration'], at: [0, 60] });
  const { records, failures, stopped } = await runCells([cell], { folder, pool });
  assert.equal(failures.size, 0);
  assert.ok(!stopped);
  const settings = completeSettings({ ...small, seed: 5 });
  const alone = await train({
    settings,
    dataset: datasetOf(settings),
    initial: initialNetworkOf(settings),
    backend: selectBackend(),
  });
  const outputs = resultsOf(records);
  assert.equal(outputs.of(cell).weightsHash, weightsHash(alone.network));
  assert.deepEqual(outputs.of(cell).metrics, alone.metrics);
  assert.deepEqual(readRun(join(folder, cell.key)).network, alone.network);
  const last = alone.metrics[alone.metrics.length - 1];
  assert.equal(outputs.measured(cell, 'filtration').raw.test, last.test);
  assert.equal(outputs.measured(cell, 'filtration', 0).raw.test, alone.metrics[0].test);
});

test('what is there is not run again; a new measurement of the end needs no new training', async () => {
  const bare = training({ ...small, seed: 6 });
  await runCells([bare], { folder, pool });
  const model = join(folder, bare.key, 'model.safetensors');
  const written = statSync(model).mtimeMs;
  const more = training({ ...small, seed: 6 }, { measure: ['filtration'] });
  const first = await runCells([more], { folder, pool });
  assert.equal(statSync(model).mtimeMs, written);
  const output = resultsOf(first.records);
  assert.ok(output.measured(more, 'filtration').raw.test !== null);
  const record = statSync(join(folder, bare.key, 'cell.json')).mtimeMs;
  await runCells([bare, more], { folder, pool });
  assert.equal(statSync(join(folder, bare.key, 'cell.json')).mtimeMs, record);
  // A measurement on the way does need it, and ends at the same weights.
  const early = training({ ...small, seed: 6 }, { measure: ['filtration'], at: [10] });
  const again = await runCells([early], { folder, pool });
  const hash = ({ records }: typeof again) => resultsOf(records).of(bare).weightsHash;
  assert.equal(hash(again), hash(first));
});

test('a run that was stopped goes on from its checkpoint to the bits of one that was not', async () => {
  const long = { modulus: 23, width: 65, steps: 6000, noiseRatio: 0.4 };
  const cell = training(long, { measure: ['filtration'], at: [100, 6000] });
  const controller = new AbortController();
  const stopped = await runCells([cell], {
    folder,
    pool,
    signal: controller.signal,
    onProgress: ({ share }) => {
      if (share > 0.1) controller.abort();
    },
  });
  assert.ok(stopped.stopped);
  assert.ok(existsSync(join(folder, cell.key, 'checkpoint')));
  assert.ok(!existsSync(join(folder, cell.key, 'cell.json')));
  let firstShare = 0;
  const resumed = await runCells([cell], {
    folder,
    pool,
    onProgress: ({ share }) => {
      if (firstShare === 0) firstShare = share;
    },
  });
  assert.ok(firstShare > 0.1, `went on at ${firstShare}`);
  const other = join(folder, 'undisturbed');
  const whole = await runCells([cell], { folder: other, pool });
  assert.deepEqual(resumed.records.get(cell.key)?.output, whole.records.get(cell.key)?.output);
  assert.ok(!existsSync(join(folder, cell.key, 'measurements.partial.json')));
});

test('a run that fails is named and leaves the others as they are', async () => {
  const diverging = training({
    ...small,
    optimizer: 'sgd',
    activation: 'quadratic',
    learningRate: 1e9,
  });
  const fine = training({ ...small, seed: 7 });
  const { records, failures } = await runCells([diverging, fine], { folder, pool });
  assert.deepEqual([...records.keys()], [fine.key]);
  assert.match(failures.get(diverging.key) ?? '', /diverged/);
});

test('a damaged record fails its cell by its path; the others are found, and nothing is lost', async () => {
  const cell = training({ ...small, seed: 8 });
  const other = training({ ...small, seed: 7 });
  await runCells([cell, other], { folder, pool });
  const path = join(folder, cell.key, 'cell.json');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.slice(0, 100));
  const { records, failures } = await runCells([cell, other], { folder, pool });
  assert.match(failures.get(cell.key) ?? '', /cell\.json is damaged; remove the folder/);
  assert.deepEqual([...records.keys()], [other.key]);
  assert.ok(existsSync(join(folder, cell.key, 'model.safetensors')));
});

test('a training for a measurement on the way that is stopped leaves the finished one usable', async () => {
  const long = { modulus: 23, width: 65, steps: 6000, noiseRatio: 0.4, seed: 1 };
  const done = training(long);
  const first = await runCells([done], { folder, pool });
  const hash = resultsOf(first.records).of(done).weightsHash;
  const controller = new AbortController();
  const stopped = await runCells([training(long, { measure: ['filtration'], at: [5000] })], {
    folder,
    pool,
    signal: controller.signal,
    onProgress: ({ share }) => {
      if (share > 0.1) controller.abort();
    },
  });
  assert.ok(stopped.stopped);
  assert.equal(weightsHash(readRun(join(folder, done.key)).network), hash);
  const end = training(long, { measure: ['filtration'] });
  const { records, failures } = await runCells([end], { folder, pool });
  assert.equal(failures.size, 0);
  assert.equal(resultsOf(records).of(end).weightsHash, hash);
});

test('a checkpoint of a cell that is damaged costs time and no bit', async () => {
  const long = { modulus: 23, width: 65, steps: 4000, noiseRatio: 0.4, seed: 2 };
  const cell = training(long, { measure: ['filtration'], at: [50, 4000] });
  const controller = new AbortController();
  await runCells([cell], {
    folder,
    pool,
    signal: controller.signal,
    onProgress: ({ share }) => {
      if (share > 0.1) controller.abort();
    },
  });
  const checkpoints = join(folder, cell.key, 'checkpoint');
  for (const name of readdirSync(checkpoints)) {
    const bytes = readFileSync(join(checkpoints, name));
    writeFileSync(join(checkpoints, name), bytes.subarray(0, bytes.length / 2));
  }
  writeFileSync(join(folder, cell.key, 'measurements.partial.json'), '{"filtration');
  const resumed = await runCells([cell], { folder, pool });
  const whole = await runCells([cell], { folder: join(folder, 'undisturbed'), pool });
  assert.deepEqual(resumed.records.get(cell.key)?.output, whole.records.get(cell.key)?.output);
});

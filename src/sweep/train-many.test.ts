import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { selectBackend } from '../compute/index.ts';
import { InputError, WorkError } from '../errors.ts';
import { weightsHash } from '../format/weights-hash.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import { completeSettings, type PartialSettings } from '../train/settings.ts';
import { train } from '../train/trainer.ts';
import { crashingJob, failingJob, stoppableJob } from './test-jobs.ts';
import { type BatchResult, trainMany } from './train-many.ts';
import { openWorkerPool } from './worker-pool.ts';

const small: PartialSettings = { modulus: 13, width: 33, steps: 40 };

async function collect(results: AsyncIterable<BatchResult>): Promise<BatchResult[]> {
  const all: BatchResult[] = [];
  for await (const result of results) all.push(result);
  return all.toSorted((x, y) => x.index - y.index);
}

test('each model of a batch ends at the bits of a training on its own', async () => {
  const trainings = [0, 1, 2, 3, 4].map((seed) => ({
    settings: completeSettings({ ...small, seed, activation: seed % 2 === 0 ? 'relu' : 'gelu' }),
    freezeFirstLayer: seed === 3,
  }));
  const results = await collect(trainMany(trainings, { workers: 3 }));
  assert.deepEqual(
    results.map(({ index }) => index),
    [0, 1, 2, 3, 4],
  );
  const backend = selectBackend();
  for (const [index, { settings, freezeFirstLayer }] of trainings.entries()) {
    const alone = await train({
      settings,
      dataset: datasetOf(settings),
      initial: initialNetworkOf(settings),
      backend,
      freezeFirstLayer,
    });
    const result = results[index];
    assert.ok('outcome' in result);
    assert.equal(weightsHash(result.outcome.network), weightsHash(alone.network));
    assert.deepEqual(result.outcome.metrics, alone.metrics);
  }
});

test('one training that diverges leaves the others as they are, and its error keeps its class', async () => {
  const results = await collect(
    trainMany(
      [
        small,
        { ...small, optimizer: 'sgd', activation: 'quadratic', learningRate: 1e9 } as const,
      ].map((given) => ({ settings: completeSettings(given) })),
      { workers: 2 },
    ),
  );
  assert.ok('outcome' in results[0]);
  assert.ok('error' in results[1] && results[1].error instanceof WorkError);
  assert.match(results[1].error.message, /diverged/);
});

test('a signal ends what runs between steps and what waits before it begins', async () => {
  const controller = new AbortController();
  const endless = completeSettings({ ...small, steps: 100_000_000 });
  const batch = trainMany([{ settings: endless }, { settings: endless }], {
    workers: 1,
    signal: controller.signal,
  });
  const results = collect(batch);
  await setTimeout(300);
  controller.abort();
  const [first, second] = await results;
  assert.ok('outcome' in first && first.outcome.stopped);
  assert.ok('error' in second && second.error === controller.signal.reason);
});

test('who leaves a batch early stops it', async () => {
  const pool = openWorkerPool({ workers: 1 });
  const endless = completeSettings({ ...small, steps: 100_000_000 });
  for await (const { index } of trainMany(
    [{ settings: completeSettings(small) }, { settings: endless }],
    { pool },
  )) {
    assert.equal(index, 0);
    break;
  }
  // The one worker is free again: the endless training has ended.
  await pool.run(stoppableJob, 1);
  await pool.close();
});

test('a thread that dies fails its job alone; the pool goes on with a new one', async () => {
  const pool = openWorkerPool({ workers: 1 });
  const crash = pool.run(crashingJob, 7);
  const next = pool.run(stoppableJob, 3);
  await assert.rejects(crash, (error) => {
    assert.ok(error instanceof WorkError);
    assert.match(error.message, /exit code 7/);
    return true;
  });
  assert.equal(await next, 3);
  // An input that can't be cloned is refused, and the thread works on.
  await assert.rejects(
    pool.run(failingJob, (() => {}) as unknown as string),
    /could not be cloned/,
  );
  assert.equal(await pool.run(stoppableJob, 2), 2);
  await assert.rejects(pool.run(failingJob, 'a'), InputError);
  await pool.close();
  await assert.rejects(pool.run(stoppableJob, 1), WorkError);
});

test('a job tells how far it is', async () => {
  const pool = openWorkerPool({ workers: 1 });
  const shares: number[] = [];
  await pool.run(stoppableJob, 4, { onProgress: (share) => shares.push(share) });
  assert.deepEqual(shares, [0.25, 0.5, 0.75, 1]);
  await pool.close();
});

test('a number of workers that is none is refused', () => {
  for (const workers of [0, 1.5, Number.NaN]) {
    assert.throws(() => openWorkerPool({ workers }), InputError);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../../compute/reference/index.ts';
import { InputError, WorkError } from '../../errors.ts';
import { completeSettings, type PartialSettings } from '../../train/settings.ts';
import { noiseFirst } from './noise-first.ts';

const backend = createReferenceBackend();
const context = { backend, signal: new AbortController().signal, onProgress: () => {} };
const small = {
  modulus: 7,
  width: 48,
  noiseRatio: 0.4,
  learningRate: 0.01,
  steps: 400,
} satisfies PartialSettings;
const run = (given: PartialSettings, atSteps: number[] = []) =>
  noiseFirst({ settings: completeSettings({ ...small, ...given }), atSteps }, context);

test('a network that learns everything passes every mark of the race, in their order, and stops there', async () => {
  const { race, steps } = await run({});
  for (const group of ['clean', 'noisy'] as const) {
    // A row right by luck may put a first mark at step 0.
    const marks = race.map((mark) => mark[group] ?? Number.NaN);
    assert.ok(
      marks.every((step, i) => i === 0 || step >= marks[i - 1]),
      `${group}: ${marks}`,
    );
  }
  const { clean, noisy } = race[race.length - 1];
  assert.equal(steps, Math.max(clean ?? 0, noisy ?? 0));
  assert.ok(steps < 400);
});

test('a mark that is never reached is null', async () => {
  const { race, steps } = await run({ steps: 3 });
  assert.equal(steps, 3);
  assert.deepEqual(race[3], { share: 0.9, clean: null, noisy: null });
});

test('without noise the race is over when the clean rows are in', async () => {
  const { race, steps, collisions } = await run({ noiseRatio: 0 });
  assert.ok(steps < 400 && race.every(({ clean, noisy }) => clean !== null && noisy === null));
  assert.equal(collisions.measured.clean?.mean, 0);
  assert.equal(collisions.measured.noisy, null);
});

test('the steps asked for are measured, beyond the end of the race too', async () => {
  const { measured, steps } = await run({}, [400, 0, 7]);
  assert.deepEqual(
    measured.map(({ step }) => step),
    [0, 7, 400],
  );
  assert.equal(steps, 400);
  const [first, , last] = measured;
  assert.ok((last.loss.noisy?.mean ?? 1) < 0.1 * (first.loss.noisy?.mean ?? 0));
  assert.equal(last.accuracy.noisy, 1);
});

test('the measured losses are the training losses, and their fall is that of each row', async () => {
  const { measured, lossDecrease } = await run({}, [0, 5]);
  const { clean: rows, noisy } = measured[0].loss;
  assert.equal((rows?.rows ?? 0) + (noisy?.rows ?? 0), Math.round(0.8 * 49));
  const fall = lossDecrease.find(({ step }) => step === 5);
  for (const group of ['clean', 'noisy'] as const) {
    const before = measured[0].loss[group]?.mean ?? Number.NaN;
    const after = measured[1].loss[group]?.mean ?? Number.NaN;
    // The one from single-precision logits of the backend, the other from the analysis's own products.
    assert.ok(Math.abs(before - after - (fall?.[group]?.mean ?? Number.NaN)) < 1e-6);
  }
});

test('with plain gradient descent the first fall of the loss is the projection times the learning rate', async () => {
  const learningRate = 1e-3;
  const { measured, lossDecrease } = await run(
    { optimizer: 'sgd', learningRate, momentum: 0, weightDecay: 0, steps: 5 },
    [0],
  );
  for (const group of ['clean', 'noisy'] as const) {
    const slope = (lossDecrease[0][group]?.mean ?? Number.NaN) / learningRate;
    // Logits in single precision, 1e-7 each over √rows, by the learning rate: about 1e-4. Slopes are about 0.03.
    assert.ok(Math.abs(slope - (measured[0].projection[group]?.mean ?? Number.NaN)) < 3e-4);
  }
});

test('a slope is foretold only for the networks that its formula is about', async () => {
  assert.ok(((await run({ steps: 0 })).expectedSlopeGap ?? 0) > 0);
  const others: PartialSettings[] = [
    { tied: true },
    { hiddenBias: true },
    { loss: 'mse' },
    { init: 'gaussian:0.5' },
  ];
  for (const given of others) {
    assert.equal((await run({ ...given, steps: 0 })).expectedSlopeGap, null);
  }
});

test('what comes out is plain JSON', async () => {
  const output = await run({ steps: 20, task: 'mul' }, [0]);
  assert.equal(output.collisions.expected, null);
  assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
});

test('learning-rate schedule and batches are those of the settings', async () => {
  const schedule = { schedule: 'warmup-cosine', warmupSteps: 20, steps: 20 } as const;
  const [plain, slow, batches] = await Promise.all(
    [{ steps: 20 }, schedule, { batchSize: 5, steps: 20 }].map((given) => run(given, [20])),
  );
  const lossOf = ({ measured }: typeof plain) => measured[0].loss.clean?.mean ?? Number.NaN;
  assert.ok(lossOf(slow) > lossOf(plain));
  assert.notEqual(lossOf(batches), lossOf(plain));
});

test('an abort between steps ends it with the signal’s reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const seen: number[] = [];
  const promise = noiseFirst(
    { settings: completeSettings(small), atSteps: [] },
    {
      backend,
      signal: controller.signal,
      onProgress: (share) => {
        seen.push(Math.round(share * small.steps));
        if (seen.length === 3) controller.abort(reason);
      },
    },
  );
  await assert.rejects(promise, reason);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('steps beyond the training and a training that diverges are errors', async () => {
  await assert.rejects(run({ steps: 10 }, [11]), InputError);
  await assert.rejects(run({ steps: 10 }, [0.5]), InputError);
  await assert.rejects(run({ optimizer: 'sgd', learningRate: 1e30 }), WorkError);
});

/** A training that is interrupted and goes on ends like one that never was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { WorkError } from '../errors.ts';
import { datasetOf, initialNetworkOf } from './prepare.ts';
import { completeSettings, type PartialSettings } from './settings.ts';
import { type Training, type TrainingCheckpoint, train } from './trainer.ts';

function training(given: PartialSettings, more: Partial<Training> = {}): Training {
  const settings = completeSettings({ modulus: 5, width: 6, steps: 41, ...given });
  return {
    settings,
    dataset: datasetOf(settings),
    initial: initialNetworkOf(settings),
    backend: createReferenceBackend(),
    ...more,
  };
}

/** Checkpoints of a whole training, one every so many steps. */
async function checkpointsOf(given: PartialSettings, every: number, more: Partial<Training> = {}) {
  const kept: TrainingCheckpoint[] = [];
  const write = (checkpoint: TrainingCheckpoint) => kept.push(structuredClone(checkpoint)) > 0;
  const outcome = await train(training(given, { ...more, checkpoints: { every, write } }));
  return { kept, outcome };
}

const kinds: PartialSettings[] = [
  {},
  { optimizer: 'sgd', loss: 'mse', tied: true },
  { optimizer: 'muon', hiddenBias: true, schedule: 'warmup-cosine', warmupSteps: 7 },
  { batchSize: 6, init: 'gaussian:0.5', tied: true, hiddenBias: true },
  { optimizer: 'adam', batchSize: 7, schedule: 'warmup-cosine', activation: 'gelu' },
];

for (const given of kinds) {
  test(`from any checkpoint on, weights and metrics are the same: ${JSON.stringify(given)}`, async () => {
    const whole = await train(training(given));
    const { kept, outcome } = await checkpointsOf(given, 1);
    assert.deepEqual(outcome, whole);
    assert.deepEqual(
      kept.map(({ state }) => state.step),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    for (const resumeFrom of kept) {
      assert.deepEqual(await train(training(given, { resumeFrom })), whole);
    }
  });
}

test('a resumed training takes its first step alone, so that it can be stopped at once', async () => {
  const { kept } = await checkpointsOf({}, 20);
  const steps: number[] = [];
  const onProgress: Training['onProgress'] = ({ step }) => steps.push(step);
  await train(training({}, { resumeFrom: kept[0], measureEvery: 41, onProgress }));
  assert.equal(steps[0], 21);
});

test('a stopped training gives a checkpoint of its last step, and goes on from it', async () => {
  const controller = new AbortController();
  const kept: TrainingCheckpoint[] = [];
  const stopped = await train(
    training(
      { steps: 500 },
      {
        measureEvery: 7,
        signal: controller.signal,
        checkpoints: { every: null, write: (checkpoint) => kept.push(checkpoint) > 0 },
        onProgress: ({ step }) => step >= 20 && controller.abort(),
      },
    ),
  );
  assert.ok(stopped.stopped && stopped.step < 500);
  assert.deepEqual(
    kept.map(({ state }) => state.step),
    [stopped.step],
  );
  const resumed = await train(training({ steps: 500 }, { measureEvery: 7, resumeFrom: kept[0] }));
  assert.deepEqual(resumed, await train(training({ steps: 500 }, { measureEvery: 7 })));
});

test('the loss measured under mini-batches is that of all training rows', async () => {
  const batched = await train(training({ batchSize: 4 }));
  const full = await train(training({}));
  // Both describe the initial weights; the one comes from float32 logits, the other from the step in double.
  assert.ok(Math.abs(batched.metrics[0].loss - full.metrics[0].loss) < 1e-6);
  assert.notDeepEqual(batched.network, full.network);
});

test('a step takes the share of the rate that the schedule gives it', async () => {
  const moved = async (given: PartialSettings) => {
    const run = training({ steps: 1, optimizer: 'sgd', weightDecay: 0, ...given });
    const { network } = await train(run);
    return network.W[0] - run.initial.W[0];
  };
  const ratio = (await moved({ schedule: 'warmup-cosine', warmupSteps: 1 })) / (await moved({}));
  assert.equal(ratio, 1);
  const first = async (warmupSteps: number) => {
    const controller = new AbortController();
    const run = training(
      { steps: 40, optimizer: 'sgd', weightDecay: 0, schedule: 'warmup-cosine', warmupSteps },
      { measureEvery: 1, signal: controller.signal, onProgress: () => controller.abort() },
    );
    const { network } = await train(run);
    return network.W[0] - run.initial.W[0];
  };
  // A quarter of the rate, to the rounding of a difference of weights of about 0.4.
  assert.ok(Math.abs((await first(4)) / (await first(1)) - 0.25) < 1e-4);
});

test('a training that diverges names the last good checkpoint', async () => {
  const diverging: PartialSettings = {
    activation: 'quadratic',
    optimizer: 'sgd',
    learningRate: 30,
  };
  const kept: TrainingCheckpoint[] = [];
  const write = (checkpoint: TrainingCheckpoint) => kept.push(checkpoint) > 0;
  await assert.rejects(
    train(training(diverging, { checkpoints: { every: 1, write } })),
    (error) => {
      assert.ok(error instanceof WorkError);
      const last = kept.at(-1);
      assert.ok(last !== undefined);
      assert.match(
        error.message,
        new RegExp(
          `by step \\d+ .* The last good checkpoint is that of step ${last.state.step}\\.$`,
        ),
      );
      const values = Object.values(last.state.tensors).flatMap((tensor) => [...tensor]);
      assert.ok(values.every(Number.isFinite));
      return true;
    },
  );
});

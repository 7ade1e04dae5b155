import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { InputError, WorkError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import { measurementSteps } from './measurement-steps.ts';
import { datasetOf, initialNetworkOf } from './prepare.ts';
import { completeSettings, type PartialSettings } from './settings.ts';
import { type Training, train } from './trainer.ts';

const small: PartialSettings = { modulus: 7, width: 24, steps: 60, noiseRatio: 0.4 };

function training(given: PartialSettings, more: Partial<Training> = {}): Training {
  const settings = completeSettings(given);
  return {
    settings,
    dataset: datasetOf(settings),
    initial: initialNetworkOf(settings),
    backend: createReferenceBackend(),
    ...more,
  };
}

test('measurements are dense at the beginning and end with the last step', () => {
  const steps = measurementSteps(2000, null);
  assert.deepEqual(steps.slice(0, 14), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18]);
  assert.equal(steps.at(-1), 2000);
  assert.ok(steps.length < 50);
  assert.deepEqual(measurementSteps(25, 10), [0, 10, 20, 25]);
  assert.deepEqual(measurementSteps(0, null), [0]);
});

test('a wide network memorises clean and noisy labels, and its loss falls', async () => {
  const outcome = await train(training({ ...small, width: 128, steps: 400, learningRate: 0.01 }));
  const first = outcome.metrics[0];
  const last = outcome.metrics[outcome.metrics.length - 1];
  assert.equal(last.step, 400);
  assert.equal(last.cleanTrain, 1);
  assert.equal(last.noisyTrain, 1);
  assert.ok(last.loss < 0.1 * first.loss);
  // At initialisation the logits are near 0: log P within the spread of small random weights.
  assert.ok(Math.abs(first.loss - Math.log(7)) < 0.2);
});

test('the weights do not depend on how often is measured', async () => {
  const sparse = await train(training(small, { measureEvery: 50 }));
  const dense = await train(training(small, { measureEvery: 1 }));
  assert.deepEqual(sparse.network, dense.network);
  assert.equal(dense.metrics.length, 61);
  assert.deepEqual(
    dense.metrics.filter((row) => row.step % 50 === 0),
    sparse.metrics.filter((row) => row.step % 50 === 0),
  );
});

test('observers see the weights of a shorter training, at exactly the steps they asked for', async () => {
  const seen: [number, Network][] = [];
  const { network } = await train(
    training(small, {
      measureEvery: 50,
      observations: { steps: [0, 7, 60], observe: (step, network) => seen.push([step, network]) },
    }),
  );
  const shorter = await train(training({ ...small, steps: 7 }));
  assert.deepEqual(seen, [
    [0, training(small).initial],
    [7, shorter.network],
    [60, network],
  ]);
});

test('a stop signal ends the training between steps and returns what there is', async () => {
  const controller = new AbortController();
  const outcome = await train(
    training(
      { ...small, steps: 1_000_000 },
      {
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step >= 20) controller.abort();
        },
      },
    ),
  );
  assert.ok(outcome.stopped);
  assert.ok(outcome.step >= 20 && outcome.step < 1_000_000);
  assert.equal(outcome.metrics.at(-1)?.step, outcome.step);
});

test('a loss that is no longer finite stops the run and names the step', async () => {
  const diverging: PartialSettings = {
    ...small,
    activation: 'quadratic',
    optimizer: 'sgd',
    learningRate: 1e6,
  };
  await assert.rejects(train(training(diverging)), (error) => {
    assert.ok(error instanceof WorkError);
    assert.match(error.message, /by step \d+.*learning-rate/);
    return true;
  });
});

test('with a frozen first layer only W and μ move', async () => {
  const given = training(small, { freezeFirstLayer: true });
  const { network } = await train(given);
  assert.deepEqual(network.U, given.initial.U);
  assert.deepEqual(network.V, given.initial.V);
  assert.notDeepEqual(network.W, given.initial.W);
  assert.notDeepEqual(network.mu, given.initial.mu);
});

test('optimizers bring their own defaults', () => {
  const rates = (optimizer: 'adamw' | 'adam' | 'sgd' | 'muon') => {
    const { learningRate, weightDecay, momentum } = completeSettings({ optimizer });
    return [learningRate, weightDecay, momentum];
  };
  assert.deepEqual(rates('adamw'), [1e-3, 0.1, 0]);
  assert.deepEqual(rates('adam'), [1e-3, 1e-4, 0]);
  assert.deepEqual(rates('sgd'), [0.5, 1e-4, 0.9]);
  assert.deepEqual(rates('muon'), [0.02, 0.1, 0.95]);
  assert.equal(completeSettings({ optimizer: 'sgd', learningRate: 0.1 }).learningRate, 0.1);
});

test('settings out of range are refused by name, with what came', () => {
  for (const [given, pattern] of [
    [{ modulus: 2 }, /modulus.*came: 2/],
    [{ noiseRatio: 1.2 }, /noiseRatio.*came: 1\.2/],
    [{ noiseRatio: Number.NaN }, /noiseRatio/],
    [{ width: 0 }, /width.*came: 0/],
    [{ steps: -1 }, /steps/],
    [{ learningRate: 0 }, /learningRate/],
    [{ trainFraction: 0.9, validationFraction: 0.2 }, /add up to/],
    [{ wdith: 3 } as PartialSettings, /wdith/],
  ] as const) {
    assert.throws(
      () => completeSettings(given),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, pattern);
        return true;
      },
    );
  }
});

test('the seed decides data and weights, each from its own stream', () => {
  const settings = completeSettings(small);
  const other = completeSettings({ ...small, noiseRatio: 0 });
  assert.deepEqual(initialNetworkOf(settings), initialNetworkOf(other));
  assert.notDeepEqual(
    initialNetworkOf(settings).U,
    initialNetworkOf(completeSettings({ ...small, seed: 1 })).U,
  );
});

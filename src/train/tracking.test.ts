import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceTracker } from '../analysis/index.ts';
import { type Backend, selectBackend } from '../compute/index.ts';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { rolesOf } from '../task/index.ts';
import { datasetOf, initialNetworkOf } from './prepare.ts';
import { completeSettings, type PartialSettings } from './settings.ts';
import { type Training, type TrainingCheckpoint, train } from './trainer.ts';

const small: PartialSettings = { modulus: 7, width: 24, steps: 60, noiseRatio: 0.4 };

function training(backend: Backend, given: PartialSettings = {}): Training {
  const settings = completeSettings({ ...small, ...given });
  return {
    settings,
    dataset: datasetOf(settings),
    initial: initialNetworkOf(settings),
    backend,
  };
}

function tracked(untracked: Training): Training {
  const { settings, dataset, backend } = untracked;
  const { modulus, activation, seed } = settings;
  const rule = { k1: 1, k2: 1, shift: 0 };
  const { heldOut } = rolesOf(dataset);
  const track = evidenceTracker({ rule, modulus, activation, heldOut, seed, compute: backend });
  return { ...untracked, track };
}

for (const backend of [selectBackend({ threads: 1 }), createReferenceBackend()]) {
  for (const given of [{}, { batchSize: 5 }]) {
    test(`tracking moves neither weights nor metrics: ${backend.name} ${JSON.stringify(given)}`, async () => {
      const plain = training(backend, given);
      const expected = await train(plain);
      const outcome = await train(tracked(plain));
      assert.deepEqual(outcome.network, expected.network);
      assert.deepEqual(
        outcome.metrics.map(({ evidence: _, ...row }) => row),
        expected.metrics,
      );
      assert.ok(outcome.metrics.every(({ evidence }) => Number.isFinite(evidence?.T)));
      assert.ok(expected.metrics.every((row) => !('evidence' in row)));
    });
  }
}

test('the evidence does not depend on the number of threads', async () => {
  const [one, two] = await Promise.all(
    [1, 2].map((threads) => train(tracked(training(selectBackend({ threads }))))),
  );
  assert.deepEqual(two.metrics, one.metrics);
});

test('a resumed training ends at the evidence of one that nothing interrupted', async () => {
  const whole = tracked(training(createReferenceBackend()));
  const checkpoints: TrainingCheckpoint[] = [];
  const write = (checkpoint: TrainingCheckpoint) => checkpoints.push(checkpoint) > 0;
  const expected = await train({ ...whole, checkpoints: { every: 7, write } });
  for (const resumeFrom of [checkpoints[0], checkpoints[4]]) {
    const { metrics } = await train({ ...whole, resumeFrom });
    assert.deepEqual(metrics, expected.metrics);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../../compute/index.ts';
import { rolesOf } from '../../task/dataset.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { completeSettings } from '../../train/settings.ts';
import { train } from '../../train/trainer.ts';
import { measureWithoutBasis } from './without-basis.ts';

const backend = selectBackend({ threads: 1 });
const settings = completeSettings({
  modulus: 23,
  width: 257,
  noiseRatio: 0.3,
  learningRate: 5e-3,
  steps: 300,
  seed: 11,
});
const dataset = datasetOf(settings);
const initial = initialNetworkOf(settings);
const about = { settings, roles: rolesOf(dataset), backend };

test('a network trained on 30 % wrong labels gives back its order, and filtration in it is worth the same', async () => {
  const { network } = await train({ settings, dataset, initial, backend });
  const measured = measureWithoutBasis({ network, ...about });
  for (const outcome of [measured.weights, measured.answers, measured.labels]) {
    assert.ok(outcome?.found);
    assert.equal(outcome.agreement, 1);
  }
  assert.equal(measured.labels?.test, 1);
  assert.ok(
    measured.known !== null && measured.known > 0.8,
    `${measured.known} with the order known`,
  );
  // The same network but for an automorphism of Z_23: float rounding may tip a pair of the 53 or so.
  assert.ok(Math.abs((measured.weights.test ?? 0) - measured.known) < 0.03);
  assert.ok(measured.raw !== null && measured.raw < 0.3, `${measured.raw} as it is`);
});

test('the weights it started from have no order', () => {
  const measured = measureWithoutBasis({ network: initial, ...about });
  assert.equal(measured.weights.found, false);
  assert.equal(measured.answers.found, false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderOutcome, WithoutBasisMeasurement } from './measurements/without-basis.ts';
import { type Asked, judged } from './test-outputs.ts';
import { withoutBasis } from './without-basis.ts';

const right = (test: number): OrderOutcome => ({
  found: true,
  log10PValue: -200,
  agreement: 1,
  score: 90,
  T: 60,
  test,
  quadraticTest: test,
});
const wrong: OrderOutcome = {
  found: false,
  log10PValue: 0,
  agreement: 0.1,
  score: 30,
  T: 20,
  test: 0.03,
  quadraticTest: 0.03,
};

/** The claim as it is put: orders wherever there is a rule, in the weights further than in the labels. */
function asClaimed({ settings, step, jitter }: Asked): WithoutBasisMeasurement {
  const { noiseRatio } = settings;
  const nothing = noiseRatio === 1 || step === 0;
  const known = nothing ? 0.03 : 0.95 + jitter;
  const found = nothing ? wrong : right(known);
  const labels = nothing || noiseRatio > 0.7 ? wrong : right(1);
  return { raw: 0.01, known, knownQuadratic: known, weights: found, answers: found, labels };
}

const criteria = (
  change: (one: WithoutBasisMeasurement, asked: Asked) => WithoutBasisMeasurement,
) =>
  judged(withoutBasis, { 'without-basis': (asked) => change(asClaimed(asked), asked) }).map(
    ({ holds }) => holds,
  );

test('all criteria hold where the weights give every order and nothing else does', () => {
  assert.deepEqual(
    criteria((one) => one),
    Array(8).fill(true),
  );
});

test('labels that give as many orders take the hope away, and only that', () => {
  assert.deepEqual(
    criteria((one) => ({ ...one, labels: one.weights })),
    [true, true, true, true, false, true, true, true],
  );
});

test('an order found in pure noise, or a wrong one called found, is no success', () => {
  const found = { ...wrong, found: true };
  assert.deepEqual(
    criteria((one, { settings }) => (settings.noiseRatio === 1 ? { ...one, weights: found } : one)),
    [true, true, true, true, true, true, false, true],
  );
  assert.deepEqual(
    criteria((one, { settings }) =>
      settings.noiseRatio === 0.6 ? { ...one, answers: found } : one,
    ),
    [true, true, true, true, true, true, true, false],
  );
});

test('filtration in the order found must be worth what it is in the known one, and more than the network', () => {
  const failsAlone = (index: number) => Array.from({ length: 8 }, (_, i) => i !== index);
  const weights = (one: WithoutBasisMeasurement, by: number): WithoutBasisMeasurement =>
    one.weights === null || one.weights.test === null
      ? one
      : { ...one, weights: { ...one.weights, test: one.weights.test + by } };
  for (const by of [-0.02, 0.02]) {
    assert.deepEqual(
      criteria((one, { settings }) => (settings.noiseRatio === 0.5 ? weights(one, by) : one)),
      failsAlone(2),
      `${by}`,
    );
  }
  assert.deepEqual(
    criteria((one) => ({ ...one, raw: one.known })),
    failsAlone(2),
  );
  // Right, but not known to be: the p-value is no guide then.
  assert.deepEqual(
    criteria((one, { settings }) =>
      settings.noiseRatio === 0.6 ? { ...one, answers: { ...right(1), found: false } } : one,
    ),
    failsAlone(7),
  );
});

test('each moment and source has its own criterion', () => {
  const early = criteria((one, { step }) => (step === 100 ? { ...one, weights: wrong } : one));
  assert.deepEqual(early, [true, true, true, false, true, true, true, true]);
  const heavy = criteria((one, { settings }) =>
    settings.noiseRatio === 0.8 && settings.modulus === 61 ? { ...one, weights: wrong } : one,
  );
  assert.deepEqual(heavy, [true, true, true, true, true, false, true, true]);
  const untrained = criteria((one, { step }) =>
    step === 0 ? { ...one, answers: { ...wrong, found: true } } : one,
  );
  assert.deepEqual(untrained, [true, true, true, true, true, true, false, true]);
});

test('a single misplaced token at moderate noise fails its size', () => {
  const holds = criteria((one, { settings }) =>
    settings.modulus === 61 && settings.seed === 0 && settings.noiseRatio === 0.5
      ? { ...one, weights: { ...one.weights, agreement: 182 / 183 } }
      : one,
  );
  assert.deepEqual(holds, [true, false, true, true, true, true, true, false]);
});

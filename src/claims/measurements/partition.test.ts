import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedNetwork, untrainedNetwork } from '../../analysis/test-networks.ts';
import { emptyNetwork, type Network } from '../../model/network.ts';
import { measurePartition } from './partition.ts';
import { subjectOf } from './test-subject.ts';

/** The analytic solution, and noise that outshouts it, neuron by neuron in turn. */
function halfRule(modulus: number, pairs: number): Network {
  const rule = plantedNetwork(modulus, pairs).network;
  const noise = untrainedNetwork(modulus, pairs, 2);
  const network = emptyNetwork(modulus, 2 * pairs);
  for (let m = 0; m < pairs; m++) {
    const row = (from: Float32Array) => from.subarray(m * modulus, (m + 1) * modulus);
    for (const matrix of ['U', 'V'] as const) {
      network[matrix].set(row(rule[matrix]), 2 * m * modulus);
      network[matrix].set(row(noise[matrix]), (2 * m + 1) * modulus);
    }
    for (let c = 0; c < modulus; c++) {
      network.W[c * 2 * pairs + 2 * m] = rule.W[c * pairs + m];
      network.W[c * 2 * pairs + 2 * m + 1] = 30 * noise.W[c * pairs + m];
    }
  }
  return network;
}

test('IPR finds the periodic half, a random ranking does not', () => {
  const found = measurePartition(subjectOf(halfRule(13, 300)));
  const testAtHalf = (score: 'ipr' | 'random') =>
    found[score].curve.find(({ neurons }) => neurons === 300)?.topTest ?? Number.NaN;
  assert.equal(testAtHalf('ipr'), 1);
  assert.ok(testAtHalf('random') < 1, `${testAtHalf('random')}`);
  assert.ok(found.ipr.gammaG <= 0.5);
  assert.ok(found.ipr.test > found.random.test);
});

test('curves run from nobody to the whole network, in both directions', () => {
  const { full, ipr, strength, random } = measurePartition(subjectOf(halfRule(13, 40)));
  for (const { curve } of [ipr, strength, random]) {
    assert.deepEqual([curve[0].neurons, curve.at(-1)?.neurons], [0, 80]);
    assert.equal(curve.at(-1)?.topTest, full);
    assert.equal(curve.at(-1)?.bottomNoisy, ipr.curve.at(-1)?.bottomNoisy);
  }
});

test('the random ranking is another for every seed and the same for one', () => {
  const network = halfRule(13, 40);
  const at = (seed: number) => measurePartition(subjectOf(network, { seed })).random.curve;
  assert.deepEqual(at(1), at(1));
  assert.notDeepEqual(
    at(1).map(({ topTest }) => topTest),
    at(2).map(({ topTest }) => topTest),
  );
});

test('without noisy rows there is no f^R', () => {
  const { random, ipr } = measurePartition(subjectOf(halfRule(13, 20), { noiseRatio: 0 }));
  assert.equal(ipr.gammaR, null);
  assert.equal(random.curve[3].bottomNoisy, null);
});

test('without validation rows it says what it needs', () => {
  const subject = subjectOf(halfRule(13, 20), { validationFraction: 0 });
  assert.throws(() => measurePartition(subject), /needs validation rows/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Activation, emptyNetwork, type Network } from '../model/network.ts';
import { accuracies, type Roles, rolesOf } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { parseOperation } from '../task/operation.ts';
import { partition, subnetwork } from './partition.ts';
import { plainCompute } from './test-compute.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

function rolesAt(modulus: number, validationFraction = 0.1): Roles {
  const dataset = generateDataset(parseOperation('add', modulus), {
    trainFraction: 0.8,
    validationFraction,
    noiseRatio: 0.5,
    noiseKind: 'uniform',
    seed: 1,
  });
  return rolesOf(dataset);
}

/** Neurons of both, side by side. */
function join(first: Network, second: Network): Network {
  const { modulus } = first;
  const width = first.width + second.width;
  const joined = emptyNetwork(modulus, width);
  joined.U.set(first.U);
  joined.U.set(second.U, first.U.length);
  joined.V.set(first.V);
  joined.V.set(second.V, first.V.length);
  for (let c = 0; c < modulus; c++) {
    for (let m = 0; m < width; m++) {
      joined.W[c * width + m] =
        m < first.width
          ? first.W[c * first.width + m]
          : second.W[c * second.width + m - first.width];
    }
  }
  return joined;
}

for (const [modulus, width] of [
  [11, 120],
  // Several blocks of a, and fewer neurons than points of the curve.
  [167, 3],
]) {
  test(`pruning curves are those of the subnetworks themselves, P = ${modulus}`, () => {
    const network = untrainedNetwork(modulus, width, 3);
    const roles = rolesAt(modulus);
    const { curve, ranking } = partition(network, 'relu', roles, 'strength', plainCompute);
    assert.equal(curve[0].neurons, 0);
    assert.equal(curve.at(-1)?.neurons, width);
    for (const { neurons, top, bottom } of curve.filter((_, i) => i % 10 === 1)) {
      const evaluate = (part: Uint32Array) =>
        accuracies(plainCompute.answers(subnetwork(network, part), 'relu'), roles);
      assert.deepEqual(top, evaluate(ranking.subarray(0, neurons)));
      assert.deepEqual(bottom, evaluate(ranking.subarray(width - neurons)));
    }
  });
}

test('a subnetwork has the rows, columns and biases of its neurons, and all of μ', () => {
  const network = { ...untrainedNetwork(5, 4, 1), hiddenBias: Float32Array.of(1, 2, 3, 4) };
  const part = subnetwork(network, [3, 1]);
  assert.equal(part.width, 2);
  assert.deepEqual(part.U.subarray(0, 5), network.U.subarray(15, 20));
  assert.deepEqual(part.V.subarray(5), network.V.subarray(5, 10));
  assert.equal(part.W[4 * 2], network.W[4 * 4 + 3]);
  assert.deepEqual(part.mu, network.mu);
  assert.deepEqual(part.hiddenBias, Float32Array.of(4, 2));
});

test('IPR puts periodic neurons before noise: f^G is found and answers right', () => {
  const modulus = 13;
  const noise = untrainedNetwork(modulus, 300, 2);
  const loud = { ...noise, W: noise.W.map((weight) => 30 * weight) };
  const network = join(loud, plantedNetwork(modulus, 300).network);
  const split = partition(network, 'relu', rolesAt(modulus), 'ipr', plainCompute);
  assert.ok(split.ranking.subarray(0, 300).every((neuron) => neuron >= 300));
  const { generalization } = split;
  assert.ok(generalization !== null);
  assert.equal(generalization.accuracies.test, 1);
  assert.equal(generalization.gamma, generalization.neurons / 600);
  const reached = split.curve.slice(1).map(({ top }) => top.validation);
  assert.equal(generalization.accuracies.validation, Math.max(...reached.map((x) => x ?? 0)));
});

test('f^R is the fewest bottom neurons that keep 95 % of the noisy accuracy', () => {
  for (const activation of ['relu', 'quadratic'] satisfies Activation[]) {
    const network = untrainedNetwork(11, 60, 5);
    const { curve, memorization } = partition(
      network,
      activation,
      rolesAt(11),
      'strength',
      plainCompute,
    );
    const full = curve.at(-1)?.bottom.noisyTrain ?? 0;
    const first = curve.slice(1).find(({ bottom }) => (bottom.noisyTrain ?? 0) >= 0.95 * full);
    assert.ok(memorization !== null && full > 0);
    assert.equal(memorization.neurons, first?.neurons);
    assert.deepEqual(memorization.accuracies, first?.bottom);
  }
});

test('without validation rows there is no f^G, without noisy rows no f^R', () => {
  const roles = { ...rolesAt(11, 0), noisyTrain: null };
  const split = partition(untrainedNetwork(11, 20, 5), 'relu', roles, 'ipr', plainCompute);
  assert.equal(split.generalization, null);
  assert.equal(split.memorization, null);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { completeDataset, readDataset, readModel } from '../format/index.ts';
import { emptyNetwork, type Network } from '../model/network.ts';
import { accuracies, type Roles, rolesOf } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { parseOperation } from '../task/operation.ts';
import type { NeuronScore } from './neuron-scores.ts';
import { partition, partitionByRanking, subnetwork } from './partition.ts';
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

test('a ranking that is given leads where the score that gives it leads', () => {
  const network = untrainedNetwork(11, 40, 3);
  const roles = rolesAt(11);
  const { score, scores, ...found } = partition(network, 'relu', roles, 'ipr', plainCompute);
  assert.equal(score, 'ipr');
  assert.equal(scores.length, 40);
  const given = partitionByRanking(network, 'relu', roles, found.ranking, plainCompute);
  assert.deepEqual(given, found);
});

test('a ranking that names a neuron twice, or one that is not there, is refused', () => {
  const network = untrainedNetwork(11, 3, 3);
  for (const ranking of [[0, 1], [0, 1, 1], [1, 2, 3], []]) {
    assert.throws(
      () =>
        partitionByRanking(network, 'relu', rolesAt(11), Uint32Array.from(ranking), plainCompute),
      RangeError,
    );
  }
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

/** One neuron per pair (a·11 + b = index), which answers 1 there; the first is the strongest. */
function lookupTable(pairs: number): Network {
  const modulus = 11;
  const network = emptyNetwork(modulus, pairs);
  for (let m = 0; m < pairs; m++) {
    network.U[m * modulus + Math.floor(m / modulus)] = 1;
    network.V[m * modulus + (m % modulus)] = 1;
    network.W[pairs + m] = 2 - m / pairs;
  }
  // ReLU(U + V − 1) is 1 at the neuron's own pair and 0 elsewhere.
  return { ...network, hiddenBias: new Float32Array(pairs).fill(-1) };
}

const nobody = {
  train: null,
  cleanTrain: null,
  noisyTrue: null,
  validation: null,
  test: null,
  heldOut: null,
};

// By hand: k neurons answer k of the 70 pairs, and 95 % of 70 is 66.5. With 5 pairs that nothing
// answers, the full network has 70 of 75, and 95 % of that is 66.5 again.
for (const unanswered of [0, 5]) {
  test(`f^R of a lookup table is the smallest part with 95 %, ${unanswered} pairs beyond it`, () => {
    const pair = Uint32Array.from({ length: 70 + unanswered }, (_, index) => index);
    const noisyTrain = { pair, label: new Uint16Array(pair.length).fill(1) };
    const split = partition(
      lookupTable(70),
      'relu',
      { ...nobody, noisyTrain },
      'strength',
      plainCompute,
    );
    assert.deepEqual(
      split.ranking,
      Uint32Array.from({ length: 70 }, (_, m) => m),
    );
    assert.ok(split.curve.every(({ neurons }) => neurons !== 67));
    assert.deepEqual(split.memorization, {
      neurons: 67,
      gamma: 67 / 70,
      accuracies: {
        cleanTrain: null,
        noisyTrain: 67 / pair.length,
        noisyTrue: null,
        validation: null,
        test: null,
      },
    });
  });
}

test("f^R of PyTorch's network has the size that trying every k′ gives", () => {
  const file = (ending: string) =>
    readFileSync(
      new URL(`../../test/checkpoints/pytorch-add-p59-noise80.${ending}`, import.meta.url),
    );
  const { network } = readModel(file('safetensors'), 'checkpoint');
  const given = readDataset(file('csv').toString(), 59, 'rows');
  const roles = rolesOf(completeDataset(given, parseOperation('add', 59).apply, 'rows'));
  const neurons = (score: NeuronScore) =>
    partition(network, 'relu', roles, score, plainCompute).memorization?.neurons;
  // Found once by evaluating all 513 bottom subnetworks one after the other.
  assert.equal(neurons('strength'), 394);
  assert.equal(neurons('ipr'), 401);
});

test('without validation rows there is no f^G, without noisy rows no f^R', () => {
  const roles = { ...rolesAt(11, 0), noisyTrain: null };
  const split = partition(untrainedNetwork(11, 20, 5), 'relu', roles, 'ipr', plainCompute);
  assert.equal(split.generalization, null);
  assert.equal(split.memorization, null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../compute/reference/index.ts';
import type { Network } from '../model/network.ts';
import { generateDataset } from '../task/generate.ts';
import { type NoiseKind, rolesOf } from '../task/index.ts';
import { parseOperation } from '../task/operation.ts';
import type { Rule } from './results.ts';
import { scan } from './scan.ts';
import { plainCompute } from './test-compute.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

const planted: [number, Rule, string][] = [
  [13, { k1: 1, k2: 1, shift: 0 }, 'c = a + b (mod 13)'],
  [13, { k1: 1, k2: 12, shift: 3 }, 'c = a − b + 3 (mod 13)'],
  [13, { k1: 2, k2: 3, shift: 5 }, 'c = 2a + 3b + 5 (mod 13)'],
  [12, { k1: 1, k2: 5, shift: 2 }, 'c = a + 5b + 2 (mod 12)'],
  [15, { k1: 1, k2: 1, shift: 0 }, 'c = a + b (mod 15)'],
  [15, { k1: 2, k2: 14, shift: 7 }, 'c = 2a − b + 7 (mod 15)'],
];
for (const [modulus, rule, text] of planted) {
  for (const activation of [null, 'relu'] as const) {
    const from = activation === null ? 'the weights alone' : 'all evidence';
    test(`names ${text} in the analytic solution, by ${from}`, () => {
      const { network } = plantedNetwork(modulus, 200, rule);
      const { result, map } = scan(network, activation, null, plainCompute);
      assert.deepEqual(result.rule, { ...rule, text });
      assert.equal(result.significant, true);
      assert.equal(result.rulesScanned, (modulus - 1) ** 2 * modulus);
      assert.ok(result.evidence.weights.log10PValue < -3);
      assert.equal(result.evidence.weights.T, result.evidence.weights.statistic);
      assert.ok(result.evidence.weights.T > map.threshold);
      assert.equal(result.evidence.answers === null, activation === null);
      if (activation !== null) {
        // ReLU is not x²: with 200 neurons a pair or two may go wrong.
        assert.ok((result.evidence.answers?.statistic ?? 0) > 0.95 * modulus ** 2);
        assert.ok((result.evidence.logits?.log10PValue ?? 0) < -3);
      }
    });
  }
}

test('the map holds the best T of every (k1, k2) with its shift; runners-up are the next best', () => {
  const rule = { k1: 2, k2: 3, shift: 5 };
  const { map, result } = scan(plantedNetwork(13, 200, rule).network, null, null, plainCompute);
  const highest = map.T.indexOf(Math.max(...map.T));
  assert.equal(highest, 1 * 12 + 2);
  assert.equal(map.shift[highest], 5);
  assert.equal(result.runnersUp.length, 5);
  const heights = result.runnersUp.map(({ T }) => T);
  assert.deepEqual(heights, [...map.T].sort((x, y) => y - x).slice(1, 6));
  for (const { k1, k2, shift, T } of result.runnersUp) {
    assert.equal(T, map.T[(k1 - 1) * 12 + k2 - 1]);
    assert.equal(shift, map.shift[(k1 - 1) * 12 + k2 - 1]);
  }
});

test('a shifted rule is not found when shifts are not scanned', () => {
  const { network } = plantedNetwork(13, 24, { k1: 1, k2: 1, shift: 5 });
  const { result } = scan(network, null, null, plainCompute, { shifts: false });
  assert.equal(result.best.shift, 0);
  assert.equal(result.rulesScanned, 144);
});

test('untrained networks are called significant no more often than the level says', () => {
  const networks = 120;
  for (const [modulus, activation] of [
    [11, 'relu'],
    [11, null],
    [12, 'relu'],
    [4, 'relu'],
  ] as const) {
    let rejected = 0;
    for (let seed = 0; seed < networks; seed++) {
      const network = untrainedNetwork(modulus, 33, seed);
      const { result } = scan(network, activation, null, plainCompute, { level: 0.05 });
      assert.equal(result.rule === null, !result.significant);
      if (result.significant) rejected++;
    }
    // Binomial(120, 0.05) exceeds 14 with probability 0.0008.
    assert.ok(rejected <= 14, `P = ${modulus}, ${activation}: ${rejected} of ${networks}`);
  }
});

interface Trained {
  readonly network: Network;
  readonly roles: ReturnType<typeof rolesOf>;
}

function train(noiseRatio: number, noiseKind: NoiseKind, seed: number): Trained {
  const modulus = 13;
  const dataset = generateDataset(parseOperation('add', modulus), {
    trainFraction: 0.8,
    validationFraction: 0.1,
    noiseRatio,
    noiseKind,
    seed,
  });
  const roles = rolesOf(dataset);
  assert.ok(roles.train !== null);
  const { pair, label } = roles.train;
  const session = createReferenceBackend().train({
    activation: 'relu',
    loss: 'cross-entropy',
    optimizer: {
      name: 'adamw',
      learningRate: 3e-3,
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    },
    rows: {
      a: Uint16Array.from(pair, (index) => Math.floor(index / modulus)),
      b: Uint16Array.from(pair, (index) => index % modulus),
      label,
    },
    initial: untrainedNetwork(modulus, 48, seed),
    tied: false,
    freezeFirstLayer: false,
  });
  session.run(250);
  const network = session.network();
  session.dispose();
  return { network, roles };
}

test('networks trained on pure noise hold no significant rule, and on no part of the table', () => {
  for (let seed = 1; seed <= 4; seed++) {
    const { network, roles } = train(1, 'uniform-all', seed);
    const { result } = scan(network, 'relu', roles, plainCompute);
    assert.equal(result.significant, false);
    assert.equal(result.rule, null);
    assert.ok((result.heldOut?.logits.log10PValue ?? -9) > -2);
  }
});

test('a network trained on half wrong labels holds its rule, scored apart on every part', () => {
  const { network, roles } = train(0.5, 'uniform', 1);
  const { result } = scan(network, 'relu', roles, plainCompute);
  assert.equal(result.rule?.text, 'c = a + b (mod 13)');
  const { cleanTrain, noisyTrain, heldOut } = result;
  assert.ok(cleanTrain !== null && noisyTrain !== null && heldOut !== null);
  assert.equal(cleanTrain.pairs, roles.cleanTrain?.pair.length);
  assert.equal(cleanTrain.pairs + noisyTrain.pairs + heldOut.pairs, 169);
  const counts = [cleanTrain, noisyTrain, heldOut].map(({ answers }) => answers.statistic);
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    result.evidence.answers?.statistic,
  );
  assert.ok(cleanTrain.logits.log10PValue < -5);
  assert.ok(cleanTrain.logits.z > noisyTrain.logits.z);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addNetworks, plantedNetwork, untrainedNetwork } from '../../analysis/test-networks.ts';
import type { Network } from '../../model/network.ts';
import { measureFilterControls } from './filter-controls.ts';
import { measureMirrors } from './mirrors.ts';
import { measureSubnetworks } from './subnetworks.ts';
import { testSubject } from './test-subject.ts';

const modulus = 13;
/** Enough neurons that their random phases average out and every answer is right. */
const width = 240;
const planted = plantedNetwork(modulus, width).network;
const settings = { modulus, width, noiseRatio: 0.4, activation: 'quadratic' } as const;

/** Two networks side by side: the neurons of both. */
function joined(first: Network, second: Network): Network {
  const both = first.width + second.width;
  const W = new Float32Array(modulus * both);
  for (let c = 0; c < modulus; c++) {
    W.set(first.W.subarray(c * first.width, (c + 1) * first.width), c * both);
    W.set(second.W.subarray(c * second.width, (c + 1) * second.width), c * both + first.width);
  }
  const append = (x: Float32Array, y: Float32Array) => Float32Array.from([...x, ...y]);
  return { ...first, width: both, U: append(first.U, second.U), V: append(first.V, second.V), W };
}

test('IPR finds the neurons that hold the rule among louder ones; a random order doesn’t', () => {
  const loud = untrainedNetwork(modulus, width, 1);
  const scaled = { ...loud, W: loud.W.map((x) => 400 * x), U: loud.U.map((x) => 20 * x) };
  const network = joined(planted, scaled);
  const { ipr, random } = measureSubnetworks(
    testSubject({ ...settings, width: 2 * width }, network),
  );
  // The fewest that are right on 16 validation pairs; 17 test pairs may find two mistakes.
  assert.ok((ipr?.accuracies.test ?? 0) > 0.85);
  assert.ok((ipr?.neurons ?? 0) <= width);
  assert.ok((random?.accuracies.test ?? 1) < 0.6, `${random?.accuracies.test}`);
});

test('a random order keeps the fewest neurons that are as good as all', () => {
  const { random } = measureSubnetworks(testSubject(settings, planted));
  assert.equal(random?.accuracies.validation, 1);
  assert.ok((random?.neurons ?? width) < width);
  assert.equal(random?.gamma, (random?.neurons ?? 0) / width);
});

test('without validation rows nothing can be chosen', () => {
  const { ipr, strength, random } = measureSubnetworks(
    testSubject({ ...settings, validationFraction: 0 }, planted),
  );
  assert.deepEqual([ipr, strength, random], [null, null, null]);
});

test('wrong rules, renamed tokens and its own start leave the filters of a network at chance', () => {
  const larger = { ...settings, modulus: 29 };
  const network = addNetworks(plantedNetwork(29, width).network, untrainedNetwork(29, width, 3), 1);
  const found = measureFilterControls(testSubject(larger, network));
  const { untrained, wrongRules, renamed, renamedOutputs } = found;
  assert.deepEqual([renamed.raw, renamedOutputs.raw], [1, 1], 'the network itself loses nothing');
  for (const scores of [untrained, renamed, ...wrongRules.map((one) => one.scores)]) {
    // 84 test pairs: four standard deviations above chance, 1/29, are 0.114.
    for (const filter of ['G', 'quadraticG', 'triadG', 'quadraticTriadG'] as const) {
      assert.ok((scores[filter] ?? 1) < 0.12, `${filter} ${scores[filter]}`);
    }
  }
  assert.deepEqual(
    wrongRules.map(({ rule }) => rule),
    ['a + 2b', '2a + 3b'],
  );
});

test('with the outputs alone renamed, a filter still gets what the best shift gets: no control', () => {
  const larger = { ...settings, modulus: 29 };
  const { renamedOutputs } = measureFilterControls(
    testSubject(larger, plantedNetwork(29, width).network),
  );
  const { G, bestShift } = renamedOutputs;
  assert.ok(bestShift >= 2 / 29);
  // 84 test pairs: four standard deviations of a share near 0.15 are 0.16.
  assert.ok(Math.abs((G ?? 0) - bestShift) < 0.16 && (G ?? 0) > 1 / 29, `${G} ${bestShift}`);
});

test('test pairs are told apart by their trained mirror', () => {
  const subject = testSubject(settings, planted);
  assert.deepEqual(measureMirrors(subject), { mirrored: 1, unmirrored: 1 });
  // Answers by heart: the label of the mirror where it was trained on, else a class that is never right.
  const memory = new Map(Array.from(subject.roles.train?.pair ?? [], (pair, row) => [pair, row]));
  const backend = {
    ...subject.backend,
    answers: () =>
      Uint16Array.from({ length: modulus ** 2 }, (_, pair) => {
        const mirror = (pair % modulus) * modulus + Math.floor(pair / modulus);
        const row = memory.get(mirror);
        return row === undefined ? modulus : (subject.roles.train?.label[row] ?? 0);
      }),
  };
  const { mirrored, unmirrored } = measureMirrors({ ...subject, backend });
  assert.equal(unmirrored, 0);
  // Of some 14 mirrors 60 % are clean; four standard deviations are 0.52.
  assert.ok((mirrored ?? 0) > 0.08 && (mirrored ?? 0) < 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyNetwork } from '../model/network.ts';
import {
  inverseParticipationRatio,
  rankCorrelation,
  rankNeurons,
  strength,
} from './neuron-scores.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

const close = (x: number, y: number) => assert.ok(Math.abs(x - y) < 1e-5, `${x} instead of ${y}`);

test('IPR is ½ for a pure cosine, 1 for a constant, 1/P for a single output, 0 for none', () => {
  for (const modulus of [13, 12]) {
    for (const ratio of inverseParticipationRatio(plantedNetwork(modulus, 5).network)) {
      close(ratio, 0.5);
    }
    const network = emptyNetwork(modulus, 3);
    for (let c = 0; c < modulus; c++) network.W[c * 3] = 0.7;
    network.W[1] = 2;
    const [constant, single, none] = inverseParticipationRatio(network);
    close(constant, 1);
    close(single, 1 / modulus);
    assert.equal(none, 0);
  }
});

test('IPR of noise is about 2/P', () => {
  const ratios = inverseParticipationRatio(untrainedNetwork(113, 200, 1));
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / 200;
  assert.ok(mean > 1.7 / 113 && mean < 2.1 / 113, `${mean}`);
});

test('strength is the largest output weight times φ of the largest input', () => {
  const network = emptyNetwork(3, 2);
  network.U.set([0.5, -2, 1, 0, 0, 0]);
  network.V.set([0, 1, -0.5, 0, 0, 0]);
  network.W.set([0, 1, -4, 1, 2, 1]);
  assert.deepEqual([...strength(network, 'relu')], [12, 0]);
  assert.deepEqual([...strength(network, 'quadratic')], [36, 0]);
  assert.deepEqual([...strength(network, 'reverse-relu')], [12, 0]);
  // 3·Φ(3) = 2.995950306
  close(strength(network, 'gelu')[0], 4 * 2.995950306);
});

test('neurons rank from the highest score to the lowest, by index on a tie', () => {
  assert.deepEqual([...rankNeurons(Float64Array.of(1, 3, 2, 3))], [1, 3, 2, 0]);
});

test('rank correlation is 1 for the same order, −1 for the reverse, and looks at ranks alone', () => {
  const scores = Float64Array.of(1, 30, 2, 7);
  assert.equal(rankCorrelation(scores, scores.map(Math.log)), 1);
  assert.equal(
    rankCorrelation(
      scores,
      scores.map((x) => -x),
    ),
    -1,
  );
  // By hand: ranks 3 0 2 1 and 3 1 2 0, so d² = 0 1 0 1, and 1 − 6·2/(4·15) = 0.8.
  assert.equal(rankCorrelation(scores, Float64Array.of(0, 5, 1, 6)), 0.8);
  assert.equal(rankCorrelation(Float64Array.of(3), Float64Array.of(1)), 1);
  assert.throws(() => rankCorrelation(scores, Float64Array.of(1)), RangeError);
});

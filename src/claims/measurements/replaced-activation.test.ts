import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedNetwork } from '../../analysis/test-networks.ts';
import { emptyNetwork } from '../../model/network.ts';
import { measureReplacedActivation } from './replaced-activation.ts';
import { subjectOf } from './test-subject.ts';

test('the analytic solution answers right with every activation', () => {
  const { network } = plantedNetwork(13, 240);
  const { trained, quadratic, reverseRelu } = measureReplacedActivation(subjectOf(network));
  for (const { test: accuracy, noisyTrue, noisyTrain } of [trained, quadratic, reverseRelu]) {
    assert.equal(accuracy, 1);
    assert.equal(noisyTrue, 1);
    assert.equal(noisyTrain, 0);
  }
});

test('each activation is the one it is called by', () => {
  // One neuron that is a + b > 0 or < 0 everywhere: it says 1 where φ lets it speak, else μ says 0.
  const modulus = 31;
  for (const sign of [1, -1]) {
    const network = emptyNetwork(modulus, 1);
    network.U.fill(sign);
    network.W[1] = 1;
    network.mu[0] = 0.5;
    const subject = subjectOf(network, { activation: 'relu' });
    const shareOf = (label: number) => {
      const labels = subject.roles.test?.label ?? [];
      return labels.filter((one) => one === label).length / labels.length;
    };
    const found = measureReplacedActivation(subject);
    assert.equal(found.trained.test, shareOf(sign > 0 ? 1 : 0));
    assert.equal(found.quadratic.test, shareOf(1));
    assert.equal(found.reverseRelu.test, shareOf(sign > 0 ? 0 : 1));
    assert.notEqual(shareOf(0), shareOf(1));
  }
});

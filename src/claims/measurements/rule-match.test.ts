import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedNetwork, untrainedNetwork } from '../../analysis/test-networks.ts';
import { measureRuleMatch, residualBins } from './rule-match.ts';
import { subjectOf } from './test-subject.ts';

const modulus = 31;
const rules = [
  { task: 'add', k1: 1, k2: 1, shift: 0 },
  { task: 'sub', k1: 1, k2: modulus - 1, shift: 0 },
  { task: 'linear:2,3', k1: 2, k2: 3, shift: 0 },
];
for (const { task, ...rule } of rules) {
  test(`the analytic solution of ${task} agrees everywhere and leaves no phase residual`, () => {
    const { network } = plantedNetwork(modulus, 600, rule);
    const { trained, shuffledAgreement } = measureRuleMatch(subjectOf(network, { task }));
    assert.equal(trained.agreement, 1);
    // Phases of float32 weights are good to about 1e-7.
    assert.ok(trained.phaseError < 1e-12, `${trained.phaseError}`);
    // 15 frequencies, dealt anew: 1/225 agree; 4 standard errors at 600 neurons.
    assert.ok(shuffledAgreement < 1 / 225 + 4 * Math.sqrt(1 / 225 / 600), `${shuffledAgreement}`);
    const middle = trained.residuals.slice(residualBins / 2 - 1, residualBins / 2 + 1);
    assert.equal(middle[0] + middle[1], 1);
  });
}

test('phases of another rule are unrelated: φa + φb = φc is not φa − φb = φc', () => {
  const { network } = plantedNetwork(modulus, 2000);
  const { trained } = measureRuleMatch(subjectOf(network));
  // The square of a uniform phase has standard deviation 2π²/(3√5) = 2.94; 4 standard errors.
  const near = (4 * 2.94) / Math.sqrt(2000);
  assert.ok(Math.abs(trained.otherSignError - Math.PI ** 2 / 3) < near);
});

test('an untrained network agrees at chance, with phases spread over all bins', () => {
  const network = untrainedNetwork(modulus, 3000, 5);
  const { trained, untrained } = measureRuleMatch(subjectOf(network));
  for (const { agreement, residuals, phaseError } of [trained, untrained]) {
    assert.ok(agreement < 1 / 225 + 4 * Math.sqrt(1 / 225 / 3000), `${agreement}`);
    assert.ok(Math.abs(residuals.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
    // A bin holds 1/24 of 3000 neurons; 4.5 standard errors, for 48 bins are looked at.
    const spread = 4.5 * Math.sqrt(1 / residualBins / 3000);
    assert.ok(residuals.every((share) => Math.abs(share - 1 / residualBins) < spread));
    assert.ok(Math.abs(phaseError - Math.PI ** 2 / 3) < (4 * 2.94) / Math.sqrt(3000));
  }
});

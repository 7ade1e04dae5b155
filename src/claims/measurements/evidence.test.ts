import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  additionRule,
  addNetworks,
  plantedNetwork,
  untrainedNetwork,
} from '../../analysis/test-networks.ts';
import { measureInteraction } from './interaction.ts';
import { measureLabelBaseline } from './label-baseline.ts';
import { measureLabelCounts } from './label-counts.ts';
import { measureRuleEvidence } from './rule-evidence.ts';
import { testSubject } from './test-subject.ts';

const modulus = 13;
const common = { modulus, width: 48, noiseRatio: 0.4 };
const planted = plantedNetwork(modulus, 48, additionRule).network;

test('a network that is the rule carries it to every part of the table, additive part or not', () => {
  const found = measureRuleEvidence(testSubject(common, planted));
  for (const part of ['all', 'cleanTrain', 'noisyTrain', 'heldOut'] as const) {
    assert.ok((found[part]?.logits.z ?? 0) > 5, part);
    assert.ok((found[part]?.answers.z ?? 0) > 5, part);
  }
  assert.ok(found.weights.z > 5 && (found.heldOutInteraction?.z ?? 0) > 5);
  assert.equal(found.carried?.verdict, 'carried');
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
});

test('of another rule it is no evidence for the task’s own', () => {
  const other = plantedNetwork(modulus, 48, { k1: 2, k2: 3, shift: 0 }).network;
  const found = measureRuleEvidence(testSubject(common, other));
  assert.ok(Math.abs(found.weights.z) < 3 && found.carried?.verdict !== 'carried');
  const task = measureRuleEvidence(testSubject({ ...common, task: 'linear:2,3' }, other));
  assert.ok(task.weights.z > 5 && task.carried?.verdict === 'carried');
});

test('an untrained network shows nothing; without noisy rows that part is null', () => {
  const found = measureRuleEvidence(testSubject({ ...common, noiseRatio: 0 }, null));
  assert.ok(Math.abs(found.weights.z) < 4);
  assert.equal(found.noisyTrain, null);
  assert.equal(found.carried?.verdict, 'not shown');
});

test('a rule drowned in other weights has less evidence', () => {
  const drowned = addNetworks(planted, untrainedNetwork(modulus, 48, 2), 30);
  const [clear, weak] = [planted, drowned].map(
    (network) => measureRuleEvidence(testSubject(common, network)).heldOut?.logits.z ?? 0,
  );
  assert.ok(weak < clear);
});

test('label counts speak for the rule on clean pairs and against it on all others', () => {
  for (const noiseRatio of [0.2, 0.4]) {
    const { cleanTrain, noisyTrain, heldOut } = measureLabelCounts(
      testSubject({ modulus: 31, width: 1, noiseRatio }, null),
    );
    assert.ok((cleanTrain ?? 0) > 3, `clean ${cleanTrain}`);
    assert.ok((noisyTrain ?? 0) < -3, `noisy ${noisyTrain}`);
    assert.ok((heldOut ?? 0) < -3, `held-out ${heldOut}`);
  }
});

test('labels of pure noise say nothing', () => {
  const { heldOut } = measureLabelCounts(
    testSubject({ modulus: 31, width: 1, noiseRatio: 1, noiseKind: 'uniform-all' }, null),
  );
  assert.ok(Math.abs(heldOut ?? 9) < 4, `${heldOut}`);
});

test('the label baseline names the rule from the labels, and is then right everywhere', () => {
  const { rule, scores, T } = measureLabelBaseline(
    testSubject({ modulus: 31, noiseRatio: 0.6 }, null),
  );
  assert.equal(rule, 'c = a + b (mod 31)');
  assert.deepEqual([scores?.test, scores?.noisyTrue, scores?.noisyTrain], [1, 1, 0]);
  assert.ok((T ?? 0) > 10);
});

test('without its additive part a network that label counts hide is right on pairs it never saw', () => {
  const subject = testSubject({ ...common, activation: 'quadratic' }, planted);
  assert.ok((measureInteraction(subject).interaction ?? 0) > 0.7);
  const { backend } = subject;
  // Large logits for each class by a and b alone, on top of the network's own.
  const hidden = {
    ...backend,
    logits: (...asked: Parameters<typeof backend.logits>) =>
      backend
        .logits(...asked)
        .map(
          (logit, at) => logit + 1e4 * Math.sin(Math.floor(at / modulus ** 2) + 2 * (at % modulus)),
        ),
  };
  const { whole, interaction } = measureInteraction({ ...subject, backend: hidden });
  assert.ok((whole ?? 1) < 0.4 && (interaction ?? 0) > 0.6, `${whole} ${interaction}`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scan } from '../../analysis/index.ts';
import { additionRule, plantedNetwork, untrainedNetwork } from '../../analysis/test-networks.ts';
import { measureHeldOutEvidence } from './held-out-evidence.ts';
import { measureLabelEvidence } from './label-evidence.ts';
import { measurePermutationEvidence } from './permutation-evidence.ts';
import { combinedEvidence, evidenceKinds, measureScanEvidence } from './scan-evidence.ts';
import { testSubject } from './test-subject.ts';

const modulus = 13;
const common = { modulus, width: 48, noiseRatio: 0.4 };
const planted = plantedNetwork(modulus, 48, additionRule).network;

test('all four kinds together say what a scan says, planted or not', () => {
  for (const network of [planted, untrainedNetwork(modulus, 48, 3)]) {
    const subject = testSubject(common, network);
    const { rule, isTask, log10PValue } = combinedEvidence(measureScanEvidence(subject));
    const { best, evidence } = scan(network, 'relu', subject.roles, subject.backend).result;
    assert.deepEqual(rule, { k1: best.k1, k2: best.k2, shift: best.shift });
    const smallest = Math.min(
      ...[evidence.weights, evidence.logits, evidence.answers, evidence.interaction].map(
        (kind) => kind?.log10PValue ?? 0,
      ),
    );
    assert.ok(Math.abs(Math.min(0, log10PValue) - smallest) < 1e-9);
    assert.equal(isTask, network === planted);
  }
});

test('every kind of evidence finds a planted rule, alone and by token permutation', () => {
  const subject = testSubject(common, planted);
  const found = measureScanEvidence(subject);
  const permuted = measurePermutationEvidence(subject);
  for (const kind of evidenceKinds) {
    assert.ok(found[kind].isTask && found[kind].log10PValue < -2, kind);
    assert.equal(found[kind].z, found[kind].taskZ);
    assert.equal(permuted[kind].rankPValue, 1 / 21);
    assert.ok(permuted[kind].log10PValue < -2, `${kind} ${permuted[kind].log10PValue}`);
  }
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
  assert.deepEqual(measurePermutationEvidence(subject), permuted);
});

test('p of a network without a rule is not capped at 1, and the wrong best rule says so', () => {
  const found = measureScanEvidence(testSubject(common, untrainedNetwork(modulus, 48, 5)));
  assert.ok(evidenceKinds.every((kind) => found[kind].log10PValue > -3));
  assert.ok(evidenceKinds.some((kind) => found[kind].log10PValue > 0));
  assert.ok(evidenceKinds.some((kind) => !found[kind].isTask));
});

test('held-out evidence is that of pairs never trained on, for the task’s rule and the scan’s', () => {
  const {
    task,
    scanned,
    interaction,
    scan: best,
    rules,
  } = measureHeldOutEvidence(testSubject(common, planted));
  assert.deepEqual(task, scanned);
  assert.ok(task.logits.z > 5 && interaction.z > 5 && best.isTask);
  assert.equal(rules, 12 * 12 * 13);
  const all = testSubject({ ...common, trainFraction: 1, validationFraction: 0 }, planted);
  assert.throws(() => measureHeldOutEvidence(all), RangeError);
});

test('labels alone name the rule while enough of them are right, and not when all are wrong', () => {
  const at = (noiseRatio: number) =>
    measureLabelEvidence(testSubject({ modulus: 31, width: 1, noiseRatio }, null));
  const found = at(0.6);
  assert.ok(found?.isTask && found.log10PValue < -10);
  assert.ok((at(1)?.taskZ ?? 0) < 0);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { completeDataset, readDataset, readModel } from '../format/index.ts';
import { rolesOf } from '../task/dataset.ts';
import { parseOperation } from '../task/operation.ts';
import { type Extraction, extract } from './extraction.ts';
import { type MethodName, methodNames } from './results.ts';
import { ruleAgreement } from './rule.ts';
import { plainCompute } from './test-compute.ts';
import { additionRule, plantedNetwork, untrainedNetwork } from './test-networks.ts';

/** Trained in PyTorch on 80 % wrong labels: P = 59, M = 513, addition. */
const checkpoint = new URL(
  '../../test/checkpoints/pytorch-add-p59-noise80.safetensors',
  import.meta.url,
);
const rows = new URL('../../test/checkpoints/pytorch-add-p59-noise80.csv', import.meta.url);

const method = ({ result }: Extraction, name: MethodName) => {
  const found = result.methods.find((candidate) => candidate.name === name);
  assert.ok(found !== undefined);
  return found;
};

test("reads the rule out of PyTorch's network, which answers below chance", () => {
  const { network } = readModel(readFileSync(checkpoint), 'checkpoint');
  const operation = parseOperation('add', 59);
  const given = readDataset(readFileSync(rows, 'utf8'), 59, 'rows');
  const roles = rolesOf(completeDataset(given, operation.apply, 'rows'));
  const extraction = extract(network, 'relu', roles, plainCompute);
  const { result } = extraction;

  assert.equal(result.rule?.text, 'c = a + b (mod 59)');
  // Reference values of an independent prototype, given to these digits.
  assert.ok(Math.abs(result.scan.evidence.weights.T - 39.5) < 0.05);
  assert.equal(method(extraction, 'raw').test?.toFixed(4), '0.0086');
  const onAllPairs = (name: MethodName) => {
    const answers = extraction.answers.get(name);
    assert.ok(answers !== undefined);
    return ruleAgreement(answers, additionRule, 59).toFixed(2);
  };
  assert.equal(onAllPairs('frequency-filtration'), '0.63');
  assert.equal(onAllPairs('triad-filtration'), '0.72');

  assert.deepEqual(
    result.methods.map(({ name }) => name),
    [...methodNames],
  );
  const raw = method(extraction, 'raw');
  assert.deepEqual([raw.cleanTrain, raw.noisyTrain, raw.noisyTrue], [1, 1, 0]);
  assert.ok((method(extraction, 'frequency-filtration-residual').noisyTrain ?? 0) > 0.9);
  assert.ok((method(extraction, 'frequency-filtration').noisyTrain ?? 1) < 0.02);
  assert.ok((method(extraction, 'triad-filtration-quadratic').test ?? 0) > 0.8);
  for (const name of ['identified-rule', 'label-baseline'] as const) {
    assert.equal(method(extraction, name).kind, 'rule');
    assert.equal(method(extraction, name).test, 1);
  }
  assert.match(method(extraction, 'label-baseline').note ?? '', /557 of 2785 .*T_data = 74\.8/);
  // The data set has no validation rows, and the partition says that it needs them.
  assert.equal(method(extraction, 'ipr-partition').test, null);
  assert.match(method(extraction, 'ipr-partition').note ?? '', /needs validation rows/);
  assert.ok((result.scan.heldOut?.logits.z ?? 0) < 0);
});

test('without a data set, accuracies are null with a reason and everything else runs', () => {
  const extraction = extract(plantedNetwork(13, 60).network, 'relu', null, plainCompute);
  const { result } = extraction;
  assert.equal(result.rule?.text, 'c = a + b (mod 13)');
  assert.equal(result.chance, 1 / 13);
  assert.equal(extraction.partitions, null);
  for (const { test: accuracy, validation, cleanTrain, noisyTrain, note } of result.methods) {
    assert.deepEqual([accuracy, validation, cleanTrain, noisyTrain], [null, null, null, null]);
    assert.match(note ?? '', /no data set/);
  }
  assert.ok(extraction.answers.has('frequency-filtration'));
  assert.equal(extraction.answers.has('label-baseline'), false);
});

test('filtration joins the frequencies of the rule that was found', () => {
  const rule = { k1: 2, k2: 3, shift: 5 };
  const extraction = extract(plantedNetwork(13, 200, rule).network, 'relu', null, plainCompute);
  assert.deepEqual(extraction.result.filtrationRule, { k1: 2, k2: 3 });
  for (const name of ['frequency-filtration', 'triad-filtration', 'identified-rule'] as const) {
    const answers = extraction.answers.get(name);
    assert.ok(answers !== undefined && ruleAgreement(answers, rule, 13) === 1, name);
  }
  assert.match(method(extraction, 'triad-filtration').note ?? '', /û\(2ω\), v̂\(3ω\), ŵ\(ω\)/);
});

test('where no rule is significant, filtration takes k1 = k2 = 1 and no rule is written out', () => {
  const extraction = extract(untrainedNetwork(11, 33, 1), 'relu', null, plainCompute);
  assert.equal(extraction.result.rule, null);
  assert.deepEqual(extraction.result.filtrationRule, { k1: 1, k2: 1 });
  assert.match(method(extraction, 'frequency-filtration').note ?? '', /no rule is significant/);
  assert.match(method(extraction, 'identified-rule').note ?? '', /no rule is significant/);
  assert.equal(extraction.answers.has('identified-rule'), false);
});

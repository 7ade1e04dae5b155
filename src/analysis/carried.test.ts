import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { completeDataset, readDataset, readModel } from '../format/index.ts';
import { rolesOf } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { parseOperation } from '../task/operation.ts';
import { carried } from './carried.ts';
import type { PartEvidence } from './results.ts';
import { scan } from './scan.ts';
import { plainCompute } from './test-compute.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

const rolesAt = (modulus: number, seed = 1) =>
  rolesOf(
    generateDataset(parseOperation('add', modulus), {
      trainFraction: 0.7,
      validationFraction: 0.1,
      noiseRatio: 0.5,
      noiseKind: 'uniform',
      seed,
    }),
  );

/** log10 p of logits upwards and downwards, then of answers. */
function partWith(up: number, down: number, upAnswers: number, downAnswers: number): PartEvidence {
  const score = (log10PValue: number, log10LowerPValue: number) => ({
    statistic: 0,
    z: 0,
    log10PValue,
    log10LowerPValue,
  });
  return { pairs: 100, logits: score(up, down), answers: score(upAnswers, downAnswers) };
}

test('the smallest of four p-values decides, at the level', () => {
  const at = (part: PartEvidence, level = 0.01) => carried(part, level);
  assert.deepEqual(at(partWith(-3, 0, -5, 0)), {
    verdict: 'carried',
    kind: 'answers',
    log10PValue: -5,
  });
  assert.deepEqual(at(partWith(0, -4, -0.5, -1)), {
    verdict: 'against',
    kind: 'logits',
    log10PValue: -4,
  });
  assert.equal(at(partWith(0, -4, -5, 0)).verdict, 'carried');
  assert.equal(at(partWith(0, -5, -4, 0)).verdict, 'against');
  assert.equal(at(partWith(-2, 0, 0, 0)).verdict, 'carried');
  assert.deepEqual(at(partWith(-1.9, 0, 0, -1.95)), {
    verdict: 'not shown',
    kind: 'logits',
    log10PValue: -1.9,
  });
  assert.equal(at(partWith(-1.9, 0, 0, 0), 0.05).verdict, 'carried');
});

test('a network built from the rule carries it', () => {
  const { network } = plantedNetwork(13, 200);
  const { result } = scan(network, 'relu', rolesAt(13), plainCompute);
  assert.equal(result.carried?.verdict, 'carried');
  const { heldOut } = result;
  assert.ok(heldOut !== null);
  assert.ok(heldOut.logits.log10LowerPValue > -1e-3 && heldOut.answers.log10LowerPValue > -1e-3);
});

test("PyTorch's network stores the rule and speaks against it on pairs it never saw", () => {
  const file = (ending: string) =>
    readFileSync(
      new URL(`../../test/checkpoints/pytorch-add-p59-noise80.${ending}`, import.meta.url),
    );
  const { network } = readModel(file('safetensors'), 'checkpoint');
  const given = readDataset(file('csv').toString(), 59, 'rows');
  const roles = rolesOf(completeDataset(given, parseOperation('add', 59).apply, 'rows'));
  const { result } = scan(network, 'relu', roles, plainCompute);
  assert.equal(result.rule?.text, 'c = a + b (mod 59)');
  assert.equal(result.carried?.verdict, 'against', JSON.stringify(result.heldOut));
  // Which pairs were trained on is all that this takes, not what their answers should be.
  const withoutTask = scan(network, 'relu', rolesOf(given), plainCompute).result;
  assert.deepEqual(withoutTask.heldOut, result.heldOut);
});

test('where the data are not known, nothing is said', () => {
  const { network } = plantedNetwork(13, 24);
  assert.equal(scan(network, 'relu', null, plainCompute).result.carried, null);
  assert.equal(scan(network, null, rolesAt(13), plainCompute).result.carried, null);
});

test('where no rule is named, the best of all scanned counts as one of all scanned', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const network = untrainedNetwork(11, 33, seed);
    const { result } = scan(network, 'relu', rolesAt(11, seed), plainCompute, { level: 1e-3 });
    assert.equal(result.significant, false);
    // The best of 1,100 rules was chosen by these pairs too, so that a p for one rule would be wrong.
    assert.equal(result.carried?.verdict, 'not shown', `seed ${seed}`);
  }
});

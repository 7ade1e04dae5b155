import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Roles } from '../task/dataset.ts';
import { rolesOf } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { createGenerator } from '../task/generator.ts';
import { parseOperation } from '../task/operation.ts';
import { standardiseRows } from './evidence.ts';
import { plainCompute } from './test-compute.ts';
import { answersOfLogits, logitRuleEvidence, scanLogits } from './transformer-evidence.ts';

const modulus = 17;
const operation = parseOperation('linear:3,5', modulus);
const rule = { k1: 3, k2: 5, shift: 0 };
const dataset = generateDataset(operation, {
  ...{ noiseRatio: 0.5, noiseKind: 'uniform', trainFraction: 0.7, validationFraction: 0, seed: 1 },
});
const roles: Roles = rolesOf(dataset);

/** Noise, and on some of the pairs a preference for a label of theirs. */
function logits(
  pairs: Uint32Array,
  height: number,
  label = (a: number, b: number) => operation.apply(a, b) ?? 0,
) {
  const generator = createGenerator(2, 'transformer evidence test');
  const table = Float32Array.from({ length: modulus ** 3 }, () => generator.uniform());
  for (const pair of pairs) {
    table[pair * modulus + label(Math.floor(pair / modulus), pair % modulus)] += height;
  }
  return table;
}

const everyPair = Uint32Array.from({ length: modulus ** 2 }, (_, pair) => pair);
const train = roles.train?.pair ?? new Uint32Array();
const heldOut = roles.heldOut?.pair ?? new Uint32Array();

test('a rule in the logits is found, and carried where held-out pairs follow it', () => {
  const result = scanLogits(logits(everyPair, 1), modulus, roles, plainCompute);
  assert.equal(result.rule?.text, 'c = 3a + 5b (mod 17)');
  assert.equal(result.significant, true);
  assert.equal(result.evidence.weights, null);
  assert.equal(result.rulesScanned, 16 * 16 * 17);
  assert.equal(result.carried?.verdict, 'carried');
  assert.equal(result.heldOut?.pairs, heldOut.length);
});

test('a rule on training pairs alone is stored and not carried; avoided on the others it is spoken against', () => {
  const stored = scanLogits(logits(train, 2), modulus, roles, plainCompute);
  assert.equal(stored.rule?.k1, 3);
  assert.equal(stored.carried?.verdict, 'not shown');
  const avoiding = logits(train, 2);
  for (const pair of heldOut) {
    const [a, b] = [Math.floor(pair / modulus), pair % modulus];
    avoiding[pair * modulus + (operation.apply(a, b) ?? 0)] -= 2;
  }
  const against = scanLogits(avoiding, modulus, roles, plainCompute);
  assert.equal(against.carried?.verdict, 'against');
});

test('noise holds no rule; without roles nothing is said of parts', () => {
  const result = scanLogits(logits(everyPair, 0), modulus, null, plainCompute);
  assert.equal(result.rule, null);
  assert.equal(result.significant, false);
  assert.deepEqual([result.heldOut, result.cleanTrain, result.carried], [null, null, null]);
});

test('evidence at a given rule is that of the scan which found it', () => {
  const table = logits(everyPair, 1);
  const scanned = scanLogits(table, modulus, roles, plainCompute);
  const given = logitRuleEvidence(table, modulus, rule, roles, plainCompute);
  assert.deepEqual(given.heldOut, scanned.heldOut);
  assert.deepEqual(given.noisyTrain, scanned.noisyTrain);
  assert.deepEqual(given.carried, scanned.carried);
  assert.equal(given.all.logits.z, scanned.evidence.logits.z);
  assert.equal(given.all.pairs, modulus ** 2);
});

test('rows are standardised; one without spread becomes 0; ties go to the smaller class', () => {
  const rows = standardiseRows(Float32Array.of(1, 2, 3, 5, 5, 5), 3);
  // Exact values rounded once to float32.
  assert.ok(Math.abs(rows[2] - Math.sqrt(1.5)) < 2 ** -23);
  assert.deepEqual([...rows.slice(3)], [0, 0, 0]);
  assert.deepEqual([...answersOfLogits(Float32Array.of(1, 3, 3, 2, 1, 0), 3)], [1, 0]);
});

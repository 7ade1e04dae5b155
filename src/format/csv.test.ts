import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rolesOf } from '../task/dataset.ts';
import { completeDataset, readDataset, writeDataset } from './csv.ts';

const add = (modulus: number) => (a: number, b: number) => (a + b) % modulus;

function refuses(text: string, message: RegExp, modulus = 5): void {
  assert.throws(() => readDataset(text, modulus, 'd.csv'), { name: 'InputError', message });
}

test('reads labels, true labels and splits', () => {
  const text = 'a,b,label,true_label,split\n0,1,4,1,train\n2,3,0,0,validation\n4,4,3,3,test\n';
  const dataset = readDataset(text, 5, 'd.csv');
  assert.deepEqual(dataset, {
    modulus: 5,
    a: Uint16Array.of(0, 2, 4),
    b: Uint16Array.of(1, 3, 4),
    label: Uint16Array.of(4, 0, 3),
    trueLabel: Uint16Array.of(1, 0, 3),
    split: Uint8Array.of(0, 1, 2),
  });
  assert.equal(writeDataset(dataset), text);
});

test('takes every row for training and the truth for unknown where the columns are missing', () => {
  const dataset = readDataset('a,b,label\n0,1,4\n1,1,2\n', 5, 'd.csv');
  assert.equal(dataset.trueLabel, null);
  assert.deepEqual(dataset.split, Uint8Array.of(0, 0));
  assert.equal(writeDataset(dataset), 'a,b,label,split\n0,1,4,train\n1,1,2,train\n');
});

test('reads a table with BOM, CRLF, quotes, another column order and blank last lines', () => {
  const plain = readDataset('a,b,label,split\n0,1,4,train\n1,1,2,test\n', 5, 'd.csv');
  const text = '\uFEFF"split",label,"b",a\r\n"train",4,"1",0\r\ntest,2,1,"1"\r\n\r\n \n';
  assert.deepEqual(readDataset(text, 5, 'd.csv'), plain);
  assert.deepEqual(readDataset('a,b,label,split\n0,1,4,train\n1,1,2,test', 5, 'd.csv'), plain);
});

test('refuses an empty file', () => {
  refuses('', /d\.csv: expected a table, but it is empty/);
  refuses('\uFEFF\r\n', /it is empty/);
});

test('refuses a table without rows', () =>
  refuses('a,b,label\n', /expected rows below the header/));

test('refuses a missing header', () => {
  refuses('0,1,4\n1,1,2\n', /line 1: expected a header .* found a, b, label missing/);
});

test('refuses a header without a column that is needed', () => {
  refuses('a,b\n0,1\n', /found label missing/);
});

test('refuses a header with unknown or repeated columns', () => {
  refuses('a,b,label,weight\n0,1,2,3\n', /found "weight" as well/);
  refuses('a,b,label,a\n0,1,2,3\n', /found "a" twice/);
});

test('refuses a label outside 0…P−1 and names its line', () => {
  refuses('a,b,label\n0,1,4\n0,2,5\n', /line 3: expected label .* from 0 to 4, got "5"/);
  refuses('a,b,label\n0,1,-1\n', /line 2: expected label .*, got "-1"/);
  refuses('a,b,label,true_label\n0,1,1,7\n', /line 2: expected true_label/);
});

test('refuses a token outside 0…P−1', () => {
  refuses('a,b,label\n5,1,4\n', /line 2: expected a to be .* from 0 to 4, got "5"/);
  refuses('a,b,label\n1,65536,4\n', /line 2: expected b to be/);
});

test('refuses values that are not whole numbers', () => {
  for (const value of ['1.0', '1e0', 'x', '', ' 1', '0x1', '١']) {
    refuses(`a,b,label\n0,1,${value}\n`, /line 2: expected label to be a whole number/);
  }
});

test('refuses a pair that occurs twice and names both lines', () => {
  refuses('a,b,label\n0,1,4\n1,0,4\n0,1,4\n', /line 4: the pair \(0, 1\) is already in line 2/);
});

test('refuses an unknown split', () => {
  refuses('a,b,label,split\n0,1,4,dev\n', /line 2: .* train, validation, test, got "dev"/);
});

test('refuses a line with another number of fields', () => {
  refuses('a,b,label\n0,1\n', /line 2: expected 3 fields .* got 2/);
  refuses('a,b,label\n0,1,2,3\n', /line 2: expected 3 fields .* got 4/);
  refuses('a,b,label\n0,1,2\n\n0,2,2\n', /line 3: .* got a blank line/);
});

test('refuses a quote that is not closed', () => {
  refuses('a,b,label\n0,1,"4\n', /line 2: a quote is not closed/);
  refuses('a,b,label\n0,1,4"\n', /line 2: a quote is not closed/);
});

test('makes the pairs that are not listed the test set, with labels by the rule', () => {
  const dataset = readDataset('a,b,label\n0,1,2\n1,0,1\n', 3, 'd.csv');
  const complete = completeDataset(dataset, add(3), 'd.csv');
  const roles = rolesOf(complete);
  assert.deepEqual(roles.cleanTrain?.pair, Uint32Array.of(3));
  assert.deepEqual(roles.noisyTrain, { pair: Uint32Array.of(1), label: Uint16Array.of(2) });
  assert.deepEqual(roles.noisyTrue, { pair: Uint32Array.of(1), label: Uint16Array.of(1) });
  assert.deepEqual(roles.test?.pair, Uint32Array.of(0, 2, 4, 5, 6, 7, 8));
  assert.deepEqual(roles.test?.label, Uint16Array.of(0, 2, 2, 0, 2, 0, 1));
  assert.equal(roles.validation, null);
});

test('without a rule leaves the data set as it is: no test labels, but held-out pairs', () => {
  const dataset = readDataset('a,b,label\n0,1,2\n', 3, 'd.csv');
  assert.equal(completeDataset(dataset, null, 'd.csv'), dataset);
  assert.equal(rolesOf(dataset).test, null);
  assert.deepEqual(rolesOf(dataset).heldOut?.pair, Uint32Array.of(0, 2, 3, 4, 5, 6, 7, 8));
});

test('refuses a rule that contradicts the true labels in the file', () => {
  const dataset = readDataset('a,b,label,true_label\n0,1,2,1\n2,2,1,2\n', 3, 'd.csv');
  assert.throws(() => completeDataset(dataset, add(3), 'd.csv'), {
    name: 'InputError',
    message: /line 3: true_label of \(2, 2\) is 2 in the file and 1 by the task/,
  });
});

test('reads the data that the PyTorch checkpoint was trained on', () => {
  const url = new URL('../../test/checkpoints/pytorch-add-p59-noise80.csv', import.meta.url);
  const dataset = readDataset(readFileSync(url, 'utf8'), 59, 'd.csv');
  const roles = rolesOf(completeDataset(dataset, add(59), 'd.csv'));
  const count = (role: keyof typeof roles) => roles[role]?.pair.length;
  // 59² = 3481 pairs, 2785 lines below the header, 80 % of them wrong.
  assert.equal(count('test'), 3481 - 2785);
  assert.equal(count('noisyTrain'), 2228);
  assert.equal(count('cleanTrain'), 557);
});

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { claimRunDirectory, writeModel, writeRun } from '../format/index.ts';
import { emptyNetwork } from '../model/index.ts';
import { completeSettings } from '../train/index.ts';
import { loadModel } from './load-model.ts';

const shipped = (name: string) =>
  fileURLToPath(new URL(`../../test/checkpoints/${name}`, import.meta.url));
const model = shipped('pytorch-add-p59-noise80.safetensors');
const dataset = shipped('pytorch-add-p59-noise80.csv');

function folderFor(t: { after(clean: () => void): void }): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

test('a file alone says its weights and perhaps its activation, no data', () => {
  const loaded = loadModel(model);
  assert.equal(loaded.name, 'pytorch-add-p59-noise80.safetensors');
  assert.equal(loaded.network.modulus, 59);
  assert.equal(loaded.activation, 'relu');
  assert.equal(loaded.dataset, null);
  assert.equal(loaded.roles, null);
  assert.equal(loaded.task, null);
  assert.deepEqual(loaded.notices, []);
});

test('--dataset without --task knows the training rows and has no test set', () => {
  const { roles } = loadModel(model, { dataset });
  assert.equal(roles?.noisyTrain?.pair.length, 2228);
  assert.equal(roles?.test, null);
});

test('--task gives the pairs that are not listed their true labels as the test set', () => {
  const { roles } = loadModel(model, { dataset, task: 'add' });
  assert.equal(roles?.test?.pair.length, 696);
});

test('a --task that contradicts the true labels of the data set is refused', () => {
  assert.throws(() => loadModel(model, { dataset, task: 'sub' }), {
    name: 'InputError',
    message: /line \d+: true_label of \(\d+, \d+\) is \d+ in the file and \d+ by the task/,
  });
});

test('--task without --dataset says the basis alone, and a notice says so', () => {
  const { roles, task, notices } = loadModel(model, { task: 'add' });
  assert.equal(task, 'add');
  assert.equal(roles, null);
  assert.match(notices[0], /--task without --dataset only says which basis is tried first/);
});

test('--activation fills in what a file does not say', (t) => {
  const path = join(folderFor(t), 'silent.safetensors');
  fs.writeFileSync(path, writeModel(emptyNetwork(5, 2)));
  assert.equal(loadModel(path).activation, null);
  const { activation, notices } = loadModel(path, { activation: 'quadratic' });
  assert.equal(activation, 'quadratic');
  assert.deepEqual(notices, []);
});

test('--activation overrides what a file says, and a notice says so', () => {
  const { activation, notices } = loadModel(model, { activation: 'quadratic' });
  assert.equal(activation, 'quadratic');
  assert.match(notices[0], /--activation quadratic overrides relu/);
});

test('an unknown --activation is refused', () => {
  assert.throws(() => loadModel(model, { activation: 'tanh' }), {
    name: 'InputError',
    message: /Unknown --activation "tanh": expected one of relu, quadratic, gelu, reverse-relu/,
  });
});

test('a model that does not exist is refused', () => {
  assert.throws(() => loadModel('no/such.safetensors'), {
    name: 'InputError',
    message: /There is no model no\/such\.safetensors/,
  });
});

test('a run directory brings its settings and data, and refuses to be told others', (t) => {
  const path = join(folderFor(t), 'run');
  const config = {
    settings: completeSettings({ modulus: 3, width: 2, activation: 'gelu' }),
    versions: {},
    backend: { name: 'reference', instructionSet: 'JavaScript', threads: 1 },
  };
  const rows = Uint16Array.of(0, 1);
  claimRunDirectory(path, config);
  writeRun(path, config, {
    network: emptyNetwork(3, 2),
    metrics: [],
    dataset: {
      modulus: 3,
      a: rows,
      b: rows,
      label: rows,
      trueLabel: null,
      split: Uint8Array.of(0, 2),
    },
    randomFeatures: null,
  });
  const loaded = loadModel(`${path}/`);
  assert.equal(loaded.name, 'run');
  assert.equal(loaded.activation, 'gelu');
  assert.deepEqual(loaded.settings, config.settings);
  assert.deepEqual(loaded.metrics, []);
  assert.equal(loaded.roles?.test?.pair.length, 1);
  for (const flags of [{ dataset }, { task: 'add' }]) {
    assert.throws(() => loadModel(path, flags), {
      name: 'InputError',
      message: /is a run, which has its own data set; leave the flag out/,
    });
  }
});

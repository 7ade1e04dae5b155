import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { emptyNetwork } from '../model/network.ts';
import { generateDataset, parseOperation } from '../task/index.ts';
import { completeSettings } from '../train/settings.ts';
import { writeModel } from './model-file.ts';
import {
  claimRunDirectory,
  discardResults,
  openRun,
  type RunConfig,
  type RunResults,
  readRun,
  runFiles,
  writeRun,
} from './run-directory.ts';
import { readSafetensors } from './safetensors.ts';

const config: RunConfig = {
  settings: completeSettings({ modulus: 5, width: 4, steps: 10, activation: 'gelu' }),
  versions: { undertone: '0.1.0', node: '24.0.0' },
  backend: { name: 'reference', instructionSet: 'JavaScript', threads: 1 },
};
const results: RunResults = {
  network: { ...emptyNetwork(5, 4), U: new Float32Array(20).fill(0.5) },
  metrics: [
    {
      step: 10,
      loss: 1.25,
      cleanTrain: 1,
      noisyTrain: 0.75,
      noisyTrue: 0,
      validation: 0.5,
      test: null,
    },
  ],
  dataset: generateDataset(parseOperation('add', 5), config.settings),
  randomFeatures: { network: emptyNetwork(5, 4), learningRate: 0.01, steps: 200 },
};

function folderFor(t: { after(clean: () => void): void }): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

/** A complete run in a new folder. */
function runIn(t: { after(clean: () => void): void }): string {
  const path = join(folderFor(t), 'runs', 'one');
  claimRunDirectory(path, config);
  writeRun(path, config, results);
  return path;
}

function refuses(path: string, message: RegExp): void {
  assert.throws(() => readRun(path), { name: 'InputError', message });
}

test('reads back the run that it wrote', (t) => {
  const path = runIn(t);
  assert.deepEqual(readRun(path), { config, ...results });
  assert.deepEqual(fs.readdirSync(path).sort(), [
    'config.json',
    'controls',
    'dataset.csv',
    'metrics.csv',
    'model.safetensors',
  ]);
});

test('a run without the random-feature control has no controls folder', (t) => {
  const path = join(folderFor(t), 'one');
  claimRunDirectory(path, config);
  writeRun(path, config, { ...results, randomFeatures: null });
  assert.equal(readRun(path).randomFeatures, null);
  assert.ok(!fs.existsSync(join(path, 'controls')));
});

test('the model file carries the settings as strings', (t) => {
  const bytes = fs.readFileSync(join(runIn(t), runFiles.model));
  const { metadata } = readSafetensors(bytes, 'm');
  assert.equal(metadata.activation, 'gelu');
  assert.equal(metadata.noiseRatio, '0.8');
  assert.ok(!('dataset' in metadata));
});

test('claims a new folder with its parents, or an empty one', (t) => {
  const folder = folderFor(t);
  claimRunDirectory(join(folder, 'deep', 'er'), config);
  assert.deepEqual(fs.readdirSync(join(folder, 'deep', 'er')), ['config.json']);
  fs.mkdirSync(join(folder, 'empty'));
  claimRunDirectory(join(folder, 'empty'), config);
  assert.deepEqual(fs.readdirSync(join(folder, 'empty')), ['config.json']);
});

test('refuses a folder that has a run in it, and touches nothing', (t) => {
  const path = runIn(t);
  const before = fs.readdirSync(path).map((name) => fs.statSync(join(path, name)).mtimeMs);
  assert.throws(() => claimRunDirectory(path, config), {
    name: 'InputError',
    message: /already has a run in it; choose another or remove it/,
  });
  const after = fs.readdirSync(path).map((name) => fs.statSync(join(path, name)).mtimeMs);
  assert.deepEqual(after, before);
});

test('refuses a folder with other files in it, and a file', (t) => {
  const folder = folderFor(t);
  fs.writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  assert.throws(() => claimRunDirectory(folder, config), {
    name: 'InputError',
    message: /is not empty \(thesis.txt/,
  });
  assert.throws(() => claimRunDirectory(join(folder, 'thesis.txt'), config), {
    name: 'InputError',
    message: /is a file, expected a folder that is new/,
  });
  assert.deepEqual(fs.readdirSync(folder), ['thesis.txt']);
});

test('refuses a path that leads through a file', (t) => {
  const folder = folderFor(t);
  fs.writeFileSync(join(folder, 'x'), 'old');
  assert.throws(() => claimRunDirectory(join(folder, 'x', 'run'), config), {
    name: 'WorkError',
    message: /a part of its path is a file/,
  });
});

test('says which file of a run is missing', (t) => {
  for (const name of ['config', 'metrics', 'model', 'dataset'] as const) {
    const path = runIn(t);
    fs.rmSync(join(path, runFiles[name]));
    refuses(path, new RegExp(`expected a run directory .* but ${runFiles[name]} is missing`));
  }
});

test('says which file of a run is damaged', (t) => {
  const damage = (name: keyof typeof runFiles, content: string | Uint8Array, message: RegExp) => {
    const path = runIn(t);
    fs.writeFileSync(join(path, runFiles[name]), content);
    refuses(path, message);
  };
  damage('config', '{"settings":', /config\.json: expected JSON/);
  damage('config', '[]', /config\.json: the file is wrong/);
  const { settings } = config;
  const wrong = { ...config, settings: { ...settings, noiseRatio: 1.5 } };
  damage('config', JSON.stringify(wrong), /config\.json: settings\.noiseRatio is wrong/);
  damage('config', '{"settings":{},"settings":{}}', /"settings" twice/);
  damage('model', '', /model\.safetensors: .* it is empty/);
  damage('metrics', 'step\n1\n', /metrics\.csv, line 1: expected the header/);
  damage('dataset', 'a,b,label\n0,0,5\n', /dataset\.csv, line 2: expected label .* to 4/);
  damage('dataset', Uint8Array.of(0x61, 0xff), /dataset\.csv: expected a text file in UTF-8/);
  damage('randomFeatures', 'x', /random-features\.safetensors: expected a safetensors file/);
});

test('refuses a model that is not the one of config.json', (t) => {
  const path = runIn(t);
  fs.writeFileSync(join(path, runFiles.model), writeModel(emptyNetwork(7, 4)));
  refuses(path, /expected the network of config.json \(P = 5, M = 4\), got P = 7, M = 4/);
});

test('refuses a path that is no folder', (t) => {
  const folder = folderFor(t);
  refuses(join(folder, 'none'), /There is no run directory/);
  fs.writeFileSync(join(folder, 'x'), '');
  refuses(join(folder, 'x'), /is a file, expected a run directory/);
});

test('a claimed folder is given back where nothing but config and data set is in it', (t) => {
  const folder = folderFor(t);
  const path = join(folder, 'deep', 'one');
  claimRunDirectory(path, config, results.dataset)();
  assert.deepEqual(fs.readdirSync(folder), []);
  const release = claimRunDirectory(path, config, results.dataset);
  fs.mkdirSync(join(path, runFiles.checkpoints));
  release();
  assert.deepEqual(fs.readdirSync(path).sort(), ['checkpoint', 'config.json', 'dataset.csv']);
});

test('an unfinished run opens with what it has', (t) => {
  const path = join(folderFor(t), 'one');
  claimRunDirectory(path, { ...config, measureEvery: 3 });
  const opened = { config: { ...config, measureEvery: 3 }, dataset: null, finished: null };
  assert.deepEqual(openRun(path), opened);
  assert.throws(() => openRun(join(path, 'none')), { name: 'InputError', message: /no run to go/ });
});

test('a run is finished when its metrics reach the last step, not when it was stopped', (t) => {
  const path = runIn(t);
  assert.deepEqual(openRun(path).finished, { config, ...results });
  const stopped = join(folderFor(t), 'stopped');
  claimRunDirectory(stopped, config);
  const metrics = [{ ...results.metrics[0], step: 9 }];
  writeRun(stopped, config, { ...results, metrics });
  assert.equal(openRun(stopped).finished, null);
  fs.writeFileSync(join(stopped, '.model.safetensors.12-0.tmp'), 'half');
  discardResults(stopped);
  assert.deepEqual(fs.readdirSync(stopped).sort(), [
    'config.json',
    'controls',
    'dataset.csv',
    'metrics.csv',
  ]);
});

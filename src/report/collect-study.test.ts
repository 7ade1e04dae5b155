import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract } from '../analysis/extraction.ts';
import { filterFrequencies } from '../analysis/filtration.ts';
import { plainCompute } from '../analysis/test-compute.ts';
import { initializeNetwork } from '../model/initialize.ts';
import { emptyNetwork, type Network } from '../model/network.ts';
import { rolesOf } from '../task/dataset.ts';
import { createGenerator } from '../task/generator.ts';
import { datasetOf } from '../train/prepare.ts';
import { completeSettings } from '../train/settings.ts';
import { collectStudy, type StudyInputs } from './collect-study.ts';
import { renderReport } from './page.ts';
import type { Control } from './study.ts';

const modulus = 11;
/** Five frequencies, six phases of a, six of b. */
const width = 180;

/** The analytic solution for addition, φa + φb = φc, over all frequencies and evenly spread phases, with uniform noise on top. */
function solution(noise = 0): Network {
  const network = emptyNetwork(modulus, width);
  for (let m = 0; m < width; m++) {
    const turn = (2 * Math.PI * (1 + (m % 5))) / modulus;
    const a = (Math.PI * (Math.floor(m / 5) % 6)) / 3;
    const b = (Math.PI * Math.floor(m / 30)) / 3;
    for (let x = 0; x < modulus; x++) {
      network.U[m * modulus + x] = Math.cos(turn * x + a);
      network.V[m * modulus + x] = Math.cos(turn * x + b);
      network.W[x * width + m] = Math.cos(turn * x + a + b);
    }
  }
  const draw = createGenerator(1, 'noise');
  for (const weights of [network.U, network.V, network.W]) {
    for (let i = 0; i < weights.length; i++) weights[i] += noise * (2 * draw.uniform() - 1);
  }
  return network;
}

function inputs(changes: Partial<StudyInputs> = {}): StudyInputs {
  const settings = completeSettings({ modulus, width, noiseRatio: 0.5, steps: 0 });
  const dataset = datasetOf(settings);
  const network = changes.network ?? solution();
  return {
    name: 'cosines',
    settings,
    environment: { backend: 'plain loops' },
    command: null,
    weightsHash: null,
    metrics: [],
    network,
    dataset,
    extraction: extract(network, 'relu', rolesOf(dataset), plainCompute),
    initial: initializeNetwork(modulus, network.width, createGenerator(2, 'weights')),
    randomFeatures: null,
    ...changes,
  };
}

const of = (controls: readonly Control[], kind: Control['kind']) =>
  controls.filter((control) => control.kind === kind);

test('the path leads from the answers of the whole network to those of G', () => {
  const given = inputs();
  const { path, fullField, filteredField, extraction } = collectStudy(given, plainCompute);
  const test = (name: string) => extraction.methods.find((method) => method.name === name)?.test;
  assert.equal(path.length, 21);
  assert.deepEqual([path[0].lambda, path[10].lambda, path[20].lambda], [1, 0.5, 0]);
  assert.equal(path[0].test, test('raw'));
  assert.equal(path[20].test, test('frequency-filtration'));
  assert.equal(fullField, path[0].field);
  assert.equal(filteredField, path[20].field);
});

test('the analytic solution has phases that add up and one frequency per neuron', () => {
  const { phases, spectra } = collectStudy(inputs(), plainCompute);
  // Float32 weights: phases are right to about 1e-7, energies to as much of the total.
  assert.ok(phases.meanSquaredError < 1e-10);
  assert.equal(phases.sum.length, width);
  for (const { before, after, dominantFrequency } of spectra) {
    assert.ok(Math.abs(before[dominantFrequency - 1] - 1) < 1e-5);
    assert.ok(Math.abs(after[dominantFrequency - 1] - 1) < 1e-5);
  }
  assert.deepEqual(
    spectra.map(({ rank }) => rank),
    [1, 45, 90, 180],
  );
});

test('controls keep the rule that is there apart from rules that are not', () => {
  // Without noise a filter for a wrong rule would be left with the rounding of the weights, whose
  // harmonics follow rules of their own.
  const { controls } = collectStudy(inputs({ network: solution(0.5) }), plainCompute);
  const [trained] = of(controls, 'trained');
  assert.equal(trained.frequencyFiltration, 1);
  const wrong = of(controls, 'wrong-rule');
  assert.deepEqual(
    wrong.map(({ label }) => label),
    ['Wrong rule c = a + 2b', 'Wrong rule c = 2a + 3b'],
  );
  // Twelve test pairs: one rule agrees with another on one or two of them by chance.
  for (const { frequencyFiltration } of wrong) assert.ok((frequencyFiltration ?? 1) < 0.5);
});

test('no wrong rule is the right one with a turned sign: the energy filter could not tell them apart', () => {
  const network = solution(0.5);
  const filtered = (k2: number) =>
    filterFrequencies(network, { select: 'energy', rule: { k1: 1, k2 } }).G;
  assert.deepEqual(filtered(modulus - 1), filtered(1));
  assert.notDeepEqual(filtered(2), filtered(1));
});

test('a modulus whose units are all ±1 has no wrong rule to offer', () => {
  const small = completeSettings({ modulus: 3, width: 4, steps: 0 });
  const dataset = datasetOf(small);
  const network = initializeNetwork(3, 4, createGenerator(4, 'weights'));
  const extraction = extract(network, 'relu', rolesOf(dataset), plainCompute);
  const given = { settings: small, dataset, network, extraction, initial: null };
  const { controls } = collectStudy(inputs(given), plainCompute);
  assert.deepEqual(of(controls, 'wrong-rule'), []);
});

test('T of the trained network and of the untrained one are apart', () => {
  const { controls, scanMap } = collectStudy(inputs({ network: solution(0.5) }), plainCompute);
  const T = (kind: Control['kind']) => of(controls, kind)[0].T ?? Number.NaN;
  assert.ok(T('trained') > scanMap.threshold);
  // Normal, so beyond 5 once in 3.5 million.
  assert.ok(Math.abs(T('untrained')) < 5);
  assert.ok(Math.abs(T('wrong-rule')) < 5);
});

test('the random-feature control says how its training differed', () => {
  const network = initializeNetwork(modulus, width, createGenerator(5, 'weights'));
  const given = inputs();
  const randomFeatures = {
    network,
    learningRate: 10 * given.settings.learningRate,
    steps: 1200,
  };
  const { controls } = collectStudy({ ...given, randomFeatures }, plainCompute);
  const [{ note }] = of(controls, 'random-features');
  assert.match(note, /W and μ trained for 1,200 steps at 10 times the learning rate/);
});

test('the energy of the strongest wave is compared with that before training, if known', () => {
  const { sparsity } = collectStudy(inputs(), plainCompute);
  assert.ok(Math.abs(sparsity.trained - 1) < 1e-5);
  // The largest of five waves in noise holds more than a fifth.
  assert.ok((sparsity.untrained ?? 0) > 0.2 && (sparsity.untrained ?? 1) < 0.9);
  const study = collectStudy(inputs({ initial: null }), plainCompute);
  assert.equal(study.sparsity.untrained, null);
  assert.doesNotMatch(renderReport([study]), /before training it was/);
});

test('a control that is not there says how to get it', () => {
  const { controls } = collectStudy(inputs({ initial: null }), plainCompute);
  for (const kind of ['untrained', 'random-features'] as const) {
    const [control] = of(controls, kind);
    assert.equal(control.available, false);
    assert.equal(control.frequencyFiltration, null);
    assert.ok(control.note.length > 20);
  }
  assert.match(of(controls, 'random-features')[0].note, /undertone demo/);
});

test('rows from a file have no settings of the split and the noise that made other rows', () => {
  const given = inputs();
  const settings = { ...given.settings, dataset: 'rows.csv' };
  const study = collectStudy({ ...given, settings }, plainCompute);
  assert.equal('noiseRatio' in study.settings, false);
  assert.equal(study.settings.width, width);
  assert.equal('noiseRatio' in collectStudy(given, plainCompute).settings, true);
});

test('a network of one neuron makes a report', () => {
  const network = initializeNetwork(modulus, 1, createGenerator(3, 'weights'));
  const study = collectStudy(inputs({ network }), plainCompute);
  assert.equal(study.spectra.length, 1);
  assert.match(renderReport([study]), /rank 1 of 1/);
});

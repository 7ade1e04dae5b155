import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { cellVerdicts } from './confidence.ts';
import { labelEvidence } from './label-evidence.ts';
import { fitNoiseModel } from './noise-model.ts';
import { answersOf } from './rule.ts';
import { cellsOfText, csvTable } from './test-tables.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });

test('every label gets its probability; rows and blocks where the rule fails are told from wrong labels', () => {
  const modulus = 23;
  const options = { modulus, noiseRatio: 0.3, seed: 4, isException: (a: number) => a === 6 };
  const { cells } = cellsOfText(csvTable(options));
  const labels = labelEvidence(cells, backend);
  const answers = answersOf(labels.rule, modulus);
  const votes = new Uint8Array(modulus ** 2);
  const model = fitNoiseModel(cells, answers, votes);
  assert.ok(model.obeysA[6] < 0.01);
  assert.ok(Math.min(...model.obeysA.filter((_, a) => a !== 6)) > 0.9);
  // 506 obeying cells: a standard error of 0.02.
  assert.ok(Math.abs(model.noiseRatio - 0.3) < 0.06, String(model.noiseRatio));
  for (const verdict of cellVerdicts(cells, answers, votes, model, 1)) {
    const { labels: given } = cells.given.find(({ pair }) => pair === verdict.pair) ?? {
      labels: [],
    };
    const obeys = Math.floor(verdict.pair / modulus) !== 6;
    const follows = given[0].label === answers[verdict.pair];
    if (obeys) assert.equal(verdict.proposal, answers[verdict.pair]);
    else assert.equal(verdict.proposal, given[0].label);
    if (obeys) assert.ok(follows ? verdict.wrong[0] < 0.01 : verdict.wrong[0] > 0.95);
  }
});

test('without a probability of the rule nothing is more probable than the label given', () => {
  const { cells } = cellsOfText(csvTable({ modulus: 11, noiseRatio: 0.2, seed: 1 }));
  const answers = answersOf(labelEvidence(cells, backend).rule, 11);
  const votes = new Uint8Array(121);
  const model = fitNoiseModel(cells, answers, votes);
  for (const { pair, proposal } of cellVerdicts(cells, answers, votes, model, 0)) {
    assert.equal(proposal, cells.given.find((cell) => cell.pair === pair)?.labels[0].label);
  }
});

test('a block without a rule is told from wrong labels', () => {
  const modulus = 31;
  const isException = (a: number, b: number) => a < 10 && b < 10;
  const { cells } = cellsOfText(csvTable({ modulus, noiseRatio: 0.2, seed: 4, isException }));
  const answers = answersOf(labelEvidence(cells, backend).rule, modulus);
  const { obeysPatch, noiseRatio } = fitNoiseModel(cells, answers, new Uint8Array(modulus ** 2));
  const side = Math.ceil(modulus / 5);
  obeysPatch.forEach((obeys, patch) => {
    const isOut = patch % side < 2 && patch < 2 * side;
    assert.ok(isOut ? obeys < 0.1 : obeys > 0.5, `patch ${patch}: ${obeys}`);
  });
  // 861 cells obey: a standard error of 0.014.
  assert.ok(Math.abs(noiseRatio - 0.2) < 0.04, String(noiseRatio));
});

test('rows that are copies of each other count once, rows that err independently each', () => {
  const rowsOf = (seed: number) =>
    csvTable({ modulus: 13, noiseRatio: 0.3, seed, withTruth: false })
      .trimEnd()
      .split('\n')
      .slice(1);
  const rows = rowsOf(1);
  const correlation = (more: readonly string[]) => {
    const { cells } = cellsOfText(['a,b,label', ...rows, ...more].join('\n'));
    const answers = answersOf(labelEvidence(cells, backend).rule, 13);
    return fitNoiseModel(cells, answers, new Uint8Array(169)).correlation;
  };
  assert.equal(correlation(rows), 1);
  const independent = correlation(rowsOf(2));
  assert.ok(independent < 0.2, String(independent));
});

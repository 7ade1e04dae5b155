import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { createGenerator } from '../task/generator.ts';
import { arrangeSymbols } from './alphabets.ts';
import { cellsOf } from './cells.ts';
import { cellVerdicts } from './confidence.ts';
import { apportion, ensembleParts } from './ensemble.ts';
import { labelEvidence, rulePosterior } from './label-evidence.ts';
import { fitNoiseModel } from './noise-model.ts';
import { numericOrder, parseOrder } from './order.ts';
import { orderEvidence } from './order-evidence.ts';
import { readSymbolTable } from './read-table.ts';
import { answersOf } from './rule.ts';
import { detectionScores } from './scores.ts';
import { csvTable } from './test-tables.ts';
import { type AllEvidence, decide, networkEvidence } from './verdict.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });
const read = (text: string, options = {}) => readSymbolTable([Buffer.from(text)], 't.csv', options);
const cellsOfText = (text: string) => {
  const table = read(text);
  const alphabets = arrangeSymbols(table);
  return { alphabets, cells: cellsOf(table, alphabets) };
};

test('reads symbols, missing labels and true labels; equal rows become one entry', () => {
  const table = read('\uFEFFa,b,label,true_label\r\nx,y,z,z\r\n\r\nx,y,z,z\r\n"x", y ,,w\r\n');
  assert.equal(table.rows, 3);
  assert.deepEqual(table.entries, [
    { a: 0, b: 0, label: 0, trueLabel: 0, rows: 2, line: 2 },
    { a: 0, b: 0, label: -1, trueLabel: 1, rows: 1, line: 5 },
  ]);
});

test('takes the first three columns where none are named, and says so', () => {
  const { columns } = read('day,later,is,note\nx,y,z,1\n');
  assert.deepEqual([columns.a, columns.b, columns.label], [0, 1, 2]);
  assert.match(columns.notice ?? '', /"day" as a, "later" as b and "is" as the label/);
  assert.equal(read('label,b,a\nx,y,z\n').columns.notice, null);
  assert.deepEqual(read('p,q,r,s\nx,y,z,1\n', { columns: ['s', '1', 'q'] }).columns.a, 3);
});

test('a wrong table is refused with its line', () => {
  const refuses = (text: string, message: RegExp, options = {}) =>
    assert.throws(() => read(text, options), { name: 'InputError', message });
  refuses('', /it is empty/);
  refuses('a,b,label\n', /expected rows/);
  refuses('a,b,label\nx,y,\n', /every label of its 1 rows is empty/);
  refuses('a,b,label\nx,,z\n', /line 2: expected a symbol for b/);
  refuses('a,b,label\nx,y\n', /line 2: expected 3 fields/);
  refuses('a;b;label\nx;y;z\n', /semicolons/);
  refuses('x,y,z\nx,y,z\n', /--no-header/);
  refuses('a,b,label\nx,y,z\n', /no column "c"/, { columns: ['a', 'b', 'c'] });
  refuses('a,a,b,label\n', /several columns named "a"/);
  const many = Array.from({ length: 1025 }, (_, i) => `s${i},y,z`).join('\n');
  refuses(`a,b,label\n${many}\n`, /line 1026: expected at most 1024 different symbols in column a/);
});

test('numbers stand in numeric order with their gaps filled; other symbols as they appear', () => {
  assert.deepEqual(numericOrder(['10', '2', '4', '8']), ['2', '4', '6', '8', '10']);
  assert.deepEqual(numericOrder(['03', '01']), ['01', '03']);
  assert.deepEqual(numericOrder(['1', '1000']), ['1', '1000']);
  assert.equal(numericOrder(['1', '01']), null);
  assert.equal(numericOrder(['1', 'x']), null);
  assert.deepEqual(parseOrder('3..5', String), ['3', '4', '5']);
  assert.deepEqual(
    parseOrder('file', () => 'x\r\ny\n\n'),
    ['x', 'y'],
  );
  assert.throws(() => parseOrder('x,x', String), /"x" twice/);
});

test('columns that share symbols share an alphabet; the largest gives P', () => {
  const { alphabets } = cellsOfText('a,b,label\nmon,0,tue\ntue,3,mon\nwed,1,wed\n');
  // 2 is a gap between numbers, and has its place.
  assert.deepEqual(
    alphabets.alphabets.map(({ columns, symbols }) => [columns.join(), symbols.join()]),
    [
      ['b', '0,1,2,3'],
      ['a,label', 'mon,tue,wed'],
    ],
  );
  assert.equal(alphabets.modulus, 4);
});

test('a rare label that is no symbol of a or b is set aside; an order has to be complete', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i % 5},${i % 4},${i % 5}`);
  const table = read(`a,b,label\n${lines.join('\n')}\n0,0,O\n`);
  const { modulus, strangers } = arrangeSymbols(table);
  assert.equal(modulus, 5);
  assert.deepEqual(strangers, [{ symbol: 'O', column: 'label', rows: 1, line: 22 }]);
  assert.throws(() => arrangeSymbols(table, [['0', '1']]), /are missing/);
  assert.throws(() => arrangeSymbols(table, [['v', 'w']]), /--order/);
});

test('contradictory duplicates are kept and counted', () => {
  const { cells } = cellsOfText('a,b,label\n0,1,1\n0,1,2\n0,1,2\n1,1,2\n2,2,0\n');
  assert.deepEqual(cells.given[0].labels, [
    { label: 2, rows: 2 },
    { label: 1, rows: 1 },
  ]);
  const { disagreement, ...rest } = cells.duplicates;
  assert.deepEqual(rest, { cells: 1, rows: 3, contradictory: 1 });
  // Of the three pairs of rows two disagree.
  assert.ok(Math.abs((disagreement ?? 0) - 2 / 3) < 1e-12);
});

test('copies of rows are no evidence: the labels say the same of a table and of ten copies', () => {
  const text = csvTable({ modulus: 7, noiseRatio: 0.4, seed: 3, withTruth: false });
  const [header, ...rows] = text.trimEnd().split('\n');
  const copies = [header, ...Array.from({ length: 10 }, () => rows).flat()].join('\n');
  const once = labelEvidence(cellsOfText(text).cells, backend);
  const often = labelEvidence(cellsOfText(copies).cells, backend);
  assert.equal(once.rule.text, 'c = a + b (mod 7)');
  assert.deepEqual(often, once);
});

test('pure noise reaches a level no more often than the level says', () => {
  let found = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const noise = { modulus: 7, noiseRatio: 1, noiseKind: 'uniform-all', seed } as const;
    const { cells } = cellsOfText(csvTable(noise));
    if (labelEvidence(cells, backend).log10PValue <= Math.log10(0.05)) found++;
  }
  // Binomial(200, 0.05): more than 20 has probability 0.0008.
  assert.ok(found <= 20, String(found));
});

test('a shuffled addition table has no rule in that order, an ordered one has', () => {
  const places = createGenerator(5, 'shuffled').shuffle(
    Uint8Array.from({ length: 17 }, (_, i) => i),
  );
  const inverse = new Uint8Array(17);
  places.forEach((place, i) => {
    inverse[place] = i;
  });
  const p = (rule?: (a: number, b: number) => number) => {
    const { cells, alphabets } = cellsOfText(
      csvTable({ modulus: 17, noiseRatio: 0, seed: 1, ...(rule === undefined ? {} : { rule }) }),
    );
    const labels = labelEvidence(cells, backend);
    return {
      labels: labels.log10PValue,
      order: orderEvidence(labels.rule, cells, alphabets, 0).log10PValue,
    };
  };
  const shuffled = p((a, b) => places[(inverse[a] + inverse[b]) % 17]);
  // What makes the second look necessary: the labels alone would have named a rule.
  assert.ok(shuffled.labels < -2 && shuffled.order > -2, JSON.stringify(shuffled));
  const ordered = p();
  assert.ok(ordered.labels < -100 && ordered.order < -10, JSON.stringify(ordered));
});

test('the probability of a rule falls from 1 to 0 as its labels become noise', () => {
  const posterior = (noiseRatio: number) => {
    const { cells } = cellsOfText(csvTable({ modulus: 13, noiseRatio, seed: 2 }));
    const labels = labelEvidence(cells, backend);
    return rulePosterior(labels.rule, cells, labels);
  };
  assert.ok(posterior(0.3) > 0.999999);
  assert.ok(posterior(0.99) < 0.1);
});

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

test('precision, recall, AUROC and average precision by hand, ties counted half', () => {
  const row = (score: number, isWrong: boolean, rows = 1) => ({
    score,
    isWrong,
    rows,
    flagged: score > 0.5,
  });
  const scores = detectionScores([
    row(0.9, true),
    row(0.8, false),
    row(0.3, true, 2),
    row(0.3, false),
  ]);
  // 3 wrong, 2 right. Pairs ordered right: 0.9 over both; 0.3 against 0.3 half, twice. 2 + 2·½ of 6.
  assert.deepEqual(scores, {
    rows: 5,
    wrong: 3,
    flagged: 2,
    precision: 1 / 2,
    recall: 1 / 3,
    f1: 2 / 5,
    auroc: 3 / 6,
    averagePrecision: 1 / 3 + (2 / 3) * (3 / 5),
  });
  assert.equal(detectionScores([row(0.9, true)]).auroc, null);
  for (let rows = 1; rows < 200; rows++) {
    const all = Array.from({ length: rows }, (_, i) => row(i, true));
    assert.ok((detectionScores(all).averagePrecision ?? 0) <= 1, String(rows));
  }
});

test('seats go by largest remainders', () => {
  assert.deepEqual(apportion([10, 5, 1], 8), [5, 3, 0]);
  assert.deepEqual(apportion([1, 1, 1], 8), [3, 3, 2]);
});

test('p-values of networks are not multiplied: one network alone convinces nobody', () => {
  const of = (log10PValue: number, k1: number) => ({
    best: { k1, k2: 1, shift: 0 },
    modulus: 7,
    evidence: { weights: { log10PValue }, logits: null, answers: null },
  });
  const scans = [of(-30, 2), of(-0.1, 3), of(-0.2, 1), of(0, 1)] as unknown as Parameters<
    typeof networkEvidence
  >[0];
  const { log10PValue } = networkEvidence(scans);
  // Twice the second smallest is above 1.
  assert.equal(log10PValue, 0);
  const agreeing = networkEvidence([of(-30, 1), of(-9, 1), of(-3, 2), of(0, 1)] as never);
  assert.equal(agreeing.rule.text, 'c = a + b (mod 7)');
  assert.ok(Math.abs(agreeing.log10PValue - (-9 + Math.log10(2))) < 1e-12);
});

test('labels or networks say that there is something, the order that it is a rule; arrangements correct', () => {
  const { cells } = cellsOfText(csvTable({ modulus: 7, noiseRatio: 0.2, seed: 3 }));
  const labels = labelEvidence(cells, backend);
  const verdict = (
    [inLabels, inNetworks, inOrder]: readonly [number, number, number],
    choices = 1,
    isBroken = false,
  ) => {
    const evidence = {
      labels: { ...labels, log10PValue: inLabels },
      networks: { rule: labels.rule, log10PValue: inNetworks },
      order: { log10PValue: inOrder },
      around: { isBroken },
      choices,
    } as AllEvidence;
    return decide(labels.rule, evidence, 0.01, cells);
  };
  const near = (x: number, y: number) => assert.ok(Math.abs(x - y) < 1e-12, `${x} is not ${y}`);
  near(verdict([-3, -1, -9]).log10PValue, -3 + Math.log10(2));
  near(verdict([-3, -9, -4], 3).log10PValue, -4 + Math.log10(3));
  near(verdict([-9, -3, -4], 3).log10PValue, -4 + Math.log10(3));
  assert.equal(verdict([0, 0, 0], 5).log10PValue, 0);
  assert.equal(verdict([-1, -9, -9]).decidedBy, 'networks');
  assert.equal(verdict([-9, -1, -9]).decidedBy, 'labels');
  const isFound = (...of: Parameters<typeof verdict>) => verdict(...of).found;
  assert.ok(isFound([-9, -9, -9]) && !isFound([-9, -9, -9], 1, true));
  // Two looks at one table: p = 0.0063 is 0.0126.
  assert.ok(isFound([-2.4, 0, -9]) && !isFound([-2.2, 0, -9]));
  assert.ok(isFound([-9, -9, -2.1]) && !isFound([-9, -9, -2.1], 4) && !isFound([-9, -9, -1]));
  const { rule, best, probability } = verdict([-9, -9, -1]);
  assert.deepEqual([rule, best.text, probability], [null, labels.rule.text, 0]);
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

test('every cell is held out from one network, with all its rows, and trained on by the others', () => {
  const [header, ...rows] = csvTable({ modulus: 7, noiseRatio: 0.4, seed: 3, withTruth: false })
    .trimEnd()
    .split('\n');
  const { cells } = cellsOfText([header, ...rows, ...rows.slice(0, 20)].join('\n'));
  const { parts } = ensembleParts(cells, { seed: 5, level: 0.01 });
  assert.equal(parts.length, 4);
  for (const { input, heldOut } of parts) {
    const hidden = new Set(heldOut.map((cell) => cells.given[cell].pair));
    const { a, b, label } = input.dataset;
    const trained = Array.from(a, (token, row) => token * 7 + b[row]);
    assert.ok(trained.every((pair) => !hidden.has(pair)));
    assert.equal(new Set(trained).size + hidden.size, 49);
    assert.equal(
      label.length,
      cells.given.reduce((sum, { pair, rows: own }) => sum + (hidden.has(pair) ? 0 : own), 0),
    );
  }
  const all = parts.flatMap(({ heldOut }) => heldOut).toSorted((x, y) => x - y);
  assert.deepEqual(all, [...Array(49).keys()]);
});

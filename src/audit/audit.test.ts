import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { arrangeSymbols } from './alphabets.ts';
import { apportion, ensembleParts } from './ensemble.ts';
import { labelEvidence, rulePosterior } from './label-evidence.ts';
import { numericOrder, parseOrder } from './order.ts';
import { readSymbolTable } from './read-table.ts';
import { detectionScores } from './scores.ts';
import { cellsOfText, csvTable } from './test-tables.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });
const read = (text: string, options = {}) => readSymbolTable([Buffer.from(text)], 't.csv', options);

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

test('the probability of a rule falls from 1 to 0 as its labels become noise', () => {
  const posterior = (noiseRatio: number) => {
    const { cells } = cellsOfText(csvTable({ modulus: 13, noiseRatio, seed: 2 }));
    const labels = labelEvidence(cells, backend);
    return rulePosterior(labels.rule, cells, labels);
  };
  assert.ok(posterior(0.3) > 0.999999);
  assert.ok(posterior(0.99) < 0.1);
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

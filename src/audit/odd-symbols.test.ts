import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/index.ts';
import { arrangeSymbols } from './alphabets.ts';
import { cellsOf } from './cells.ts';
import { chooseAlphabets } from './choose-alphabets.ts';
import { labelEvidence } from './label-evidence.ts';
import { orderEvidence } from './order-evidence.ts';
import { readSymbolTable } from './read-table.ts';
import { named } from './rule.ts';
import { csvTable, type TableOptions } from './test-tables.ts';
import { wrapAround } from './wrap-around.ts';

const backend = selectBackend({ backend: 'reference', threads: 1 });

/** A table modulo 11 at 20 % wrong labels, its rows changed by `change`: what it is read as. */
function readAs(
  change: (fields: [string, string, string], row: number) => string[],
  options: Partial<TableOptions> = {},
  orders: string[][] = [],
) {
  const text = csvTable({ modulus: 11, noiseRatio: 0.2, seed: 3, withTruth: false, ...options });
  const [header, ...rows] = text.trimEnd().split('\n');
  const changed = rows.map((row, i) =>
    change(row.split(',') as [string, string, string], i).join(),
  );
  const table = readSymbolTable([Buffer.from([header, ...changed].join('\n'))], 't.csv');
  const alphabets = chooseAlphabets(table, orders);
  const cells = cellsOf(table, alphabets);
  const symbols = ({ strangers, kept }: typeof alphabets) => ({
    strangers: strangers.map(({ symbol, column }) => `${symbol} in ${column}`),
    kept: kept.map(({ symbol, column }) => `${symbol} in ${column}`),
  });
  return {
    table,
    alphabets,
    cells,
    ...symbols(alphabets),
    spellings: alphabets.spellings.map((each) => `${each.symbol} as ${each.readAs}`),
    rule: labelEvidence(cells, backend).rule.text,
  };
}

const sums = 'c = a + b (mod 11)';
const lettered = (fields: string[]) => fields.map((field) => `s${field}`);

test('one symbol in another case is the same symbol, said aloud', () => {
  const { rule, spellings } = readAs((fields, row) =>
    row === 50 ? ['S4', ...lettered(fields).slice(1)] : lettered(fields),
  );
  assert.equal(rule, sums);
  assert.deepEqual(spellings, ['S4 as s4']);
});

test('a mistyped a, b or label adds no place to the circle, even where it comes first', () => {
  for (const column of [0, 1, 2]) {
    for (const at of [0, 50, 120]) {
      const read = readAs((fields, row) =>
        lettered(fields).map((field, i) => (row === at && i === column ? 'qq' : field)),
      );
      assert.equal(read.rule, sums);
      assert.deepEqual(read.strangers, [`qq in ${['a', 'b', 'label'][column]}`]);
    }
  }
});

test('a label that is no a and no b is no symbol, though a tenth or a third of the labels are it', () => {
  for (const every of [9, 3]) {
    const read = readAs((fields, row) =>
      row % every === 1 ? [fields[0], fields[1], 'zz'] : fields,
    );
    assert.equal(read.rule, sums);
    assert.deepEqual(read.strangers, ['zz in label']);
  }
});

test('numbers with leading zeros in one column are the numbers of the others', () => {
  const read = readAs(([a, b, label]) => [a.padStart(2, '0'), b, label]);
  assert.equal(read.rule, sums);
  assert.equal(read.spellings.length, 10);
});

test('a stray symbol of another alphabet joins no two', () => {
  const read = readAs(([a, b, label], row) => [row === 30 ? '3' : `d${a}`, b, `d${label}`]);
  assert.equal(read.rule, sums);
  assert.deepEqual(read.strangers, ['3 in a']);
});

test('labels beyond a and b stay symbols where more pairs follow a rule with them', () => {
  const read = readAs((fields) => fields, { noiseRatio: 0 });
  assert.deepEqual([read.strangers, read.kept, read.alphabets.choices], [[], [], 1]);
  const text = csvTable({ modulus: 11, noiseRatio: 0, seed: 3, withTruth: false });
  const rows = text.split('\n').filter((row) => !/^(9|10),|^\d+,(9|10),/.test(row));
  const table = readSymbolTable([Buffer.from(rows.join('\n'))], 't.csv');
  assert.equal(arrangeSymbols(table).modulus, 9);
  const { modulus, kept, choices } = chooseAlphabets(table);
  assert.deepEqual([modulus, kept.map(({ symbol }) => symbol)], [11, ['9', '10']]);
  assert.ok(choices > 1);
});

test('capital and small letters that one column uses side by side are two symbols', () => {
  const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'A', 'B', 'C', 'D', 'E'];
  const read = readAs((fields) => fields.map((field) => letters[Number(field)]));
  assert.equal(read.rule, sums);
  assert.deepEqual(read.spellings, []);
});

test('with an order the order decides; what it leaves out is a stranger', () => {
  const order = Array.from({ length: 11 }, (_, i) => `s${i}`);
  const change = (fields: string[], row: number) =>
    lettered(fields).map((field, i) => (row < 8 && i === 1 ? `x${field}` : field));
  const read = readAs(change, {}, [order]);
  assert.equal(read.rule, sums);
  assert.equal(read.strangers.length, 8);
  // One that has the odd symbol makes it one.
  assert.equal(readAs(change, { noiseRatio: 0 }, [[...order, 'xs0']]).alphabets.modulus, 12);
});

test('a rule that holds on one turn of the circle alone is none; exceptions and noise break none', () => {
  const sum = (modulus: number) => named({ k1: 1, k2: 1, shift: 0 }, modulus);
  const twelve = [Array.from({ length: 12 }, (_, i) => String(i))];
  for (const noiseRatio of [0, 0.2, 0.5]) {
    const wrong = readAs((fields) => fields, { noiseRatio }, twelve);
    assert.equal(wrapAround(sum(12), wrong.cells, false).isBroken, true);
    const right = readAs((fields) => fields, { noiseRatio });
    assert.equal(wrapAround(sum(11), right.cells, false).isBroken, false);
  }
  for (let seed = 1; seed <= 20; seed++) {
    const isException = (a: number, b: number) => a < 4 && b < 4;
    const { cells } = readAs((fields) => fields, { noiseRatio: 0.6, seed, isException });
    assert.equal(wrapAround(sum(11), cells, false).isBroken, false, `seed ${seed}`);
  }
});

test('three slips in half of a small table, each a number of its own, make no wrong rule', () => {
  let right = 0;
  for (const modulus of [7, 9, 12]) {
    for (let seed = 1; seed <= 12; seed++) {
      const options = { modulus, seed, share: 0.5, noiseRatio: seed % 2 === 0 ? 0 : 0.3 };
      const at = (slip: number) => (seed * 17 + slip * 31) % Math.round(modulus ** 2 / 2);
      const { cells, alphabets, rule } = readAs((fields, row) => {
        const changed: string[] = [...fields];
        for (const slip of [0, 1, 2]) {
          if (row === at(slip)) changed[(seed + slip) % 3] = String(modulus + 1 + slip);
        }
        return changed;
      }, options);
      const labels = labelEvidence(cells, backend);
      const order = orderEvidence(labels.rule, cells, alphabets, 0);
      const p = Math.max(labels.log10PValue + Math.log10(2), order.log10PValue);
      const isFound =
        p + Math.log10(alphabets.choices) <= -2 && !wrapAround(labels.rule, cells, true).isBroken;
      if (!isFound) continue;
      assert.equal(rule, `c = a + b (mod ${modulus})`, `seed ${seed}`);
      right++;
    }
  }
  // Both of the larger tables in nearly all seeds; 24 rows modulo 7 with three slips tell nothing.
  assert.ok(right >= 20, String(right));
});

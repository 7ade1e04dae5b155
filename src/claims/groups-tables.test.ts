import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOperation } from '../task/operation.ts';
import { cayleyTask, symmetricGroup } from './groups-tables.ts';

test('S_3: an identity, a permutation in every row and column, products in the order a after b', () => {
  const { modulus, rows } = symmetricGroup(3);
  const all = [0, 1, 2, 3, 4, 5];
  assert.equal(modulus, 6);
  // Lexicographic: 012 021 102 120 201 210, so that the identity is element 0.
  assert.deepEqual(rows[0], all);
  assert.deepEqual(
    rows.map((row) => row[0]),
    all,
  );
  for (const x of all) {
    assert.deepEqual(rows[x].toSorted(), all);
    assert.deepEqual(rows.map((row) => row[x]).toSorted(), all);
  }
  // 021 after 102 sends 0 to 2, 1 to 0, 2 to 1; 102 after 021 sends 0 to 1, 1 to 2, 2 to 0.
  assert.equal(rows[1][2], 4);
  assert.equal(rows[2][1], 3);
  for (const a of all) {
    for (const b of all) {
      for (const c of all) assert.equal(rows[rows[a][b]][c], rows[a][rows[b][c]]);
    }
  }
});

test('S_4 has 24 elements, and its table is read back as the task that is trained', () => {
  const { modulus, rows } = symmetricGroup(4);
  assert.equal(modulus, 24);
  const { apply } = parseOperation(cayleyTask(rows), modulus);
  rows.forEach((row, a) => {
    row.forEach((c, b) => {
      assert.equal(apply(a, b), c);
    });
  });
  assert.ok(rows.some((row, a) => row.some((c, b) => c !== rows[b][a])));
});

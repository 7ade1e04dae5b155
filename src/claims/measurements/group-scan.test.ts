import assert from 'node:assert/strict';
import { test } from 'node:test';
import { additionRule, plantedInBasis } from '../../analysis/test-networks.ts';
import { parseBasis } from '../../task/basis.ts';
import { measureGroupScan } from './group-scan.ts';
import { subjectOf } from './test-subject.ts';

const planted = (basis: string, modulus: number) =>
  plantedInBasis(modulus, 240, parseBasis(basis, modulus), additionRule);

test('a planted multiplication is named in its own basis, which filters it and waves do not', () => {
  const network = planted('multiplicative', 13);
  const found = measureGroupScan(subjectOf(network, { task: 'mul', activation: 'quadratic' }));
  assert.equal(found.basis, 'multiplicative');
  assert.equal(found.text, 'c = a · b (mod 13)');
  assert.equal(found.significant, true);
  assert.equal(found.tried, 2);
  const { own, cyclic } = found;
  assert.ok(own !== null && own.frequency !== null && cyclic.frequency !== null);
  assert.ok(own.frequency > cyclic.frequency + 0.3, `${own.frequency}, ${cyclic.frequency}`);
  assert.ok((own.triad ?? 0) > (cyclic.triad ?? 1) + 0.3, `${own.triad}, ${cyclic.triad}`);
});

test('significant findings in other bases are counted by what they are', () => {
  const subject = subjectOf(planted('xor', 8), { task: 'xor', activation: 'quadratic' });
  const { text, tried, leaking, also, partial } = measureGroupScan(subject);
  // Z_8, 2x4, 4x2 and XOR itself; a ⊕ b agrees with the others' sums on many pairs.
  assert.deepEqual(
    { text, tried, leaking, also, partial },
    { text: 'c = a ⊕ b', tried: 4, leaking: 3, also: 0, partial: false },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../task/generator.ts';
import { permutationTail } from './token-permutation.ts';

/** The largest of `count` standard normal values, by the inverse of their maximum's distribution. */
function maxima(seed: number, count: number): number[] {
  const generator = createGenerator(seed, 'maxima');
  return Array.from({ length: count }, () => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 300; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - generator.uniform()));
      largest = Math.max(largest, radius * Math.cos(2 * Math.PI * generator.uniform()));
    }
    return largest;
  });
}

test('maxima that nothing sets apart are significant as often as the level says', () => {
  let [fitted, ranked] = [0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const [observed, ...permuted] = maxima(seed, 21);
    const { log10PValue, rankPValue } = permutationTail(observed, permuted);
    if (log10PValue <= Math.log10(0.05)) fitted++;
    if (rankPValue <= 1 / 21) ranked++;
  }
  // Binomial(400, 0.05) lies outside 8…34 with probability 0.002.
  assert.ok(fitted >= 8 && fitted <= 34, `${fitted}`);
  assert.ok(ranked >= 8 && ranked <= 34, `${ranked}`);
});

test('what is far above all permuted copies is far beyond what ranks can say', () => {
  const { log10PValue, rankPValue } = permutationTail(60, maxima(1, 20));
  assert.ok(log10PValue < -6, `${log10PValue}`);
  assert.equal(rankPValue, 1 / 21);
});

test('copies that do not differ decide by order alone; one copy is no test', () => {
  assert.deepEqual(permutationTail(1, [1, 1, 1]), { log10PValue: 0, rankPValue: 1 });
  assert.equal(permutationTail(2, [1, 1]).log10PValue, Number.NEGATIVE_INFINITY);
  assert.throws(() => permutationTail(1, [1]), RangeError);
});

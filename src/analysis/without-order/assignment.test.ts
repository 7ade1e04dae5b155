import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../task/generator.ts';
import { bestAssignment } from './assignment.ts';

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

test('the assignment is the best of all permutations', () => {
  const size = 6;
  const all = permutations([...Array(size).keys()]);
  for (let seed = 0; seed < 20; seed++) {
    const generator = createGenerator(seed, 'assignment');
    const score = Float64Array.from({ length: size * size }, () => generator.uniform() - 0.5);
    const sum = (order: ArrayLike<number>) =>
      score.reduce((total, value, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        return order[row] === column ? total + value : total;
      }, 0);
    const found = bestAssignment(score, size);
    assert.deepEqual([...found].sort(), [...Array(size).keys()]);
    assert.ok(Math.abs(sum(found) - Math.max(...all.map(sum))) < 1e-12);
  }
});

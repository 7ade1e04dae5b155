/** Scores of the few rules that a product of groups has, added up one pair at a time. */
import type { AbelianGroup } from '../task/abelian-group.ts';
import { negative } from '../task/abelian-group.ts';
import type { PairMask } from './evidence.ts';
import { multipliersOf } from './rule-scores.ts';

/**
 * Σ_{a,b} z[a, b, k1·a + k2·b + shift] of a table z [N, N, N] for every rule of a group, in the order of
 * `RuleScores`: [K²·N]. K²·N³ additions in double precision.
 */
export function directSums(z: Float32Array, group: AbelianGroup): Float32Array {
  const { order } = group;
  const sum = additionTable(group);
  const totals = new Float64Array(order);
  return overRules(group, (target, base) => {
    totals.fill(0);
    for (let pair = 0; pair < order * order; pair++) {
      const row = base[pair] * order;
      for (let shift = 0; shift < order; shift++) {
        totals[shift] += z[pair * order + sum[row + shift]];
      }
    }
    target.set(totals);
  });
}

/** How many pairs in the mask obey each rule of a group, in the order of `RuleScores`: [K²·N]. */
export function directCounts(
  answers: ArrayLike<number>,
  group: AbelianGroup,
  mask: PairMask,
): Float32Array {
  const { order } = group;
  const sum = additionTable(group);
  const opposite = Uint16Array.from({ length: order }, (_, x) => negative(group, x));
  return overRules(group, (target, base) => {
    for (let pair = 0; pair < order * order; pair++) {
      if (mask !== null && mask[pair] === 0) continue;
      target[sum[answers[pair] * order + opposite[base[pair]]]]++;
    }
  });
}

/** Calls with the N scores to be filled and k1·a + k2·b of every pair, [N²], for each (k1, k2). */
function overRules(
  group: AbelianGroup,
  fill: (target: Float32Array, base: Uint16Array) => void,
): Float32Array {
  const { order } = group;
  const multipliers = multipliersOf(group);
  const values = new Float32Array(multipliers.length ** 2 * order);
  const base = new Uint16Array(order * order);
  let start = 0;
  for (const k1 of multipliers) {
    for (const k2 of multipliers) {
      for (let a = 0; a < order; a++) {
        for (let b = 0; b < order; b++) {
          base[a * order + b] = group.add(group.scale(k1, a), group.scale(k2, b));
        }
      }
      fill(values.subarray(start, start + order), base);
      start += order;
    }
  }
  return values;
}

/** x + y of all elements: [N, N]. */
function additionTable({ order, add }: AbelianGroup): Uint16Array {
  return Uint16Array.from({ length: order * order }, (_, at) =>
    add(Math.floor(at / order), at % order),
  );
}

import { type AbelianGroup, isUnit } from '../task/abelian-group.ts';
import { type GroupOrOrder, groupOf } from './characters.ts';
import type { Rule } from './results.ts';

/**
 * One number for every rule c = k1·a + k2·b + shift of a group of N elements: values[row·N + shift] with
 * row = i1·K + i2 where k1 and k2 are number i1 and i2 of the K multipliers of `multipliersOf`. On Z_P that is
 * values[((k1 − 1)·(P − 1) + (k2 − 1))·P + shift], [(P−1)²·P].
 */
export interface RuleScores {
  readonly group: AbelianGroup;
  /** What rules are compared by. */
  readonly values: Float32Array;
  /** What is reported of a rule: the same, but for composite P (`evidence.ts`). */
  readonly statistic: Float32Array;
}

const known = new WeakMap<AbelianGroup, Uint16Array>();

/**
 * The k of the rules that are compared, rising: on Z_P all of 1…P−1; on a product of groups those that have
 * an inverse modulo its exponent, so that every rule is a Latin square (XOR: 1 alone). The same k acts on
 * every factor.
 */
export function multipliersOf(group: AbelianGroup): Uint16Array {
  let multipliers = known.get(group);
  if (multipliers === undefined) {
    const { exponent, factors } = group;
    const all = Uint16Array.from({ length: exponent - 1 }, (_, i) => i + 1);
    multipliers = factors.length === 1 ? all : all.filter((k) => isUnit(k, exponent));
    known.set(group, multipliers);
  }
  return multipliers;
}

/** Where a rule stands in `RuleScores.values`. */
export function ruleIndex({ k1, k2, shift }: Rule, group: GroupOrOrder): number {
  const { order } = groupOf(group);
  const multipliers = multipliersOf(groupOf(group));
  const row = multipliers.indexOf(k1) * multipliers.length + multipliers.indexOf(k2);
  return row * order + shift;
}

/** The rule at an index of `RuleScores.values`. */
export function ruleAt(index: number, group: GroupOrOrder): Rule {
  const { order } = groupOf(group);
  const multipliers = multipliersOf(groupOf(group));
  const row = Math.floor(index / order);
  return {
    k1: multipliers[Math.floor(row / multipliers.length)],
    k2: multipliers[row % multipliers.length],
    shift: index % order,
  };
}

import type { Rule } from './results.ts';

/**
 * One number for every rule c = k1·a + k2·b + shift with k1, k2 ≠ 0:
 * values[((k1 − 1)·(P − 1) + (k2 − 1))·P + shift], [(P−1)²·P].
 */
export interface RuleScores {
  readonly modulus: number;
  /** What rules are compared by. */
  readonly values: Float32Array;
  /** What is reported of a rule: the same, but for composite P (`evidence.ts`). */
  readonly statistic: Float32Array;
}

/** Where a rule stands in `RuleScores.values`. */
export function ruleIndex({ k1, k2, shift }: Rule, modulus: number): number {
  return ((k1 - 1) * (modulus - 1) + k2 - 1) * modulus + shift;
}

/** The rule at an index of `RuleScores.values`. */
export function ruleAt(index: number, modulus: number): Rule {
  const row = Math.floor(index / modulus);
  return {
    k1: Math.floor(row / (modulus - 1)) + 1,
    k2: (row % (modulus - 1)) + 1,
    shift: index % modulus,
  };
}

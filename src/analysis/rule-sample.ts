import { greatestCommonDivisor, isUnit } from '../task/abelian-group.ts';
import { createGenerator } from '../task/generator.ts';
import type { Rule } from './results.ts';

/** Some k1, and some k2 for each: with all their shifts they are the rules that one rule is compared with. */
export interface RuleSample {
  readonly modulus: number;
  readonly rule: Rule;
  readonly groups: readonly { readonly k1: number; readonly k2: readonly number[] }[];
  /** Number of (k1, k2) in all groups. */
  readonly rows: number;
}

/** How many k1 are drawn, and how many k2 for each, where there are as many. */
const mostK1 = 2;
const mostK2 = 16;

/**
 * Draws the rules to compare `rule` with, by the stream `track/rules` of the seed: up to two k1 with up to 16 k2
 * each, all of them units of Z_P, without the rule's own (k1, k2) and, for composite P, without those that agree
 * with it modulo a divisor of P from 3 on: a part of what `calibrate` compares with. The k2 share their k1 because
 * sums for one k1 serve all of its k2.
 *
 * @param rule its k1 and k2 are units.
 */
export function drawRuleSample(rule: Rule, modulus: number, seed: number): RuleSample {
  const generator = createGenerator(seed, 'track/rules');
  const units = Uint32Array.from({ length: modulus - 1 }, (_, i) => i + 1).filter((k) =>
    isUnit(k, modulus),
  );
  const isOther = (k1: number, k2: number) => {
    const common = greatestCommonDivisor(Math.abs(k1 - rule.k1), Math.abs(k2 - rule.k2));
    return greatestCommonDivisor(common, modulus) <= 2 && !(k1 === rule.k1 && k2 === rule.k2);
  };
  const groups = [...generator.shuffle(units.slice()).slice(0, mostK1)].map((k1) => ({
    k1,
    k2: [...generator.shuffle(units.slice())].filter((k2) => isOther(k1, k2)).slice(0, mostK2),
  }));
  return {
    modulus,
    rule,
    groups,
    rows: groups.reduce((sum, { k2 }) => sum + k2.length, 0),
  };
}

/** One number for the rule, and one for each rule of a sample: [rows, P] in the order of its groups. */
export interface SampledScores {
  readonly own: number;
  readonly others: Float64Array;
}

/**
 * z = (own − mean) / spread, with mean and spread over the others, the spread at least `leastSpread`: `calibrate`
 * with fewer others. 0 without any spread, null where the sample is empty.
 */
export function standardise({ own, others }: SampledScores, leastSpread: number): number | null {
  const count = others.length;
  if (count < 2) return null;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += others[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const difference = others[i] - mean;
    squares += difference * difference;
  }
  const spread = Math.max(Math.sqrt(squares / (count - 1)), leastSpread);
  const z = spread === 0 ? 0 : (own - mean) / spread;
  return Number.isFinite(z) ? z : null;
}

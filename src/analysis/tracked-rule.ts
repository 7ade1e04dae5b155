import { isUnit } from '../task/abelian-group.ts';
import type { Roles } from '../task/dataset.ts';
import { type Operation, taskName } from '../task/operation.ts';
import { labelBaseline } from './baseline.ts';
import type { Rule } from './results.ts';
import { ruleText } from './rule.ts';

/** The rule that a training's evidence is about, or why there is none. */
export type TrackedRule =
  | {
      readonly rule: Rule;
      readonly text: string;
      /** "task": the true rule. "labels": the one that most training labels obey. */
      readonly source: 'task' | 'labels';
    }
  | { readonly rule: null; readonly reason: string };

/**
 * The rule to follow through a training: the task's, or, where the task isn't known, that of
 * `labelBaseline`. The latter is chosen among all rules by looking at the training labels, which the network
 * memorises: evidence for it on pairs that train is no evidence for a rule named beforehand; on held-out pairs
 * it is.
 *
 * None for an operation that isn't c = k1·a + k2·b (mod P), and where k1 or k2 has no inverse mod P, for the rules of
 * a sample (`drawRuleSample`) all have.
 *
 * @param operation null where the task isn't known.
 */
export function trackedRule(
  operation: Operation | null,
  roles: Roles,
  modulus: number,
): TrackedRule {
  const none = (reason: string) => ({ rule: null, reason });
  const labelled = () => (roles.train === null ? null : labelBaseline(roles.train, modulus).rule);
  const coefficients = operation === null ? labelled() : operation.coefficients;
  if (coefficients === null) {
    return none(
      operation === null
        ? 'there is neither a task nor a row to train on'
        : `the task ${taskName(operation.text)} isn’t of the form c = k1·a + k2·b (mod ${modulus})`,
    );
  }
  const rule = { shift: 0, ...coefficients };
  const text = ruleText(rule, modulus);
  if (!isUnit(rule.k1, modulus) || !isUnit(rule.k2, modulus)) {
    return none(`in ${text} a coefficient has no inverse mod ${modulus}`);
  }
  return { rule, text, source: operation === null ? 'labels' : 'task' };
}

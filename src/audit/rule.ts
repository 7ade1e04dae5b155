/**
 * The one place that knows of what form a rule is: how it is tabulated, and how a network is filtered for it.
 * Everything else in this folder sees a rule's text and its table of answers.
 */
import {
  type AnalysisCompute,
  filterFrequencies,
  type Rule,
  ruleTable,
  ruleText,
} from '../analysis/index.ts';
import type { Activation, Network } from '../model/network.ts';

/** A rule in words, with what names it. Two rules are the same where their texts are. */
export type NamedRule = Rule & { readonly text: string };

export function named(rule: Rule, modulus: number): NamedRule {
  return { ...rule, text: ruleText(rule, modulus) };
}

/** The rule's answer for every pair, at index a·P + b: [P²]. */
export function answersOf(rule: NamedRule, modulus: number): Uint16Array {
  return ruleTable(rule, modulus);
}

/**
 * What a network answers underneath what it says: its triad filtration for the rule's frequencies, which
 * looks at no phase and so at no shift, on every pair: [P²].
 */
export function filteredAnswers(
  network: Network,
  activation: Activation,
  rule: NamedRule,
  compute: AnalysisCompute,
): Uint16Array {
  const { G } = filterFrequencies(network, { select: 'triad', rule });
  return compute.answers(G, activation);
}

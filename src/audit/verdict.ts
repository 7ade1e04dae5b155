import type { ScanResult } from '../analysis/index.ts';
import type { Cells } from './cells.ts';
import { type LabelEvidence, matchesOf, rulePosterior } from './label-evidence.ts';
import type { OrderEvidence } from './order-evidence.ts';
import { type NamedRule, named } from './rule.ts';
import type { WrapAround } from './wrap-around.ts';

/** What the scans of the networks say together. */
export interface NetworkEvidence {
  readonly rule: NamedRule;
  /** How many networks there are, and how many of them name this rule. */
  readonly networks: number;
  readonly agreeing: number;
  /** Corrected for all rules, the kinds of evidence and the number of networks. */
  readonly log10PValue: number;
  /** Each network's own: its best rule and its corrected p. */
  readonly members: readonly { readonly rule: string; readonly log10PValue: number }[];
}

/**
 * Networks trained on one table are not independent: their p-values may not be multiplied. With p₍ᵢ₎ in
 * order, min(1, (K/k)·p₍ₖ₎) is a p-value under any dependence (Rüger 1978); k = K/2 asks that half of the
 * networks find something and is not led astray by one. The rule is the one that most of these k name.
 */
export function networkEvidence(scans: readonly ScanResult[]): NetworkEvidence {
  const members = scans
    .map(({ best, evidence, modulus }) => ({
      rule: named(best, modulus),
      log10PValue: Math.min(
        evidence.weights.log10PValue,
        evidence.logits?.log10PValue ?? 0,
        evidence.answers?.log10PValue ?? 0,
      ),
    }))
    .sort((x, y) => x.log10PValue - y.log10PValue);
  const half = Math.ceil(members.length / 2);
  const deciding = members.slice(0, half);
  const votes = ({ rule }: (typeof members)[number]) =>
    deciding.filter((other) => other.rule.text === rule.text).length;
  const [first] = deciding.toSorted((x, y) => votes(y) - votes(x));
  return {
    rule: first.rule,
    networks: members.length,
    agreeing: members.filter(({ rule }) => rule.text === first.rule.text).length,
    log10PValue: Math.min(0, members[half - 1].log10PValue + Math.log10(members.length / half)),
    members: members.map(({ rule, log10PValue }) => ({ rule: rule.text, log10PValue })),
  };
}

export interface Verdict {
  readonly found: boolean;
  /** The rule; null where none is significant. */
  readonly rule: NamedRule | null;
  /** The rule that it is about, whether or not it is significant. */
  readonly best: NamedRule;
  /** Which evidence decides that there is a rule: the one with the smaller p. */
  readonly decidedBy: 'labels' | 'networks';
  /** max(2 · min(p of the labels, p of the networks), p of the order) · arrangements tried, at most 1. */
  readonly log10PValue: number;
  /** Whether labels and networks name the same rule. */
  readonly agree: boolean;
  /** P(rule is right), by the labels: `rulePosterior`; 0 where none is significant. */
  readonly probability: number;
}

/** Where labels and networks name different rules, the one that more labels follow. */
export function likelierRule(
  labels: LabelEvidence,
  networks: NetworkEvidence,
  cells: Cells,
): NamedRule {
  return matchesOf(networks.rule, cells) > labels.matches ? networks.rule : labels.rule;
}

/** All that a verdict rests on. */
export interface AllEvidence {
  readonly labels: LabelEvidence;
  readonly networks: NetworkEvidence;
  readonly order: OrderEvidence;
  readonly around: WrapAround;
  /** In how many ways the symbols were arranged, of which the best one was taken. */
  readonly choices: number;
}

/**
 * One answer out of all evidence. There is something in the table where labels or networks say so (Bonferroni's
 * correction for two), and it is a rule in this order of the symbols where the order says so, too; each
 * refutes another way in which there is none, so the larger p counts, times the number of arrangements that
 * it is the best of. A rule that holds on one turn of the circle alone is none on a circle of this size.
 */
export function decide(
  best: NamedRule,
  { labels, networks, order, around, choices }: AllEvidence,
  level: number,
  cells: Cells,
): Verdict {
  const decidedBy = networks.log10PValue < labels.log10PValue ? 'networks' : 'labels';
  const smaller = Math.min(networks.log10PValue, labels.log10PValue);
  const larger = Math.max(smaller + Math.log10(2), order.log10PValue);
  const log10PValue = Math.min(0, larger + Math.log10(choices));
  const found = log10PValue <= Math.log10(level) && !around.isBroken;
  return {
    found,
    rule: found ? best : null,
    best,
    decidedBy,
    log10PValue,
    agree: labels.rule.text === networks.rule.text,
    probability: found ? rulePosterior(best, cells, labels) : 0,
  };
}

/** The shapes that `scan` and `extract` answer with; the JSON of the command line is these, verbatim. */
import type { Activation } from '../model/network.ts';

/**
 * c = k1·a + k2·b + shift (mod P), or the like in another group: there k·a is a + … + a, and `shift` an element
 * (`task/abelian-group.ts`). In the multiplicative basis that is c = g^shift · a^k1 · b^k2.
 */
export interface Rule {
  readonly k1: number;
  readonly k2: number;
  readonly shift: number;
}

/** One kind of evidence for one rule, standardised against the other rules. */
export interface Evidence {
  /** The raw statistic: T for weights, mean standardised logit for logits, matches for answers. */
  readonly statistic: number;
  /** (statistic − mean of the other rules) / their spread. */
  readonly z: number;
  /** One-sided, corrected for all rules scanned and for the kinds of evidence; 0 means p = 1. */
  readonly log10PValue: number;
}

export interface ScanResult {
  readonly modulus: number;
  /**
   * Pairs that evidence on all of them is about: P², without those of a token that the basis sets apart (0 in
   * multiplication: (P − 1)²).
   */
  readonly pairs: number;
  /** The basis of `rule` (or `best`): "cyclic", "multiplicative", "xor", "4x8". */
  readonly basis: string;
  readonly level: number;
  /** Number of rules (k1, k2, shift) that were compared, in all bases together. */
  readonly rulesScanned: number;
  /** Every basis that was tried, the most significant first. */
  readonly bases: readonly BasisResult[];
  readonly rule: (Rule & { readonly text: string }) | null;
  readonly significant: boolean;
  /**
   * Evidence at the best rule, whether or not it passes. `logits`, `answers` and `interaction` (the answers without
   * what an additive function says of them, `interaction-answers.ts`) are null where the activation isn't known.
   * `weights.T` is `weights.statistic` under its own name.
   */
  readonly evidence: {
    readonly weights: Evidence & { readonly T: number };
    readonly logits: Evidence | null;
    readonly answers: Evidence | null;
    readonly interaction: Evidence | null;
  };
  /** The rule that `evidence` is about: `rule` when significant, else the best of those scanned. */
  readonly best: Rule & { readonly text: string };
  /** The same evidence on parts of the table, at `best`; null where the data isn't known. */
  readonly heldOut: PartEvidence | null;
  readonly cleanTrain: PartEvidence | null;
  readonly noisyTrain: PartEvidence | null;
  /**
   * Whether training labels off the rule follow another rule of the bases tried: then no single rule of these
   * groups explains the network. A table that is no abelian group's, such as that of S_4, shows so.
   */
  readonly partial: boolean;
  /** Whether `heldOut` shows, at `level`, that the network itself carries `best`; null with `heldOut`. */
  readonly carried: Carried | null;
  /** The next best rules of the same basis by T, best first. */
  readonly runnersUp: readonly (Rule & { readonly T: number })[];
}

/** The best rule of one of the bases that a scan has tried. */
export interface BasisResult {
  readonly basis: string;
  readonly best: Rule & { readonly text: string };
  readonly T: number;
  /** Of the kind of evidence that speaks loudest; corrected for all rules, kinds and bases. */
  readonly log10PValue: number;
  /**
   * "named": the rule of the scan. "leakage": significant, but training labels that aren't the named rule's
   * don't follow it (`offRule`; where labels aren't known, its table agrees with the named one far beyond chance):
   * one rule seen in another group's characters. "also": significant beyond that, as far as is known. "none": not significant.
   */
  readonly verdict: 'named' | 'leakage' | 'also' | 'none';
  /** How it goes together with the named rule; null for that one itself and where nothing is named. */
  readonly agreement: RuleAgreement | null;
}

/** How a rule goes together with the named one (`rule-agreement.ts`). */
export interface RuleAgreement {
  /** Pairs on which their tables agree, of those that both speak of; what chance has; in spreads of it. */
  readonly pairs: number;
  readonly expected: number;
  readonly z: number;
  /**
   * The training labels that are not the named rule's: how many obey this rule, what chance has, and log10 p,
   * corrected for the rules of the basis and the bases. Null where the labels aren't known.
   */
  readonly offRule: {
    readonly matches: number;
    readonly expected: number;
    readonly log10PValue: number;
  } | null;
}

/**
 * Evidence for one rule on some of the pairs. Its p-values answer a question about ONE rule that other
 * evidence has already named, so where the scan is significant they are corrected for the two kinds of
 * evidence only (logits, answers). Where it isn't, no rule has been named: the best of all rules scanned
 * was chosen by looking at these pairs too, and the p-values are corrected for all of them as well.
 */
export interface PartScore extends Evidence {
  /** One-sided: how likely so little, or less, is by chance. Corrected as `log10PValue` is. */
  readonly log10LowerPValue: number;
}

export interface PartEvidence {
  readonly pairs: number;
  readonly logits: PartScore;
  readonly answers: PartScore;
}

/** What held-out pairs say of a rule that the scan has named (`carried.ts`). */
export interface Carried {
  /**
   * "carried": the network follows the rule on pairs it never saw. "against": it avoids the rule there.
   * "not shown": neither.
   */
  readonly verdict: 'carried' | 'not shown' | 'against';
  /** The kind of evidence that decides: the one with the smallest p. */
  readonly kind: 'logits' | 'answers';
  /** Its p: of the lower tail where the verdict is "against", of the upper tail otherwise. */
  readonly log10PValue: number;
}

export const methodNames = [
  'raw',
  'frequency-filtration',
  'frequency-filtration-quadratic',
  'frequency-filtration-residual',
  'triad-filtration',
  'triad-filtration-quadratic',
  'ipr-partition',
  'strength-partition',
  'activation-quadratic',
  'activation-reverse-relu',
  'identified-rule',
  'label-baseline',
] as const;
export type MethodName = (typeof methodNames)[number];

/** One extraction method on one model. Accuracies are 0…1, or null where the data isn't there. */
export interface MethodResult {
  readonly name: MethodName;
  /** "network": answers computed by (part of) the network. "rule": a rule written out as a table. */
  readonly kind: 'network' | 'rule';
  readonly test: number | null;
  readonly validation: number | null;
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  /** On noisy training rows, agreement with the TRUE label. */
  readonly noisyTrue: number | null;
  /** Why a figure is null, or what was chosen (k of a partition, the rule and its T_data), in words. */
  readonly note: string | null;
}

export interface ExtractionResult {
  readonly modulus: number;
  readonly width: number;
  readonly activation: Activation;
  /** The basis that filtration worked in: that of the rule, or the first of those tried. */
  readonly basis: string;
  /** What answering at random would give: 1/P. */
  readonly chance: number;
  /** The scan's answer: null where no rule is significant. */
  readonly rule: ScanResult['rule'];
  readonly scan: ScanResult;
  /** Frequencies that filtration joined per neuron, in `basis`: û at k1·ω, v̂ at k2·ω, ŵ at ω. */
  readonly filtrationRule: { readonly k1: number; readonly k2: number };
  readonly methods: readonly MethodResult[];
}

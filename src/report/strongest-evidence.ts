import type { Evidence, ScanResult } from '../analysis/results.ts';
import { list, plain, pValue } from './numbers.ts';

const kinds = ['weights', 'logits', 'answers', 'interaction'] as const;
type Kind = (typeof kinds)[number];

/** How kinds are called in a sentence. */
const kindNames: Record<Kind, string> = {
  weights: 'weights',
  logits: 'logits',
  answers: 'answers',
  interaction: 'answers beneath label counts',
};

/** The kind of evidence with the smallest p: the one that decides whether the rule is significant. */
function strongestEvidence({ evidence }: ScanResult): {
  readonly kind: Kind;
  readonly evidence: Evidence;
} {
  let strongest: { kind: Kind; evidence: Evidence } = {
    kind: 'weights',
    evidence: evidence.weights,
  };
  for (const kind of kinds) {
    const other = evidence[kind];
    if (other === null) continue;
    // Where the correction has brought both to p = 1, the larger z is the nearer to significance.
    const nearer = other.log10PValue - strongest.evidence.log10PValue;
    if (nearer < 0 || (nearer === 0 && other.z > strongest.evidence.z)) {
      strongest = { kind, evidence: other };
    }
  }
  return strongest;
}

/** The kinds of evidence that are significant for the best rule, each on its own. */
function significantKinds({ evidence, level }: ScanResult): Kind[] {
  return kinds.filter((kind) => {
    const found = evidence[kind];
    return found !== null && found.log10PValue <= Math.log10(level);
  });
}

/** "weights, logits and answers": where the rule of a significant scan shows. */
export function whereFound(scan: ScanResult): string {
  return list(significantKinds(scan).map((kind) => kindNames[kind]));
}

/** Whether the weights alone, without what the network answers, make the rule significant. */
export function weightsSuffice(scan: ScanResult): boolean {
  return scan.significant && significantKinds(scan).includes('weights');
}

/**
 * "evidence in its weights and logits (T = 63.1, p ≈ 10⁻⁷¹)": in brackets the weights where they suffice.
 * Where the scan isn't significant, the kind that comes nearest.
 */
export function evidenceText(scan: ScanResult): string {
  const { T, log10PValue } = scan.evidence.weights;
  const { kind, evidence } = strongestEvidence(scan);
  const strongest = `z = ${plain(evidence.z)}, ${pValue(evidence.log10PValue)}`;
  if (!scan.significant) return `the most evidence is in its ${kindNames[kind]}: ${strongest}`;
  return weightsSuffice(scan)
    ? `evidence in its ${whereFound(scan)} (T = ${plain(T)}, ${pValue(log10PValue)})`
    : `evidence in its ${whereFound(scan)} (${kindNames[kind]}: ${strongest})`;
}

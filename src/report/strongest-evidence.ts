import type { Evidence, ScanResult } from '../analysis/results.ts';
import { plain, pValue } from './numbers.ts';

/** The kind of evidence with the smallest p: the one that decides whether the rule is significant. */
function strongestEvidence({ evidence }: ScanResult): {
  readonly kind: 'weights' | 'logits' | 'answers';
  readonly evidence: Evidence;
} {
  const kinds = ['weights', 'logits', 'answers'] as const;
  let strongest: { kind: (typeof kinds)[number]; evidence: Evidence } = {
    kind: 'weights',
    evidence: evidence.weights,
  };
  for (const kind of kinds) {
    const other = evidence[kind];
    if (other !== null && other.log10PValue < strongest.evidence.log10PValue) {
      strongest = { kind, evidence: other };
    }
  }
  return strongest;
}

/** Whether the weights alone, without what the network answers, make the rule significant. */
export function weightsSuffice(scan: ScanResult): boolean {
  return scan.significant && scan.evidence.weights.log10PValue <= Math.log10(scan.level);
}

/** "in the weights: T = 63.1, p ≈ 10⁻⁷¹²", for the weights where they suffice. */
export function evidenceText(scan: ScanResult): string {
  if (weightsSuffice(scan) || !scan.significant) {
    const { T, log10PValue } = scan.evidence.weights;
    return `in the weights: T = ${plain(T)}, ${pValue(log10PValue)}`;
  }
  const { kind, evidence } = strongestEvidence(scan);
  return `in the ${kind}: z = ${plain(evidence.z)}, ${pValue(evidence.log10PValue)}`;
}

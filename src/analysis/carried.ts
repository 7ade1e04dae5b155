import type { Carried, PartEvidence } from './results.ts';

/**
 * Does a network carry a rule to the pairs of `part`, which it never saw? Logits and answers, each
 * upwards and downwards, give four p-values (each corrected for the two kinds of evidence); the smallest
 * decides. At or below `level` it says "carried" (upper tail) or "against" (lower tail), so that each
 * of the two is wrong with probability `level` at most where the network has nothing to say; else the
 * verdict is "not shown" and p the smaller of the upper tails.
 */
export function carried(part: PartEvidence, level: number): Carried {
  const { logits, answers } = part;
  const kinds = ['logits', 'answers'] as const;
  const upper = logits.log10PValue <= answers.log10PValue ? kinds[0] : kinds[1];
  const lower = logits.log10LowerPValue <= answers.log10LowerPValue ? kinds[0] : kinds[1];
  const log10Upper = part[upper].log10PValue;
  const log10Lower = part[lower].log10LowerPValue;
  if (log10Lower < log10Upper && log10Lower <= Math.log10(level)) {
    return { verdict: 'against', kind: lower, log10PValue: log10Lower };
  }
  const verdict = log10Upper <= Math.log10(level) ? 'carried' : 'not shown';
  return { verdict, kind: upper, log10PValue: log10Upper };
}

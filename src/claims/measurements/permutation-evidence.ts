import {
  type PermutationTail,
  permutationTail,
  permuteTokens,
  type RuleScores,
} from '../../analysis/index.ts';
import { createGenerator } from '../../task/generator.ts';
import { type EvidenceKind, evidenceKinds, scoresOf } from './scan-evidence.ts';
import type { Subject } from './subject.ts';

/** Each kind of evidence by token permutation: p of its largest score over all rules and shifts. */
export type PermutationEvidenceMeasurement = Record<EvidenceKind, PermutationTail>;

const permutations = 20;
/** JSON has no −∞, which copies that don't differ give. */
const smallestLog10 = -300;

/** Compares the largest score of a network with those of 20 copies with permuted tokens. */
export function measurePermutationEvidence(
  subject: Pick<Subject, 'network' | 'settings' | 'backend'>,
): PermutationEvidenceMeasurement {
  const { network, settings } = subject;
  const generator = createGenerator(settings.seed, 'token-permutations');
  const order = () =>
    generator.shuffle(Uint16Array.from({ length: network.modulus }, (_, token) => token));
  const observed = scoresOf(subject);
  const copies = Array.from({ length: permutations }, () =>
    scoresOf({ ...subject, network: permuteTokens(network, order(), order(), order()) }),
  );
  const tail = (kind: EvidenceKind): PermutationTail => {
    const { log10PValue, rankPValue } = permutationTail(
      largest(observed[kind]),
      copies.map((copy) => largest(copy[kind])),
    );
    return { log10PValue: Math.max(log10PValue, smallestLog10), rankPValue };
  };
  return Object.fromEntries(
    evidenceKinds.map((kind) => [kind, tail(kind)]),
  ) as PermutationEvidenceMeasurement;
}

function largest({ values }: RuleScores): number {
  return values.reduce((x, y) => Math.max(x, y), Number.NEGATIVE_INFINITY);
}

import {
  filterFrequencies,
  inversePermutation,
  orderAgreement,
  orderSources,
  permuteTokens,
  type RecoveredOrder,
  recoverOrder,
  recoverOrderOfLabels,
  ruleTable,
  type TokenOrder,
} from '../../analysis/index.ts';
import type { Network } from '../../model/network.ts';
import { accuracy, type LabelledPairs } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import { renamePairs } from './rename-pairs.ts';
import type { Subject } from './subject.ts';

/** An order that was looked for, and what it is worth. */
export interface OrderOutcome {
  /** Whether the search itself calls it found, at the level 0.01. */
  readonly found: boolean;
  readonly log10PValue: number;
  /** Share of tokens placed right, up to what no table can tell apart. */
  readonly agreement: number;
  readonly score: number;
  /** T of c = a + b in that order; null for labels. */
  readonly T: number | null;
  /** Test accuracy: of filtration in that order; of labels, of the rule written out in it. */
  readonly test: number | null;
  /** Filtration with the quadratic activation; null for labels. */
  readonly quadraticTest: number | null;
}

/** Extraction of one network whose tokens were renamed at random, a, b and c each apart. */
export interface WithoutBasisMeasurement {
  readonly raw: number | null;
  /** Frequency filtration with the order known, and with the quadratic activation. */
  readonly known: number | null;
  readonly knownQuadratic: number | null;
  readonly weights: OrderOutcome;
  readonly answers: OrderOutcome;
  /** The same search in the training labels, without any network. */
  readonly labels: OrderOutcome | null;
}

export function measureWithoutBasis({
  network,
  settings,
  roles,
  backend,
}: Pick<Subject, 'network' | 'settings' | 'roles' | 'backend'>): WithoutBasisMeasurement {
  const { modulus } = network;
  const { activation, seed } = settings;
  const generator = createGenerator(seed, 'hidden order');
  const identity = Uint16Array.from({ length: modulus }, (_, token) => token);
  const [a, b, c] = [0, 1, 2].map(() => generator.shuffle(identity.slice()));
  const names: TokenOrder = { a, b, c };
  const hidden = permuteTokens(network, a, b, c);
  const truth: TokenOrder = {
    a: inversePermutation(a),
    b: inversePermutation(b),
    c: inversePermutation(c),
  };
  const test = renamePairs(roles.test, names);
  const train = renamePairs(roles.train, names);
  const scores = (one: Network, pairs: LabelledPairs | null) => {
    const { G } = filterFrequencies(one, { select: 'energy' });
    return {
      test: accuracy(backend.answers(G, activation), pairs),
      quadraticTest: accuracy(backend.answers(G, 'quadratic'), pairs),
    };
  };
  const outcome = ({ order, reordered, ...one }: RecoveredOrder): OrderOutcome => ({
    found: one.found,
    log10PValue: one.log10PValue,
    agreement: orderAgreement(order, truth),
    score: one.score,
    T: one.scan.evidence.weights.T,
    ...scores(reordered, renamePairs(test, order)),
  });
  const [weights, answers] = orderSources.map((source) =>
    outcome(recoverOrder(hidden, activation, backend, { seed, sources: [source] })),
  );
  const known = scores(network, roles.test);
  return {
    raw: accuracy(backend.answers(hidden, activation), test),
    known: known.test,
    knownQuadratic: known.quadraticTest,
    weights,
    answers,
    labels: train === null ? null : ofLabels(train, test, truth, seed, backend),
  };
}

function ofLabels(
  train: LabelledPairs,
  test: LabelledPairs | null,
  truth: TokenOrder,
  seed: number,
  backend: Subject['backend'],
): OrderOutcome {
  const modulus = truth.a.length;
  const one = recoverOrderOfLabels(train, modulus, backend, { seed });
  const sums = ruleTable({ k1: 1, k2: 1, shift: 0 }, modulus);
  return {
    found: one.found,
    log10PValue: one.log10PValue,
    agreement: orderAgreement(one.order, truth),
    score: one.score,
    T: null,
    test: accuracy(sums, renamePairs(test, one.order)),
    quadraticTest: null,
  };
}

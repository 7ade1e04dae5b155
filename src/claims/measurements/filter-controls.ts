import { filterFrequencies, permuteTokens, ruleTable } from '../../analysis/index.ts';
import type { Activation, Network } from '../../model/network.ts';
import { accuracy, type LabelledPairs } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';
import { measureSubnetworks, type SubnetworksMeasurement } from './subnetworks.ts';

/** Test accuracy of a network through every filter; null without test rows. */
export interface FilterScores {
  readonly raw: number | null;
  readonly G: number | null;
  readonly quadraticG: number | null;
  readonly triadG: number | null;
  readonly quadraticTriadG: number | null;
}

/** What the filters find where there is nothing to find, in one network and its own start. */
export interface FilterControlsMeasurement {
  /** The weights before the first step, filtered for the task's rule and scored by it. */
  readonly untrained: FilterScores & Pick<SubnetworksMeasurement, 'ipr' | 'strength'>;
  /** This network, filtered for a rule that is not the task's and scored by that rule. */
  readonly wrongRules: readonly { readonly rule: string; readonly scores: FilterScores }[];
  /**
   * This network with its output tokens renamed at random, filtered for the task's rule and scored by the
   * renamed true answers: it knows what it knew, in an order that no filter for Z_P fits.
   */
  readonly permuted: FilterScores;
}

/** Apart from a ± b in either sign: |x̂(−ω)| = |x̂(ω)|, so a filter for a − b is one for a + b. */
const wrongRules = [
  { k1: 1, k2: 2, rule: 'a + 2b' },
  { k1: 2, k2: 3, rule: '2a + 3b' },
];

/** The controls that need no training of their own. */
export function measureFilterControls(subject: Subject): FilterControlsMeasurement {
  const { network, initial, settings, roles } = subject;
  const { modulus } = network;
  const rule = joinedRule(settings);
  const { activation } = settings;
  const scoresOf = (part: Network, joined: typeof rule, pairs: LabelledPairs | null) =>
    filterScores(part, activation, joined, pairs, subject);
  const identity = Uint16Array.from({ length: modulus }, (_, token) => token);
  const renaming = createGenerator(settings.seed, 'renamed output tokens').shuffle(
    identity.slice(),
  );
  const { ipr, strength } = measureSubnetworks({ ...subject, network: initial });
  return {
    untrained: { ...scoresOf(initial, rule, roles.test), ipr, strength },
    wrongRules: wrongRules.map(({ rule: text, ...wrong }) => {
      const table = ruleTable({ ...wrong, shift: 0 }, modulus);
      const scores = scoresOf(
        network,
        wrong,
        relabelled(roles.test, (pair) => table[pair]),
      );
      return { rule: text, scores };
    }),
    permuted: scoresOf(
      permuteTokens(network, identity, identity, renaming),
      rule,
      relabelled(roles.test, (_, label) => renaming[label]),
    ),
  };
}

function filterScores(
  network: Network,
  activation: Activation,
  rule: ReturnType<typeof joinedRule>,
  pairs: LabelledPairs | null,
  { backend }: Pick<Subject, 'backend'>,
): FilterScores {
  const energy = filterFrequencies(network, { select: 'energy', rule }).G;
  const triad = filterFrequencies(network, { select: 'triad', rule }).G;
  const of = (part: Network, phi = activation) => accuracy(backend.answers(part, phi), pairs);
  return {
    raw: of(network),
    G: of(energy),
    quadraticG: of(energy, 'quadratic'),
    triadG: of(triad),
    quadraticTriadG: of(triad, 'quadratic'),
  };
}

function relabelled(
  pairs: LabelledPairs | null,
  labelOf: (pair: number, label: number) => number,
): LabelledPairs | null {
  if (pairs === null) return null;
  const { pair, label } = pairs;
  return { pair, label: Uint16Array.from(pair, (index, row) => labelOf(index, label[row])) };
}

import { filterFrequencies, permuteTokens, ruleTable } from '../../analysis/index.ts';
import type { Activation, Network } from '../../model/network.ts';
import { accuracy, type LabelledPairs } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import { joinedRule } from './filtration.ts';
import { renamePairs } from './rename-pairs.ts';
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
   * This network with the tokens of a, b and c renamed at random, each apart, filtered for the task's rule
   * and scored by the renamed true answers: it knows what it knew, in an order that no filter for Z_P fits.
   */
  readonly renamed: FilterScores;
  /**
   * Only the output tokens renamed, by π: no control of chance. A filter then answers a + b + s for one s,
   * and aligned phases lead it to the s that π has most often.
   */
  readonly renamedOutputs: FilterScores & {
    /** The largest share of tokens that π moves by one shift: what that answer is worth. */
    readonly bestShift: number;
  };
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
  const generator = createGenerator(settings.seed, 'renamed tokens');
  const [a, b, c] = [0, 1, 2].map(() => generator.shuffle(identity.slice()));
  const { ipr, strength } = measureSubnetworks({ ...subject, network: initial });
  return {
    untrained: { ...scoresOf(initial, rule, roles.test), ipr, strength },
    wrongRules: wrongRules.map(({ rule: text, ...wrong }) => {
      const table = ruleTable({ ...wrong, shift: 0 }, modulus);
      const scores = scoresOf(network, wrong, relabelled(roles.test, table));
      return { rule: text, scores };
    }),
    renamed: scoresOf(permuteTokens(network, a, b, c), rule, renamePairs(roles.test, { a, b, c })),
    renamedOutputs: {
      ...scoresOf(
        permuteTokens(network, identity, identity, c),
        rule,
        renamePairs(roles.test, { a: identity, b: identity, c }),
      ),
      bestShift: bestShift(c),
    },
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

/** The same pairs with the answers of another rule as their labels. */
function relabelled(pairs: LabelledPairs | null, table: Uint16Array): LabelledPairs | null {
  if (pairs === null) return null;
  const { pair } = pairs;
  return { pair, label: Uint16Array.from(pair, (index) => table[index]) };
}

function bestShift(renaming: Uint16Array): number {
  const modulus = renaming.length;
  const count = new Uint16Array(modulus);
  renaming.forEach((to, token) => {
    count[(to - token + modulus) % modulus]++;
  });
  return Math.max(...count) / modulus;
}

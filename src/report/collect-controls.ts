import type { AnalysisCompute } from '../analysis/compute.ts';
import { filterFrequencies } from '../analysis/filtration.ts';
import type { MethodName } from '../analysis/results.ts';
import { isUnit, ruleTable, ruleText } from '../analysis/rule.ts';
import type { FrequencyRule } from '../analysis/spectrum.ts';
import type { Network } from '../model/network.ts';
import { accuracy, type LabelledPairs, type Roles } from '../task/dataset.ts';
import type { StudyInputs } from './collect-study.ts';
import { percent } from './numbers.ts';
import type { Control } from './study.ts';

/**
 * The filters of the extraction where there is nothing for them to find: an untrained network, a
 * network whose U and V never learned, and rules that the network doesn't hold. All must stay at
 * chance, or the filter makes up what it reports.
 */
export function collectControls(
  { extraction, initial, randomFeatures, network }: StudyInputs,
  roles: Roles,
  compute: AnalysisCompute,
): Control[] {
  const { result } = extraction;
  const measure = (subject: Network, rule: FrequencyRule, pairs: LabelledPairs | null) => {
    const score = (part: Network) =>
      pairs === null ? null : accuracy(compute.answers(part, result.activation), pairs);
    return {
      raw: score(subject),
      frequencyFiltration: score(filterFrequencies(subject, { select: 'energy', rule }).G),
      triadFiltration: score(filterFrequencies(subject, { select: 'triad', rule }).G),
    };
  };
  const testOf = (name: MethodName) =>
    result.methods.find((method) => method.name === name)?.test ?? null;
  const { modulus } = network;
  const trainedAnswers =
    extraction.answers.get('raw') ?? compute.answers(network, result.activation);
  return [
    {
      kind: 'trained',
      label: 'This network',
      noisyTrain: accuracy(trainedAnswers, roles.noisyTrain),
      raw: testOf('raw'),
      frequencyFiltration: testOf('frequency-filtration'),
      triadFiltration: testOf('triad-filtration'),
      note: 'the trained network that this report is about.',
      available: true,
    },
    other('untrained', 'Untrained network', initial, {
      is: 'the weights before the first step.',
      missing: 'the weights before the first step aren’t known for a network trained elsewhere.',
    }),
    other('random-features', 'Random features', randomFeatures?.network ?? null, {
      is: 'the same training with U and V frozen as drawn, so that only W and μ learn.',
      missing:
        'this run has no such control; `undertone demo` trains one beside the network, with U and V frozen.',
    }),
    ...wrongRules(result.filtrationRule, modulus).map((rule): Control => {
      const table = ruleTable({ ...rule, shift: 0 }, modulus);
      const text = ruleText({ ...rule, shift: 0 }, modulus).replace(/ \(mod \d+\)$/, '');
      return {
        kind: 'wrong-rule',
        label: `Wrong rule ${text}`,
        noisyTrain: null,
        ...measure(network, rule, relabel(roles.test, table)),
        note: 'this network, filtered for that rule and scored by it.',
        available: true,
      };
    }),
  ];

  function other(
    kind: Control['kind'],
    label: string,
    subject: Network | null,
    note: { readonly is: string; readonly missing: string },
  ): Control {
    if (subject === null) {
      const none = {
        noisyTrain: null,
        raw: null,
        frequencyFiltration: null,
        triadFiltration: null,
      };
      return { kind, label, ...none, note: note.missing, available: false };
    }
    const scores = measure(subject, result.filtrationRule, roles.test);
    const noisyTrain = accuracy(compute.answers(subject, result.activation), roles.noisyTrain);
    const memorised =
      kind === 'random-features' && noisyTrain !== null
        ? ` It gives ${percent(noisyTrain)} of its wrong labels back.`
        : '';
    return { kind, label, noisyTrain, ...scores, note: note.is + memorised, available: true };
  }
}

/** Two rules that aren't the one the filters joined frequencies for. */
function wrongRules(joined: FrequencyRule, modulus: number): FrequencyRule[] {
  return [
    { k1: 1, k2: modulus - 1 },
    { k1: 1, k2: 1 },
    { k1: 2, k2: 3 },
    { k1: 3, k2: 2 },
    { k1: 1, k2: 2 },
  ]
    .map(({ k1, k2 }) => ({ k1: k1 % modulus, k2: k2 % modulus }))
    .filter(({ k1, k2 }) => isUnit(k1, modulus) && isUnit(k2, modulus))
    .filter(({ k1, k2 }) => k1 !== joined.k1 || k2 !== joined.k2)
    .filter((rule, index, rules) => rules.findIndex(sameAs(rule)) === index)
    .slice(0, 2);
}

function sameAs(rule: FrequencyRule): (other: FrequencyRule) => boolean {
  return ({ k1, k2 }) => k1 === rule.k1 && k2 === rule.k2;
}

/** The same pairs with the answers of another rule as their labels. */
function relabel(pairs: LabelledPairs | null, table: Uint16Array): LabelledPairs | null {
  if (pairs === null) return null;
  return { pair: pairs.pair, label: Uint16Array.from(pairs.pair, (pair) => table[pair]) };
}

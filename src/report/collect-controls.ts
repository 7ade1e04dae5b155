import type { AnalysisCompute } from '../analysis/compute.ts';
import { filterFrequencies } from '../analysis/filtration.ts';
import { noAnswer } from '../analysis/frame.ts';
import type { MethodName, Rule } from '../analysis/results.ts';
import { ruleTable, ruleText } from '../analysis/rule.ts';
import type { FrequencyRule } from '../analysis/spectrum.ts';
import { triadStatistic } from '../analysis/triads.ts';
import type { TrainedControl } from '../format/index.ts';
import type { Network } from '../model/network.ts';
import { isUnit } from '../task/abelian-group.ts';
import { accuracy, type LabelledPairs, type Roles } from '../task/dataset.ts';
import type { Settings } from '../train/settings.ts';
import type { StudyInputs } from './collect-study.ts';
import { count, percent, plain } from './numbers.ts';
import type { Control } from './study.ts';

/**
 * The filters of the extraction on networks whose U and V never learned, and on this one for rules that
 * the scan didn't name: what they find there, they find without learned features.
 */
export function collectControls(
  { extraction, initial, randomFeatures, network, settings }: StudyInputs,
  roles: Roles,
  compute: AnalysisCompute,
): Control[] {
  const { result, basis } = extraction;
  const { best } = result.scan;
  const { modulus } = network;
  const measure = (subject: Network, joined: FrequencyRule, pairs: LabelledPairs | null) => {
    const score = (part: Network) =>
      pairs === null ? null : accuracy(compute.answers(part, result.activation), pairs);
    return {
      raw: score(subject),
      frequencyFiltration: score(
        filterFrequencies(subject, { select: 'energy', rule: joined, basis }).G,
      ),
      triadFiltration: score(
        filterFrequencies(subject, { select: 'triad', rule: joined, basis }).G,
      ),
    };
  };
  const testOf = (name: MethodName) =>
    result.methods.find((method) => method.name === name)?.test ?? null;
  const other = (kind: Control['kind'], label: string, subject: Network, is: string): Control => {
    const noisyTrain = accuracy(compute.answers(subject, result.activation), roles.noisyTrain);
    const memorised =
      kind === 'random-features' && noisyTrain !== null
        ? ` It gives ${percent(noisyTrain)} of its wrong labels back.`
        : '';
    return {
      kind,
      label,
      noisyTrain,
      ...measure(subject, result.filtrationRule, roles.test),
      T: triadStatistic(subject, best, extraction.scan.basis),
      note: is + memorised,
      available: true,
    };
  };
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
      T: result.scan.evidence.weights.T,
      note: 'the trained network that this report is about.',
      available: true,
    },
    initial === null
      ? absent(
          'untrained',
          'Untrained network',
          'the weights before the first step aren’t known for a network trained elsewhere.',
        )
      : other('untrained', 'Untrained network', initial, 'the weights before the first step.'),
    randomFeatures === null
      ? absent(
          'random-features',
          'Random features',
          'this run has no such control; “undertone demo” trains one beside the network, with U and V frozen.',
        )
      : other(
          'random-features',
          'Random features',
          randomFeatures.network,
          randomFeaturesText(randomFeatures, settings),
        ),
    ...wrongRules(result.filtrationRule, basis.group.exponent).map((wrong): Control => {
      const rule: Rule = { ...wrong, shift: 0 };
      const text = ruleText(rule, basis).replace(/ (\(mod \d+\)|in Z.*)$/, '');
      return {
        kind: 'wrong-rule',
        label: `Wrong rule ${text}`,
        noisyTrain: null,
        ...measure(network, rule, relabel(roles.test, ruleTable(rule, modulus, basis))),
        T: triadStatistic(network, rule, basis),
        note: 'this network, filtered for that rule and scored by it.',
        available: true,
      };
    }),
  ];
}

function absent(kind: Control['kind'], label: string, note: string): Control {
  const unknown = {
    noisyTrain: null,
    raw: null,
    frequencyFiltration: null,
    triadFiltration: null,
    T: null,
  };
  return { kind, label, ...unknown, note, available: false };
}

/** What was trained of the control, and how that differs from the training of the network. */
function randomFeaturesText({ learningRate, steps }: TrainedControl, settings: Settings): string {
  const ratio = learningRate / settings.learningRate;
  const rate =
    Math.abs(ratio - 1) < 1e-9
      ? 'at the same learning rate'
      : `at ${plain(ratio)} times the learning rate`;
  return `a network from the same start on the same rows, U and V frozen as drawn, W and μ trained for ${count(steps)} steps ${rate}.`;
}

/**
 * Two rules that aren't the one the filters joined frequencies for, nor that one with a turned sign:
 * |x̂(−ω)| = |x̂(ω)|, so the energy filter of c = a − b keeps the very weights that it keeps for a + b.
 * Fewer where the group has too few units; XOR has none.
 */
function wrongRules(joined: FrequencyRule, exponent: number): FrequencyRule[] {
  const apart = (k: number, from: number) => k !== from && (k + from) % exponent !== 0;
  return [
    { k1: 1, k2: 2 },
    { k1: 2, k2: 3 },
    { k1: 3, k2: 1 },
    { k1: 1, k2: 5 },
    { k1: 5, k2: 7 },
    { k1: 7, k2: 1 },
  ]
    .filter(({ k1, k2 }) => Math.max(k1, k2) < exponent)
    .filter(({ k1, k2 }) => isUnit(k1, exponent) && isUnit(k2, exponent))
    .filter(({ k1, k2 }) => apart(k1, joined.k1) || apart(k2, joined.k2))
    .slice(0, 2);
}

/** The same pairs, as far as another rule speaks of them, with its answers as their labels. */
function relabel(pairs: LabelledPairs | null, table: Uint16Array): LabelledPairs | null {
  if (pairs === null) return null;
  const pair = pairs.pair.filter((one) => table[one] !== noAnswer);
  return { pair, label: Uint16Array.from(pair, (one) => table[one]) };
}

/**
 * Networks that hold no rule, and rules that a network doesn't hold: every method of `methodNames` stays at
 * chance on them. Trained on whichever backend is there, as the command line is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBackend } from '../compute/select.ts';
import type { Network } from '../model/network.ts';
import { type Dataset, type LabelledPairs, rolesOf } from '../task/index.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import { completeSettings } from '../train/settings.ts';
import { problemOf } from '../train/step-speed.ts';
import { type Extraction, extract } from './extraction.ts';
import { type FiltrationOptions, filterFrequencies } from './filtration.ts';
import { type MethodName, methodNames, type Rule } from './results.ts';
import { ruleTable, ruleText } from './rule.ts';

const backend = selectBackend();
const modulus = 23;
const networks = 24;
/** Not a − b, for which energy filtration keeps what it keeps for a + b: |v̂(−ω)| = |v̂(ω)|. */
const wrongRules: readonly Rule[] = [
  { k1: 1, k2: 2, shift: 0 },
  { k1: 2, k2: 3, shift: 1 },
];

interface Subject {
  readonly network: Network;
  readonly dataset: Dataset;
}

/** Labels uniform over all P, so that a wrong label says nothing about the right one. */
function subject(seed: number, noiseRatio: number, steps: number): Subject {
  const settings = completeSettings({
    modulus,
    width: 65,
    noiseRatio,
    noiseKind: 'uniform-all',
    trainFraction: 0.6,
    validationFraction: 0.1,
    learningRate: 3e-3,
    seed,
  });
  const dataset = datasetOf(settings);
  if (steps === 0) return { network: initialNetworkOf(settings), dataset };
  const session = backend.train(problemOf(settings));
  session.run(steps);
  const network = session.network();
  session.dispose();
  return { network, dataset };
}

/** The data set with another rule's labels outside the training rows. */
function relabelled(dataset: Dataset, rule: Rule): Dataset {
  const table = ruleTable(rule, modulus);
  const truth = Uint16Array.from(dataset.a, (a, row) => table[a * modulus + dataset.b[row]]);
  const label = dataset.label.map((given, row) => (dataset.split[row] === 0 ? given : truth[row]));
  return { ...dataset, label, trueLabel: truth };
}

/** Test pairs answered right and test pairs, over several networks. */
class Tally {
  right = 0;
  pairs = 0;

  add(accuracy: number | null, pairs: LabelledPairs | null): void {
    if (accuracy === null || pairs === null) return;
    this.right += Math.round(accuracy * pairs.pair.length);
    this.pairs += pairs.pair.length;
  }

  /**
   * Four standard deviations of the binomial distribution at 1/P, times √3: answers of one network depend
   * on each other, and over 200 pure-noise networks the variance of its hits was at most 3 times
   * binomial (filtration under x²; 0.7 to 1.6 times elsewhere). With 24 networks of 159 test pairs, a
   * share between 0.021 and 0.066 passes.
   */
  assertAtChance(of: string): void {
    const expected = this.pairs / modulus;
    const bound = 4 * Math.sqrt(3 * expected * (1 - 1 / modulus));
    assert.ok(
      this.pairs > 3000 && Math.abs(this.right - expected) <= bound,
      `${of}: ${this.right} of ${this.pairs}, expected ${expected.toFixed(0)} ± ${bound.toFixed(0)}`,
    );
  }
}

/** `extract` on every subject, its test accuracies added up by method. */
function tallies(subjects: readonly Subject[]): {
  extractions: Extraction[];
  of: ReadonlyMap<MethodName, Tally>;
} {
  const of = new Map(methodNames.map((name) => [name, new Tally()]));
  const extractions = subjects.map(({ network, dataset }) => {
    const roles = rolesOf(dataset);
    const extraction = extract(network, 'relu', roles, backend);
    for (const { name, test } of extraction.result.methods) of.get(name)?.add(test, roles.test);
    return extraction;
  });
  return { extractions, of };
}

const seeds = Array.from({ length: networks }, (_, i) => i + 1);
const withoutRule: [string, Subject[]][] = [
  ['untrained networks', seeds.map((seed) => subject(seed, 1, 0))],
  ['networks trained on pure noise', seeds.map((seed) => subject(seed, 1, 200))],
];
for (const [kind, subjects] of withoutRule) {
  const { extractions, of } = tallies(subjects);
  for (const [name, tally] of of) {
    if (name === 'identified-rule') {
      test(`${name}: none in ${kind}`, () => {
        const found = extractions.filter(({ result }) => result.rule !== null).length;
        // Binomial(24, 0.01) exceeds 2 with probability 0.002.
        assert.ok(found <= 2, `${found} of ${networks}`);
      });
    } else {
      test(`${name} leaves ${kind} at chance`, () => tally.assertAtChance(name));
    }
  }
}

test('networks trained on pure noise have memorised it, so that there is something to filter', () => {
  for (const { network, dataset } of withoutRule[1][1].slice(0, 4)) {
    const { result } = extract(network, 'relu', rolesOf(dataset), backend);
    const raw = result.methods.find(({ name }) => name === 'raw');
    assert.ok((raw?.noisyTrain ?? 0) > 0.95, `${raw?.noisyTrain}`);
  }
});

const holders = seeds.map((seed) => subject(seed, 0.3, 400));

test('networks trained on 30 % noise hold their rule, which filtration reads', () => {
  const { extractions } = tallies(holders);
  for (const { result } of extractions) {
    assert.equal(result.rule?.text, 'c = a + b (mod 23)');
    const read = result.methods.find(({ name }) => name === 'triad-filtration');
    // Five times chance; the bound over all networks together is 1.5 times.
    assert.ok((read?.test ?? 0) > 5 / modulus, `${read?.test}`);
  }
});

for (const rule of wrongRules) {
  const name = ruleText(rule, modulus);
  const { of } = tallies(
    holders.map(({ network, dataset }) => ({ network, dataset: relabelled(dataset, rule) })),
  );
  for (const [method, tally] of of) {
    test(`${method} of networks that hold a + b is at chance by the wrong rule ${name}`, () =>
      tally.assertAtChance(method));
  }

  const filters: [string, FiltrationOptions][] = [
    ['frequency filtration', { select: 'energy', rule }],
    ['triad filtration', { select: 'triad', rule }],
  ];
  for (const [filter, options] of filters) {
    for (const phi of ['relu', 'quadratic'] as const) {
      test(`${filter} for the wrong rule ${name} doesn't make it, under ${phi}`, () => {
        const tally = new Tally();
        for (const { network, dataset } of holders) {
          const pairs = rolesOf(relabelled(dataset, rule)).test;
          assert.ok(pairs !== null);
          const answers = backend.answers(filterFrequencies(network, options).G, phi);
          const right = pairs.pair.filter((pair, i) => answers[pair] === pairs.label[i]).length;
          tally.add(right / pairs.pair.length, pairs);
        }
        tally.assertAtChance(filter);
      });
    }
  }
}

test('the right rule passes no such bound: the controls can fail', () => {
  const { of } = tallies(holders);
  for (const name of ['frequency-filtration', 'triad-filtration', 'identified-rule'] as const) {
    assert.throws(() => of.get(name)?.assertAtChance(name), { name: 'AssertionError' });
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartEvidence, PartScore } from '../analysis/index.ts';
import type { FilterScores } from './measurements/filter-controls.ts';
import { networkOrFilter } from './network-or-filter.ts';
import { type Asked, criterionOf, findingsOf, holding, type Stub } from './test-outputs.ts';

const score = (z: number): PartScore => ({
  statistic: z,
  z,
  log10PValue: z > 5 ? -9 : 0,
  log10LowerPValue: z < -5 ? -9 : 0,
});
const evidence = (z: number): PartEvidence => ({
  pairs: 100,
  logits: score(z),
  answers: score(z),
});
const accuraciesOf = (test: number, noisyTrain = 0) => ({
  cleanTrain: 1,
  noisyTrain,
  noisyTrue: test,
  validation: test,
  test,
});
const filtered = (test: number): FilterScores => ({
  raw: 0.01,
  G: test,
  quadraticG: test,
  triadG: test,
  quadraticTriadG: test,
});

interface World {
  /** Held-out z of a training at a step. */
  readonly heldOut: (asked: Asked) => number;
  readonly interaction: number;
  /** Test accuracy without the additive part. */
  readonly unseen: number;
  readonly labelCounts: number;
  /** Test accuracy of filters and partitions on the trained network and on controls. */
  readonly trained: number;
  readonly partition: number;
  readonly control: number;
  /** Accuracy of the random-feature control on its wrong labels. */
  readonly memorised: number;
}

const isTrained = ({ settings, frozen }: Asked) => !frozen && settings.noiseRatio < 1;

function stubOf(world: World): Stub {
  const wobble = ({ settings }: Asked) => 0.001 * settings.seed;
  const choice = (test: number) => ({ neurons: 1, gamma: 0.1, accuracies: accuraciesOf(test) });
  return {
    measured: {
      filtration: (asked) => {
        const found = (isTrained(asked) ? world.trained : world.control) - wobble(asked);
        const G = accuraciesOf(found);
        const raw = accuraciesOf(0.01, asked.frozen ? world.memorised : 1);
        return { raw, G, R: raw, quadraticG: G, triadG: G, quadraticTriadG: G };
      },
      subnetworks: (asked) => {
        const found = choice(isTrained(asked) ? world.partition : world.control);
        return { ipr: found, strength: found, random: found };
      },
      'filter-controls': () => ({
        untrained: {
          ...filtered(world.control),
          ipr: choice(world.control),
          strength: choice(world.control),
        },
        wrongRules: [
          { rule: 'a + 2b', scores: filtered(world.control) },
          { rule: '2a + 3b', scores: filtered(world.control) },
        ],
        renamed: filtered(world.control),
        renamedOutputs: { ...filtered(0.08), bestShift: 0.08 },
      }),
      interaction: (asked) => ({ whole: 0.01, interaction: world.unseen + wobble(asked) }),
      'label-counts': () => ({ cleanTrain: 9, noisyTrain: -9, heldOut: world.labelCounts }),
      'rule-evidence': (asked) => {
        const z = world.heldOut(asked) + wobble(asked);
        return {
          weights: score(9),
          all: evidence(9),
          cleanTrain: evidence(9),
          noisyTrain: evidence(-9),
          heldOut: evidence(z),
          heldOutInteraction: score(world.interaction),
          carried: { verdict: z > 5 ? 'carried' : 'not shown', kind: 'logits', log10PValue: 0 },
        };
      },
    },
  };
}

const isEarly = ({ settings }: Asked) => settings.modulus === 59;
const supposed: World = {
  heldOut: (asked) => {
    if (!isEarly(asked)) return asked.step < 1000 ? -3 : 40;
    return asked.settings.noiseKind === 'uniform-all' ? -1 : -9;
  },
  interaction: 0,
  unseen: 0.5,
  labelCounts: -9,
  trained: 0.95,
  partition: 0.2,
  control: 0.02,
  memorised: 0.99,
};
const judged = (changed: Partial<World>, words: string) =>
  criterionOf(networkOrFilter, stubOf({ ...supposed, ...changed }), words).holds;

test('all criteria hold where every supposition is true', () => {
  assert.deepEqual(holding(networkOrFilter, stubOf(supposed)), Array(8).fill(true));
});

test('a filter that finds as much in its controls fails, and so does a rule made from nothing', () => {
  assert.ok(!judged({ control: 0.95 }, 'every filter finds more'));
  assert.ok(!judged({ control: 0.2 }, 'no filter makes a rule'));
  assert.ok(!judged({ partition: 0.02 }, 'partitions'));
});

test('a control that memorised less is no control', () => {
  assert.ok(!judged({ memorised: 0.5 }, 'memorised as much'));
});

test('held-out evidence of zero is neither against the rule nor for it', () => {
  const silent = { heldOut: () => 0 };
  assert.ok(!judged(silent, 'speaks against'));
  assert.ok(
    !judged({ heldOut: ({ settings }: Asked) => settings.seed - 1 }, 'carries the rule to pairs'),
  );
});

test('a network that speaks against the rule counts only where filtration finds it', () => {
  assert.ok(!judged({ trained: 0.5 }, 'speaks against'));
});

test('the same sign with both kinds of noise refutes the supposition about the true label', () => {
  const alike = { heldOut: (asked: Asked) => (isEarly(asked) ? -9 : 40) };
  assert.ok(!judged(alike, 'excludes the true label'));
});

test('label counts explain the sign only where their table has it and its removal takes it away', () => {
  assert.ok(!judged({ labelCounts: 1 }, 'label counts'));
  assert.ok(!judged({ interaction: -9 }, 'label counts'));
});

test('a network that gains nothing by losing its additive part fails', () => {
  assert.ok(!judged({ unseen: 0 }, 'right on more pairs'));
});

test('the remarks say where filtration alone follows the rule', () => {
  const { remarks = [] } = findingsOf(networkOrFilter, stubOf(supposed));
  const [, , where] = remarks;
  assert.match(where, /itself .*: P = 31, α = 0; .* not with every seed: P = 59, α = 0;/);
});

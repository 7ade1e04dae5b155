import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Accuracies } from '../task/dataset.ts';
import { methods } from './methods.ts';
import { bestByValidation } from './methods-scores.ts';
import { type Asked, criterionOf, holding, type Stub } from './test-outputs.ts';

const scores = (test: number, { settings }: Asked): Accuracies => ({
  cleanTrain: 1,
  noisyTrain: 1,
  noisyTrue: test,
  validation: test,
  // Seeds differ, and alike for all methods.
  test: test - 0.001 * settings.seed,
});

interface Levels {
  readonly network: number;
  readonly FF: number;
  readonly triads: number;
  readonly quadratic: number;
  readonly ipr: number;
  readonly random: number;
  readonly tuned: number;
  readonly labels: number;
}

function stubOf(levels: (asked: Asked) => Levels): Stub {
  return {
    metrics: (asked) => {
      const { network, tuned } = levels(asked);
      return scores(asked.settings.weightDecay === 0.1 ? network : tuned, asked);
    },
    measured: {
      filtration: (asked) => {
        const { network, FF, triads, quadratic } = levels(asked);
        return {
          raw: scores(network, asked),
          G: scores(FF, asked),
          R: scores(0, asked),
          quadraticG: scores(quadratic, asked),
          triadG: scores(triads, asked),
          quadraticTriadG: scores(quadratic, asked),
        };
      },
      subnetworks: (asked) => {
        const { ipr, random } = levels(asked);
        const choice = (test: number) => ({
          neurons: 9,
          gamma: 0.1,
          accuracies: scores(test, asked),
        });
        return { ipr: choice(ipr), strength: choice(ipr), random: choice(random) };
      },
      'label-baseline': (asked) => ({
        rule: '',
        T: 9,
        scores: { ...scores(1, asked), test: levels(asked).labels },
      }),
    },
  };
}

const asSaid = ({ settings: { noiseRatio } }: Asked): Levels => ({
  network: noiseRatio > 0.5 ? 0.01 : 0.4,
  FF: 0.9,
  triads: 0.95,
  quadratic: 0.99,
  ipr: noiseRatio > 0.5 ? 0.02 : 0.5,
  random: noiseRatio > 0.5 ? 0.02 : 0.42,
  tuned: noiseRatio > 0.5 ? 0.02 : 0.6,
  labels: 1,
});
const nothing = (): Levels => ({
  network: 0.01,
  FF: 0.01,
  triads: 0.01,
  quadratic: 0.01,
  ipr: 0.01,
  random: 0.01,
  tuned: 0.01,
  labels: 0,
});

test('all criteria hold where filters find the rule and the rest helps a little', () => {
  assert.deepEqual(holding(methods, stubOf(asSaid)), Array(8).fill(true));
});

test('where nothing finds anything, no comparison holds', () => {
  const held = holding(methods, stubOf(nothing));
  // Repair is as good as prediction there: both are nothing.
  assert.deepEqual(
    held.map((holds, i) => holds && i !== 2),
    Array(8).fill(false),
  );
});

test('a partition that helps as much as filtration does fails “far less”', () => {
  const equal = stubOf((asked) => ({ ...asSaid(asked), ipr: 0.9 }));
  assert.ok(!criterionOf(methods, equal, 'far less').holds);
});

test('the first best step counts, and a better validation accuracy beats an earlier step', () => {
  const row = (validation: number | null, test: number) => ({
    ...scores(test, { settings: { seed: 0 } } as Asked),
    validation,
  });
  const rows = [row(0, 0), row(0.5, 0.1), row(0.5, 0.2), row(0.7, 0.3), row(0.6, 0.9)];
  assert.equal(bestByValidation(rows).test, 0.3);
  assert.equal(bestByValidation(rows.slice(0, 3)).test, 0.1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartScore } from '../analysis/results.ts';
import type { Findings } from './claim.ts';
import type { CompleteTransformerInput, TransformerOutput } from './experiments/transformer.ts';
import { findingsBy } from './test-outputs.ts';
import { transformerEvidence } from './transformer-evidence.ts';

/** z on the pairs of each view, by step; `test` by step. */
const story = {
  clean: (_step: number): number => 50,
  heldOut: (step: number): number => (step < 50 ? -10 : 30),
  beneath: (step: number): number => (step < 20 ? 1 : 40),
  test: (step: number): number => (step < 50 ? 0.01 : 0.7),
  controls: (_network: string, _view: 'heldOut' | 'beneath'): number => 0,
};

function findings(given: Partial<typeof story>): Findings {
  const { clean, heldOut, beneath, test, controls } = { ...story, ...given };
  const score = (z: number): PartScore => ({
    ...{ statistic: 0, z, log10PValue: 0, log10LowerPValue: 0 },
  });
  const part = (z: number) => ({ pairs: 1, logits: score(z), answers: score(0) });
  return findingsBy(transformerEvidence, ({ input }) => {
    const { measureAt, seed, frozen, noiseKind } = input as CompleteTransformerInput;
    const isControl = frozen || noiseKind === 'uniform-all';
    const accuracies = (share: number) => ({
      ...{ cleanTrain: 1, noisyTrain: 1, noisyTrue: 0, validation: null, test: share },
    });
    return {
      measurements: measureAt.map((step) => {
        const silent = frozen
          ? 'random features'
          : noiseKind === 'uniform-all'
            ? 'pure noise'
            : step === 0
              ? 'untrained'
              : null;
        const z = (trained: number, view: 'heldOut' | 'beneath' = 'heldOut') =>
          (silent === null ? trained : controls(silent, view)) + 0.1 * seed;
        return {
          ...{ step, loss: 0, frequencies: [] },
          full: accuracies(test(step) + 0.001 * seed),
          filtered: accuracies(0.8 + 0.001 * seed),
          renamed: accuracies(0),
          evidence: {
            all: part(0),
            cleanTrain: part(z(clean(step))),
            noisyTrain: isControl ? null : part(z(5)),
            heldOut: part(z(heldOut(step))),
            heldOutInteraction: score(z(beneath(step), 'beneath')),
            carried: {
              ...{ kind: 'logits', log10PValue: -9 },
              verdict: heldOut(step) > 3 ? 'carried' : 'against',
            },
          },
        };
      }),
      energies: [],
      weightsHash: '',
    } satisfies TransformerOutput;
  });
}

const holding = (given: Partial<typeof story>) =>
  findings(given).criteria.map(({ holds }) => holds);

test('the story as told meets every criterion, at both noise ratios', () => {
  assert.deepEqual(holding({}), Array(7).fill(true));
});

test('each criterion fails without what it asks', () => {
  // Never carried.
  assert.deepEqual(holding({ heldOut: () => -10 }).slice(0, 3), [false, true, true]);
  // Not stored.
  assert.deepEqual(holding({ clean: () => 1 }).slice(0, 3), [false, true, true]);
  // For the rule from the start.
  assert.deepEqual(holding({ heldOut: () => 30 }).slice(0, 3), [true, false, true]);
  // Evidence at the step at which accuracy rises, or never.
  const late = (step: number) => (step < 50 ? 1 : 40);
  assert.deepEqual(holding({ beneath: late }).slice(0, 3), [true, true, false]);
  assert.deepEqual(holding({ beneath: () => 0 }).slice(0, 3), [true, true, false]);
  // Not stored at first.
  const storedLate = (step: number) => (step === 10 ? -5 : 50);
  assert.deepEqual(holding({ clean: storedLate }).slice(0, 3), [true, false, true]);
});

test('a single control that carries the rule, openly or beneath, fails', () => {
  for (const name of ['untrained', 'pure noise', 'random features']) {
    for (const view of ['heldOut', 'beneath'] as const) {
      const controls = (network: string, on: string) => (network === name && on === view ? 8 : 0);
      const holds = [...Array(6).fill(true), false];
      assert.deepEqual(holding({ controls }), holds, `${name}, ${view}`);
    }
  }
});

test('accuracy has left chance at three times of it', () => {
  // 3/43 is 7.0 %.
  const early = (accuracy: number) => (step: number) => (step < 50 ? accuracy : 0.7);
  assert.equal(holding({ test: early(0.06) })[2], true);
  assert.equal(holding({ test: early(0.08) })[2], false);
});

test('charts show every view at every step, and controls beside the trained network', () => {
  const { charts } = findings({});
  const time = charts.find(({ key }) => key === 'time');
  assert.equal(time?.rows.length, 2 * 4 * 11);
  const controls = charts.find(({ key }) => key === 'controls');
  assert.deepEqual(
    [...new Set(controls?.rows.map(({ network }) => network))],
    ['trained', 'untrained', 'pure noise', 'random features'],
  );
});

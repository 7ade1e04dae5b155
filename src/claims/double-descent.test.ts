import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doubleDescent } from './double-descent.ts';
import { type Asked, criterionOf, findingsOf, type Stub } from './test-outputs.ts';

/** A world whose widths from 33 on fit everything; `errorOf` gives the test error. */
function world(errorOf: (asked: Asked) => number, fitsFrom = () => 33): Stub {
  return {
    metrics: (asked) => {
      const { width, weightDecay } = asked.settings;
      const fit = width >= fitsFrom() * (weightDecay > 0.3 ? 2 : 1) ? 1 : 0.5 + width / 1000;
      return { cleanTrain: fit, noisyTrain: fit, test: 1 - errorOf(asked) - asked.jitter };
    },
  };
}

/** Falls, peaks at 33, falls again; quadratic and GELU stop falling at 65. */
function peaked({ settings: { width, activation } }: Asked): number {
  if (width < 33) return 0.9 - width / 100;
  const isCapped = activation === 'quadratic' || activation === 'gelu';
  return 1 - 0.1 * Math.log2(Math.min(width, isCapped ? 65 : 4097) / 33) - 0.01;
}

test('a peak at the threshold, a descent beyond it, a ceiling and a shift with decay are all found', () => {
  const { criteria } = findingsOf(doubleDescent, world(peaked));
  assert.deepEqual(
    criteria.filter(({ holds }) => !holds).map(({ text }) => text),
    [],
  );
});

test('an error that only falls has no rise before the threshold, one that only rises no descent', () => {
  const falling = world(({ settings: { width } }) => 1 / Math.log2(width + 1));
  assert.ok(!criterionOf(doubleDescent, falling, 'α = 0.1: it rises').holds);
  const rising = world(({ settings: { width } }) => 1 - 1 / Math.log2(width + 1));
  assert.ok(!criterionOf(doubleDescent, rising, 'α = 0.2: the test error falls').holds);
});

test('decay that changes nothing moves no threshold', () => {
  const words = 'with more weight decay fewer';
  assert.ok(criterionOf(doubleDescent, world(peaked), words).holds);
  const indifferent: Stub = {
    metrics: (asked) => ({
      ...world(peaked).metrics?.({ ...asked, settings: { ...asked.settings, weightDecay: 0.1 } }),
    }),
  };
  assert.ok(!criterionOf(doubleDescent, indifferent, words).holds);
});

test('a ceiling needs a gain that is small for certain, and a base without one', () => {
  const words = 'reach a ceiling';
  const gaining = (gain: (asked: Asked) => number) =>
    criterionOf(
      doubleDescent,
      world((asked) => {
        const { width, activation } = asked.settings;
        const isCapped = activation === 'quadratic' || activation === 'gelu';
        return width > 200 && isCapped ? peaked(asked) - gain(asked) : peaked(asked);
      }),
      words,
    ).holds;
  assert.ok(gaining(() => 0.01));
  assert.ok(!gaining(() => 0.1));
  // 0 on average, and told from nothing up to 37 points either way.
  assert.ok(!gaining(({ settings: { seed } }) => 0.15 * (seed - 1)));
  const allCapped = world(({ settings: { width } }) => 0.9 - Math.min(width, 65) / 200);
  assert.ok(!criterionOf(doubleDescent, allCapped, words).holds);
});

test('networks that never fit have no threshold, and the criteria say so', () => {
  const never = world(peaked, () => 1e6);
  const { holds, measured } = criterionOf(doubleDescent, never, 'α = 0.2: the test error falls');
  assert.ok(!holds);
  assert.match(measured, /no width fits 99 %/);
});

test('noise ratios that share a threshold share its line in the figure', () => {
  const { charts } = findingsOf(doubleDescent, world(peaked));
  const upright = charts
    .find(({ key }) => key === 'noise')
    ?.lines?.filter(({ axis }) => axis === 'x')
    .map(({ value, label }) => ({ value, label }));
  assert.deepEqual(upright, [{ value: 33, label: 'threshold α = 0, 0.1, 0.2, 0.4' }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartScore } from '../analysis/index.ts';
import { storedOrCarried } from './stored-or-carried.ts';
import { firstSteps, type Look, leadOf } from './stored-or-carried-findings.ts';
import { type Asked, failing, judged, type Stub } from './test-outputs.ts';

const score = (z: number): PartScore => ({
  statistic: z,
  z,
  log10PValue: z > 3 ? -9 : 0,
  log10LowerPValue: z < -3 ? -9 : 0,
});

interface World {
  readonly weights: (asked: Asked) => number;
  /** z of held-out logits as they are, and without their additive part. */
  readonly heldOut: (asked: Asked) => number;
  readonly interaction: (asked: Asked) => number;
  readonly accuracy: (asked: Asked) => number;
}

const isHeavy = ({ settings }: Asked) => settings.noiseRatio >= 0.8;
/** Grows from the first step on, less with noise and more with width. */
const growth = ({ settings: { noiseRatio, width }, step }: Asked) =>
  (step / 400) * (1 - noiseRatio) * Math.log2(width / 8);
const supposed: World = {
  weights: () => 20,
  heldOut: (asked) => (isHeavy(asked) ? -7 : growth(asked) - 6 + 0.1 * asked.jitter),
  interaction: (asked) => (isHeavy(asked) ? 0 : growth(asked) + asked.jitter),
  accuracy: () => 0.05,
};

function madeUp(world: World): Stub['measured'] & {} {
  return {
    'rule-evidence': (asked) => {
      const heldOut = { pairs: 100, logits: score(world.heldOut(asked)), answers: score(0) };
      const isCarried = heldOut.logits.log10PValue < -2;
      return {
        weights: score(world.weights(asked)),
        all: heldOut,
        cleanTrain: null,
        noisyTrain: null,
        heldOut,
        heldOutInteraction: score(world.interaction(asked)),
        carried: {
          verdict: isCarried ? 'carried' : 'not shown',
          kind: 'logits',
          log10PValue: heldOut.logits.log10PValue,
        },
      };
    },
    filtration: (asked) => {
      const of = (test: number) => ({
        cleanTrain: 1,
        noisyTrain: 1,
        noisyTrue: 0,
        validation: test,
        test,
      });
      const raw = of(world.accuracy(asked));
      const G = of(0.95);
      return { raw, G, quadraticG: G, R: raw, triadG: G, quadraticTriadG: G };
    },
    interaction: (asked) => ({ whole: world.accuracy(asked), interaction: 0.5 }),
  };
}

const failures = (changed: Partial<World>) =>
  failing(judged(storedOrCarried, madeUp({ ...supposed, ...changed })));

test('all criteria hold where a rule is stored, then carried beneath, then openly', () => {
  assert.deepEqual(failures({}), []);
});

test('heavy noise under which anything is carried is not merely stored', () => {
  assert.match(failures({ interaction: (asked) => growth(asked) + 4 }).join(), /heavy noise/);
  const openly = (asked: Asked) => (isHeavy(asked) ? 4 : supposed.heldOut(asked));
  assert.match(failures({ heldOut: openly }).join(), /heavy noise/);
  const unstored = (asked: Asked) => (isHeavy(asked) ? 2 : 20);
  assert.match(failures({ weights: unstored }).join(), /heavy noise/);
});

test('a network that never speaks against the rule does not turn', () => {
  const texts = failures({ heldOut: (asked) => (isHeavy(asked) ? 0 : growth(asked)) });
  assert.ok(texts.some((text) => /first speaks against/.test(text)));
  assert.ok(texts.some((text) => /before it is carried openly/.test(text)));
});

test('answers that are right at once are not preceded; a rule never carried leads nothing', () => {
  assert.match(failures({ accuracy: () => 0.9 }).join(), /answers are right on 50 %/);
  assert.match(failures({ heldOut: () => -5 }).join(), /before the network’s own test/);
});

test('answers above chance long before they are right on half are preceded by less', () => {
  const texts = failures({ accuracy: () => 0.3 });
  assert.equal(texts.length, 1);
  assert.match(texts[0], /carried beneath before the network’s own test answers are above chance/);
});

test('without more for less noise or for more width these criteria fail', () => {
  const flat = ({ step, jitter }: Asked) => step / 100 + jitter;
  const texts = failures({ interaction: (asked) => (isHeavy(asked) ? 0 : flat(asked)) });
  assert.ok(texts.some((text) => /the more noise/.test(text)));
  assert.ok(texts.some((text) => /the wider/.test(text)));
});

test('a sign counts from where it stays, and one that never comes bounds the lead from below', () => {
  const look = (raw: number, isCarried: boolean) => ({ raw, isCarried }) as Look;
  const looks = [
    { step: 10, bySeed: [look(0.6, false), look(0.1, true)] },
    { step: 20, bySeed: [look(0.1, true), look(0.1, true)] },
    { step: 40, bySeed: [look(0.6, true), look(0.1, true)] },
  ];
  assert.deepEqual(firstSteps(looks, 'answers right on 50 %'), [40, null]);
  assert.deepEqual(firstSteps(looks, 'carried'), [20, 10]);
  assert.equal(leadOf(looks, 'carried', 'answers right on 50 %').steps?.mean, 25);
  assert.equal(leadOf(looks, 'answers right on 50 %', 'carried').steps, null);
});

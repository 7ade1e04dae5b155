import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { phases, wrapPhase } from './phases.ts';
import type { Rule } from './results.ts';
import { plantedNetwork, untrainedNetwork } from './test-networks.ts';

const cases: [number, Rule][] = [
  [31, { k1: 1, k2: 1, shift: 0 }],
  [31, { k1: 1, k2: 30, shift: 0 }],
  [31, { k1: 2, k2: 3, shift: 5 }],
  [15, { k1: 1, k2: 2, shift: 4 }],
];
for (const [modulus, rule] of cases) {
  test(`planted phases leave no residual, ${rule.k1}a + ${rule.k2}b + ${rule.shift} mod ${modulus}`, () => {
    const { network, frequency } = plantedNetwork(modulus, 30, rule);
    const found = phases(network, rule);
    assert.deepEqual(found.frequency, frequency);
    // Phases of float32 weights are good to about 1e-7.
    assert.ok(found.meanSquaredError < 1e-12, `${found.meanSquaredError}`);
  });
}

test('a planted subtraction has φa − φb = φc in the phases of its own cosines', () => {
  const { network } = plantedNetwork(31, 30, { k1: 1, k2: 30, shift: 0 });
  const own = phases(network, { k1: 1, k2: 1 });
  for (let m = 0; m < 30; m++) {
    assert.ok(Math.abs(wrapPhase(own.a[m] - own.b[m] - own.c[m])) < 1e-5);
  }
});

test('without the shift, a shifted rule leaves the residual 2πω·shift/P', () => {
  const { network, frequency } = plantedNetwork(31, 30, { k1: 1, k2: 1, shift: 5 });
  const { residual } = phases(network);
  for (let m = 0; m < 30; m++) {
    const expected = wrapPhase((2 * Math.PI * frequency[m] * 5) / 31);
    assert.ok(Math.abs(wrapPhase(residual[m] - expected)) < 1e-5);
  }
});

test('unrelated phases have a mean squared error of π²/3', () => {
  const { meanSquaredError } = phases(untrainedNetwork(31, 2000, 2));
  // The square of a uniform phase has standard deviation 2π²/(3√5) = 2.94; 4 standard errors.
  assert.ok(Math.abs(meanSquaredError - Math.PI ** 2 / 3) < (4 * 2.94) / Math.sqrt(2000));
});

test('wrapped phases lie in (−π, π] and differ by whole turns', () => {
  fc.assert(
    fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (angle) => {
      const wrapped = wrapPhase(angle);
      assert.ok(wrapped > -Math.PI && wrapped <= Math.PI);
      const turns = (angle - wrapped) / (2 * Math.PI);
      assert.ok(Math.abs(turns - Math.round(turns)) < 1e-12);
    }),
  );
  assert.equal(wrapPhase(-Math.PI), Math.PI);
  assert.equal(wrapPhase(Math.PI), Math.PI);
});

/** The largest error of the kernel's own exp, log and normal distribution, in units in the last place. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { erf } from '../../model/activation.ts';
import { loadAddon } from './addon.ts';
import { nativeInstructionSets, nativeUnavailable } from './index.ts';

const skip = nativeUnavailable() ?? false;

/** Φ(x) to double precision: series near 0, Laplace's continued fraction in the tail. */
function normalDistribution(x: number): number {
  if (x > -3) return 0.5 * (1 + erf(x / Math.SQRT2));
  let fraction = -x;
  for (let k = 200; k > 0; k--) fraction = -x + k / fraction;
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

function ulp(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
}

function largestError(
  which: number,
  exact: (x: number) => number,
  inputs: Float32Array,
  instructionSet: string,
): number {
  const { addon } = loadAddon();
  assert.ok(addon !== null);
  const out = new Float32Array(inputs.length);
  addon.applyFunction(addon.openEngine(instructionSet, 1), which, inputs, out);
  let most = 0;
  for (let i = 0; i < inputs.length; i++) {
    const expected = exact(inputs[i]);
    const error = Math.abs(out[i] - expected) / ulp(expected);
    if (!(error <= most)) most = error;
  }
  return most;
}

/** Evenly spaced inputs, neither ends nor steps of them round. */
function between(from: number, to: number, count = 200_003): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

describe('the largest error of', { skip }, () => {
  // The measured values are the same on every instruction set, as all bits are.
  for (const set of nativeInstructionSets()) {
    test(`exp on [−87, 0] is under 1.1 ulp (${set})`, () => {
      assert.ok(largestError(0, Math.exp, between(-87, 0), set) < 1.1);
      assert.ok(largestError(0, Math.exp, between(-1, 0), set) < 1.1);
    });
    test(`log on [1, 65536] is under 0.9 ulp (${set})`, () => {
      assert.ok(largestError(1, Math.log, between(1.0001, 65536), set) < 0.9);
      assert.ok(largestError(1, Math.log, between(1.0001, 3), set) < 0.9);
    });
    test(`Φ is under 7 ulp on [−12.5, 0] and under 4 ulp above (${set})`, () => {
      // Most of it is the rounding of u = 1/(1 + 0.27 t), to which Φ(−t) is three times as sensitive.
      assert.ok(largestError(2, normalDistribution, between(-12.5, 0), set) < 7);
      assert.ok(largestError(2, normalDistribution, between(-1, 0), set) < 7);
      assert.ok(largestError(2, normalDistribution, between(0, 12.5), set) < 4);
    });
    test(`the normal density on [−12.5, 12.5] is under 3 ulp (${set})`, () => {
      const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
      assert.ok(largestError(3, density, between(-12.5, 12.5), set) < 3);
    });
    test(`exp, Φ and density keep NaN, and far tails are 0 or 1 (${set})`, () => {
      const { addon } = loadAddon();
      assert.ok(addon !== null);
      const engine = addon.openEngine(set, 1);
      const out = new Float32Array(4);
      const input = Float32Array.of(Number.NaN, -1e30, 1e30, Number.NEGATIVE_INFINITY);
      for (const which of [0, 2, 3]) {
        addon.applyFunction(engine, which, input, out);
        assert.ok(Number.isNaN(out[0]));
        assert.ok(out[1] >= 0 && out[1] < 1e-37);
        if (which === 2) assert.equal(out[2], 1);
      }
    });
  }
});

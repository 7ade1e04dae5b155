import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initializeNetwork } from '../model/initialize.ts';
import type { Activation } from '../model/network.ts';
import { cleanNoisyMeans } from '../task/clean-noisy.ts';
import { generateDataset } from '../task/generate.ts';
import { createGenerator } from '../task/generator.ts';
import type { NoiseKind } from '../task/noise.ts';
import { parseOperation } from '../task/operation.ts';
import { trainingTable } from '../task/training-table.ts';
import { expectedSlopeGap } from './expected-slope.ts';
import { gradientSignal } from './gradient-signal.ts';
import { plainCompute } from './test-compute.ts';

const operation = parseOperation('add', 23);

/** Noisy minus clean mean of ⟨g_i, ḡ⟩ on a fresh table and fresh weights. */
function slopeGap(settings: {
  width: number;
  activation: Activation;
  noiseKind: NoiseKind;
  noiseRatio: number;
  trainFraction: number;
  seed: number;
}): number {
  const { modulus } = operation;
  const { seed, width, activation } = settings;
  const table = trainingTable(generateDataset(operation, { ...settings, validationFraction: 0 }));
  assert.ok(table !== null);
  const network = initializeNetwork(modulus, width, createGenerator(seed, 'weights'));
  const options = { activation, loss: 'cross-entropy', tied: false } as const;
  const { projection } = gradientSignal(network, table, options, plainCompute.multiply);
  const { clean, noisy } = cleanNoisyMeans(projection, table.isNoisy);
  return (noisy?.mean ?? Number.NaN) - (clean?.mean ?? Number.NaN);
}

const cases: { activation: Activation; noiseKind: NoiseKind; noiseRatio: number }[] = [
  { activation: 'relu', noiseKind: 'uniform', noiseRatio: 0.3 },
  { activation: 'quadratic', noiseKind: 'bijective', noiseRatio: 0.7 },
  { activation: 'reverse-relu', noiseKind: 'uniform-all', noiseRatio: 0.5 },
];
for (const { activation, noiseKind, noiseRatio } of cases) {
  test(`untrained networks learn noise faster or slower as predicted: ${activation}, ${noiseRatio} ${noiseKind}`, () => {
    const settings = { activation, noiseKind, noiseRatio, trainFraction: 0.7, width: 40 };
    const seeds = 100;
    const gaps = Float64Array.from({ length: seeds }, (_, seed) => slopeGap({ ...settings, seed }));
    const { clean: simulated } = cleanNoisyMeans(gaps, new Uint8Array(seeds));
    const expected = expectedSlopeGap(operation, settings) ?? Number.NaN;
    const standardError = simulated?.standardError ?? Number.NaN;
    assert.ok(Math.abs(expected) > 8 * standardError, 'the simulation is too short to tell');
    // Four standard errors over seeds, and the 1/P that the formula leaves out.
    const tolerance = 4 * standardError + Math.abs(expected) / operation.modulus;
    const difference = Math.abs((simulated?.mean ?? Number.NaN) - expected);
    assert.ok(difference < tolerance, `${simulated?.mean} instead of ${expected}`);
  });
}

test('the slope’s gap has the sign of the collisions’, and none is claimed without a closed form', () => {
  const settings = { width: 513, activation: 'relu', trainFraction: 0.8 } as const;
  const gap = (noiseKind: NoiseKind, noiseRatio: number) =>
    expectedSlopeGap(operation, { ...settings, noiseKind, noiseRatio });
  assert.ok((gap('bijective', 0.4) ?? 0) > 0);
  assert.equal(gap('bijective', 0.5), 0);
  assert.ok((gap('bijective', 0.6) ?? 0) < 0);
  assert.equal(gap('symmetric', 0.4), null);
  const gelu = { ...settings, activation: 'gelu', noiseKind: 'uniform', noiseRatio: 0.4 } as const;
  assert.equal(expectedSlopeGap(operation, gelu), null);
  assert.equal(expectedSlopeGap(parseOperation('mul', 23), { ...gelu, activation: 'relu' }), null);
});

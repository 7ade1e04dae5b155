import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanNoisyMeans } from './clean-noisy.ts';
import type { Dataset } from './dataset.ts';
import { generateDataset } from './generate.ts';
import { createGenerator } from './generator.ts';
import { expectedCollisions, labelCollisions } from './label-collisions.ts';
import type { NoiseKind } from './noise.ts';
import { parseOperation } from './operation.ts';
import { trainingTable } from './training-table.ts';

test('collisions are counted per row over the rows that share a token and the label', () => {
  const rows = {
    modulus: 4,
    a: Uint16Array.of(0, 0, 0, 1, 2, 3),
    b: Uint16Array.of(0, 1, 2, 0, 1, 3),
    label: Uint16Array.of(2, 2, 1, 2, 2, 2),
  };
  // (0,0) meets (0,1) by its a and (1,0) by its b; (0,1) meets (0,0) and (2,1); (0,2) and (3,3) nobody.
  assert.deepEqual([...labelCollisions(rows)], [2, 2, 0, 1, 1, 0]);
});

test('a Latin square without noise has no collision', () => {
  const table = tableOf('linear:2,5', { noiseRatio: 0, trainFraction: 1, seed: 0 });
  assert.ok(labelCollisions(table).every((count) => count === 0));
});

interface Draw {
  readonly noiseRatio: number;
  readonly trainFraction: number;
  readonly seed: number;
  readonly noiseKind?: NoiseKind;
}

function tableOf(task: string, { noiseKind = 'uniform', ...draw }: Draw) {
  const operation = parseOperation(task, 31);
  const table = trainingTable(
    generateDataset(operation, { ...draw, noiseKind, validationFraction: 0 }),
  );
  assert.ok(table !== null);
  return table;
}

/** Mean over tables of what `measure` finds in each, and its standard error from their spread. */
function simulate(tables: number, measure: (seed: number) => number) {
  const values = Float64Array.from({ length: tables }, (_, seed) => measure(seed));
  const { clean } = cleanNoisyMeans(values, new Uint8Array(tables));
  assert.ok(clean !== null && clean.standardError !== null);
  return { mean: clean.mean, standardError: clean.standardError };
}

/**
 * Five standard errors of the mean over tables. The terms that the formulas leave out are of 2/n, at most
 * 0.004 here.
 */
function assertNear(
  simulated: { mean: number; standardError: number },
  expected: number,
  what: string,
) {
  const tolerance = 5 * simulated.standardError + 0.004;
  assert.ok(tolerance < 0.08, `${what}: the simulation is too short to tell anything`);
  const difference = Math.abs(simulated.mean - expected);
  assert.ok(difference < tolerance, `${what}: ${simulated.mean} instead of ${expected}`);
}

const cases: { noiseKind: NoiseKind; task: string }[] = [
  { noiseKind: 'uniform', task: 'add' },
  { noiseKind: 'uniform', task: 'sub' },
  { noiseKind: 'uniform-all', task: 'add' },
  { noiseKind: 'symmetric', task: 'add' },
  { noiseKind: 'bijective', task: 'linear:2,3' },
];
for (const { noiseKind, task } of cases) {
  for (const [noiseRatio, trainFraction] of [
    [0.3, 1],
    [0.7, 0.8],
    [0.9, 0.8],
  ]) {
    test(`${noiseKind} noise of ${noiseRatio} on ${trainFraction} of ${task} collides as predicted`, () => {
      const settings = { noiseKind, noiseRatio, trainFraction };
      const expected = expectedCollisions(parseOperation(task, 31), settings);
      assert.ok(expected !== null);
      for (const part of ['clean', 'noisy'] as const) {
        const simulated = simulate(160, (seed) => {
          const table = tableOf(task, { ...settings, seed });
          return cleanNoisyMeans(labelCollisions(table), table.isNoisy)[part]?.mean ?? Number.NaN;
        });
        assertNear(simulated, expected[part], part);
      }
    });
  }
}

test('the differences are 2f(1 − αP/(P−1)), 2f(1−α) and 2f(1−2α)', () => {
  const operation = parseOperation('add', 31);
  for (const noiseRatio of [0.1, 0.5, 0.9]) {
    const difference = (noiseKind: NoiseKind) => {
      const expected = expectedCollisions(operation, { noiseKind, noiseRatio, trainFraction: 0.8 });
      return expected === null ? Number.NaN : expected.noisy - expected.clean;
    };
    // Rounding of a few double-precision operations on numbers below 2.
    const isNear = (x: number, y: number) => assert.ok(Math.abs(x - y) < 1e-14);
    isNear(difference('uniform'), 1.6 * (1 - (noiseRatio * 31) / 30));
    isNear(difference('symmetric'), 1.6 * (1 - (noiseRatio * 31) / 30));
    isNear(difference('uniform-all'), 1.6 * (1 - noiseRatio));
    isNear(difference('bijective'), 1.6 * (1 - 2 * noiseRatio));
  }
});

/** Labels of the full addition table with each row redrawn from all labels with probability α, and who was. */
function redrawnTable(modulus: number, noiseRatio: number, seed: number) {
  const generator = createGenerator(seed, 'redrawn');
  const pairs = Uint16Array.from({ length: modulus * modulus }, (_, pair) => pair);
  const a = pairs.map((pair) => Math.floor(pair / modulus));
  const b = pairs.map((pair) => pair % modulus);
  const redrawn = Uint8Array.from(pairs, () => (generator.uniform() < noiseRatio ? 1 : 0));
  const label = pairs.map((pair) =>
    redrawn[pair] === 1 ? generator.below(modulus) : (a[pair] + b[pair]) % modulus,
  );
  return { modulus, a, b, label, redrawn };
}

test('the follow-up’s 2(1−α)(1−1/P) holds between redrawn rows and the others, not between wrong and right labels', () => {
  const modulus = 7;
  const noiseRatio = 0.4;
  const gap = (isNoisyOf: (table: ReturnType<typeof redrawnTable>) => Uint8Array) =>
    simulate(4000, (seed) => {
      const table = redrawnTable(modulus, noiseRatio, seed);
      const { clean, noisy } = cleanNoisyMeans(labelCollisions(table), isNoisyOf(table));
      return (noisy?.mean ?? Number.NaN) - (clean?.mean ?? Number.NaN);
    });
  const ofRedrawn = gap(({ redrawn }) => redrawn);
  const ofWrong = gap(({ a, b, label }) =>
    Uint8Array.from(label, (c, row) => (c === (a[row] + b[row]) % modulus ? 0 : 1)),
  );
  assertNear(ofRedrawn, 2 * (1 - noiseRatio) * (1 - 1 / modulus), 'redrawn');
  assertNear(ofWrong, 2 * (1 - noiseRatio), 'wrong');
  assert.ok(ofWrong.mean - ofRedrawn.mean > 10 * ofWrong.standardError);
});

test('no closed form is claimed where there is none', () => {
  const settings = { noiseRatio: 0.3, trainFraction: 0.8 };
  const uniform = { ...settings, noiseKind: 'uniform' as const };
  const symmetric = { ...settings, noiseKind: 'symmetric' as const };
  assert.equal(expectedCollisions(parseOperation('mul', 31), uniform), null);
  assert.equal(expectedCollisions(parseOperation('linear:2,1', 12), uniform), null);
  assert.equal(expectedCollisions(parseOperation('linear:1,0', 31), uniform), null);
  assert.equal(expectedCollisions(parseOperation('sub', 31), symmetric), null);
  assert.notEqual(expectedCollisions(parseOperation('linear:2,2', 31), symmetric), null);
});

test('an unknown truth leaves neither clean nor noisy rows', () => {
  const dataset: Dataset = {
    modulus: 3,
    a: Uint16Array.of(0, 1),
    b: Uint16Array.of(0, 1),
    label: Uint16Array.of(0, 1),
    trueLabel: null,
    split: Uint8Array.of(0, 0),
  };
  assert.equal(trainingTable(dataset), null);
});

test('means and standard errors are those of the clean and the noisy rows', () => {
  const means = cleanNoisyMeans([1, 10, 3, 5], Uint8Array.of(0, 1, 0, 0));
  // 1, 3, 5: deviation 2, so 2/√3.
  assert.deepEqual(means, {
    clean: { rows: 3, mean: 3, standardError: Math.sqrt(4 / 3) },
    noisy: { rows: 1, mean: 10, standardError: null },
  });
  assert.equal(cleanNoisyMeans([1], Uint8Array.of(0)).noisy, null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { accuracies, type Dataset, rolesOf, splits } from './dataset.ts';
import { generateDataset } from './generate.ts';
import { createGenerator } from './generator.ts';
import { type NoiseKind, noiseKinds } from './noise.ts';
import { parseOperation } from './operation.ts';

const settings = {
  trainFraction: 0.8,
  validationFraction: 0.1,
  noiseRatio: 0.8,
  noiseKind: 'uniform' as NoiseKind,
  seed: 0,
};
const train = splits.indexOf('train');
const trainRows = (dataset: Dataset) =>
  [...dataset.split.keys()].filter((row) => dataset.split[row] === train);
const noisyRows = (dataset: Dataset) =>
  trainRows(dataset).filter((row) => dataset.label[row] !== dataset.trueLabel?.[row]);

test('the generator repeats its first draws, so old seeds keep their meaning', () => {
  const generator = createGenerator(0, 'split');
  assert.deepEqual(
    [generator.uint32(), generator.uint32(), generator.uint32()],
    [1227230381, 4038547666, 1100145194],
  );
});

test('streams and seeds differ from each other', () => {
  const firsts = [0, 1, 2 ** 32, 2 ** 53 - 1].flatMap((seed) =>
    ['split', 'noise', 'weights'].map((stream) => createGenerator(seed, stream).uint32()),
  );
  assert.equal(new Set(firsts).size, firsts.length);
});

test('draws below n are uniform', () => {
  const generator = createGenerator(7, 'test');
  const counts = new Array(6).fill(0);
  const draws = 60_000;
  for (let i = 0; i < draws; i++) counts[generator.below(6)]++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - draws / 6) ** 2 / (draws / 6), 0);
  // 99.9 % point of χ² with 5 degrees of freedom.
  assert.ok(chiSquare < 20.5, `χ² = ${chiSquare}`);
});

test('a seed that is not a non-negative safe integer is refused', () => {
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => createGenerator(seed, 'split'), RangeError);
  }
});

test('operations give the residues they are named for', () => {
  const apply = (text: string, a: number, b: number) => parseOperation(text, 113).apply(a, b);
  assert.equal(apply('add', 100, 20), 7);
  assert.equal(apply('sub', 3, 5), 111);
  assert.equal(apply('mul', 12, 10), 7);
  assert.equal(apply('linear:2,-3', 1, 1), 112);
  assert.deepEqual(parseOperation('sub', 59).coefficients, { k1: 1, k2: 58 });
  assert.equal(parseOperation('mul', 59).coefficients, null);
});

test('operations of other groups give what they are named for', () => {
  for (let a = 0; a < 32; a++) {
    for (let b = 0; b < 32; b++) {
      assert.equal(parseOperation('xor', 32).apply(a, b), a ^ b);
      // Z_4×Z_8: the eights and the rest add up apart.
      const sum = 8 * (((a >> 3) + (b >> 3)) % 4) + ((a + b) % 8);
      assert.equal(parseOperation('product:4x8', 32).apply(a, b), sum);
    }
  }
  const { apply } = parseOperation('div', 31);
  for (let a = 0; a < 31; a++) {
    assert.equal(apply(a, 0), null);
    for (let b = 1; b < 31; b++) assert.equal(((apply(a, b) ?? 0) * b) % 31, a);
  }
  const table = parseOperation('cayley:0,1,2/1,,0/2,0,1', 3);
  assert.deepEqual([table.apply(0, 2), table.apply(1, 1), table.apply(2, 1)], [2, null, 0]);
  assert.deepEqual(parseOperation('div', 31).rule, { basis: 'multiplicative', k1: 1, k2: 29 });
  assert.equal(parseOperation('product:2x2x2', 8).rule?.basis, 'xor');
});

test('a task is split and corrupted over the pairs on which it is defined', () => {
  const dataset = generateDataset(parseOperation('div', 11), settings);
  assert.equal(dataset.a.length, 110);
  assert.equal(trainRows(dataset).length, 88);
  assert.equal(noisyRows(dataset).length, Math.round(0.8 * 88));
});

test('unknown tasks and moduli are refused', () => {
  for (const [text, modulus] of [
    ['power', 59],
    ['linear:1', 59],
    ['linear:59,0', 59],
    ['add', 2],
    ['add', 7.5],
    ['div', 12],
    ['xor', 31],
    ['product:4x8', 31],
    ['product:32', 32],
    ['cayley:0,1/1,0', 3],
    ['cayley:0,1,2/1,2,3/2,0,1', 3],
    ['cayley:,,/,,/,,', 3],
  ] as const) {
    assert.throws(() => parseOperation(text, modulus), InputError);
  }
});

test('the split has exactly the sizes asked for', () => {
  const dataset = generateDataset(parseOperation('add', 113), settings);
  const sizes = splits.map((_, index) => dataset.split.filter((split) => split === index).length);
  assert.deepEqual(sizes, [10215, 1277, 1277]);
});

test('every kind of noise leaves validation and test labels clean', () => {
  for (const noiseKind of noiseKinds) {
    const dataset = generateDataset(parseOperation('sub', 31), { ...settings, noiseKind });
    for (let row = 0; row < dataset.a.length; row++) {
      if (dataset.split[row] !== train) assert.equal(dataset.label[row], dataset.trueLabel?.[row]);
    }
  }
});

test('exactly round(α·n) training rows are wrong, for any modulus, task, ratio and seed', () => {
  const kind = fc.constantFrom<NoiseKind>('uniform', 'symmetric', 'bijective');
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 20 }),
      fc.constantFrom('add', 'sub', 'mul', 'linear:2,3'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      kind,
      fc.nat(),
      (modulus, task, noiseRatio, noiseKind, seed) => {
        const dataset = generateDataset(parseOperation(task, modulus), {
          ...settings,
          noiseRatio,
          noiseKind,
          seed,
        });
        const n = trainRows(dataset).length;
        assert.equal(noisyRows(dataset).length, Math.round(noiseRatio * n));
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

test('uniform noise hits every wrong label equally often', () => {
  const modulus = 101;
  const dataset = generateDataset(parseOperation('add', modulus), { ...settings, noiseRatio: 1 });
  const counts = new Array(modulus).fill(0);
  for (const row of noisyRows(dataset)) {
    counts[(dataset.label[row] - (dataset.trueLabel?.[row] ?? 0) + modulus) % modulus]++;
  }
  assert.equal(counts[0], 0);
  const expected = trainRows(dataset).length / (modulus - 1);
  const chiSquare = counts
    .slice(1)
    .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 99.9 % point of χ² with 99 degrees of freedom.
  assert.ok(chiSquare < 148.2, `χ² = ${chiSquare}`);
});

test('uniform-all noise leaves about 1/P of its rows right by luck', () => {
  const modulus = 41;
  const dataset = generateDataset(parseOperation('add', modulus), {
    ...settings,
    noiseRatio: 1,
    noiseKind: 'uniform-all',
  });
  const n = trainRows(dataset).length;
  const right = n - noisyRows(dataset).length;
  // Four standard deviations of the binomial.
  assert.ok(Math.abs(right - n / modulus) < 4 * Math.sqrt(n / modulus));
});

test('symmetric noise gives mirrored training pairs the same wrong label', () => {
  for (const task of ['add', 'sub']) {
    const modulus = 23;
    const dataset = generateDataset(parseOperation(task, modulus), {
      ...settings,
      noiseKind: 'symmetric',
    });
    const noisy = new Set(noisyRows(dataset));
    let twins = 0;
    for (const row of noisy) {
      const mirror = dataset.b[row] * modulus + dataset.a[row];
      if (dataset.split[mirror] !== train || mirror === row) continue;
      twins++;
      assert.ok(noisy.has(mirror));
      assert.equal(dataset.label[row], dataset.label[mirror]);
    }
    assert.ok(twins > 100);
  }
});

test('bijective noise shifts every corrupted label by the same amount', () => {
  const dataset = generateDataset(parseOperation('add', 31), {
    ...settings,
    noiseKind: 'bijective',
  });
  const shifts = noisyRows(dataset).map(
    (row) => (dataset.label[row] - (dataset.trueLabel?.[row] ?? 0) + 31) % 31,
  );
  assert.equal(new Set(shifts).size, 1);
});

test('changing the noise leaves the split alone, and the other way round the streams are independent', () => {
  const operation = parseOperation('add', 31);
  const one = generateDataset(operation, settings);
  const other = generateDataset(operation, {
    ...settings,
    noiseRatio: 0.3,
    noiseKind: 'bijective',
  });
  assert.deepEqual(one.split, other.split);
  const another = generateDataset(operation, { ...settings, seed: 1 });
  assert.notDeepEqual(one.split, another.split);
});

test('the wrong answers of a perfect rule are exactly the noisy rows', () => {
  const dataset = generateDataset(parseOperation('add', 31), settings);
  const answers = Uint16Array.from({ length: 31 * 31 }, (_, pair) => {
    return (Math.floor(pair / 31) + (pair % 31)) % 31;
  });
  assert.deepEqual(accuracies(answers, rolesOf(dataset)), {
    cleanTrain: 1,
    noisyTrain: 0,
    noisyTrue: 1,
    validation: 1,
    test: 1,
  });
});

test('without true labels nobody can tell clean rows from noisy ones', () => {
  const dataset = generateDataset(parseOperation('add', 11), settings);
  const roles = rolesOf({ ...dataset, trueLabel: null });
  assert.equal(roles.cleanTrain, null);
  assert.equal(roles.noisyTrain, null);
  assert.equal(roles.noisyTrue, null);
  assert.notEqual(roles.test, null);
});

test('held-out pairs are all that were not trained on, whether a file lists them or not', () => {
  const known = generateDataset(parseOperation('add', 11), settings);
  const rows = trainRows(known);
  const of = (column: Uint16Array) => Uint16Array.from(rows, (row) => column[row]);
  const trainAlone = {
    modulus: 11,
    a: of(known.a),
    b: of(known.b),
    label: of(known.label),
    trueLabel: null,
    split: new Uint8Array(rows.length).fill(train),
  };
  const { test, heldOut } = rolesOf(trainAlone);
  assert.equal(test, null);
  assert.deepEqual(heldOut, rolesOf(known).heldOut);
  assert.deepEqual(
    [...(heldOut?.pair ?? []), ...rows].sort((x, y) => x - y),
    [...Array(121).keys()],
  );
});

test('without training rows, only listed pairs are known to be held out; trained on all, none is', () => {
  const dataset = (split: number) => ({
    modulus: 2,
    a: Uint16Array.of(0, 0, 1, 1),
    b: Uint16Array.of(0, 1, 0, 1),
    label: Uint16Array.of(0, 1, 1, 0),
    trueLabel: null,
    split: new Uint8Array(4).fill(split),
  });
  const { a, b, label, split, ...rest } = dataset(splits.indexOf('test'));
  const [first, second] = [a, b].map((column) => column.subarray(1, 3));
  const part = {
    ...rest,
    a: first,
    b: second,
    label: label.subarray(1, 3),
    split: split.subarray(1, 3),
  };
  assert.deepEqual(rolesOf(part).heldOut?.pair, Uint32Array.of(1, 2));
  assert.equal(rolesOf(dataset(train)).heldOut, null);
});

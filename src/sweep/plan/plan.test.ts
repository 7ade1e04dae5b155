import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { settingNames } from '../../train/setting-kinds.ts';
import { completeSettings } from '../../train/settings.ts';
import { parseSweep, readSweepFile } from './plan.ts';
import { extractNames } from './sweep-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'undertone-sweep-'));
after(() => rmSync(folder, { recursive: true }));

const plan = (text: string) => parseSweep(text, join(folder, 'study.yaml'));
const axesOf = (text: string) => plan(text).runs.map(({ axes }) => axes);

test('base settings alone are one run, completed as train does', () => {
  const { runs, axes, name, extract, keep, measureEvery, notices } = plan(
    'base: { modulus: 59, noiseRatio: 0.8, steps: 2000, learningRate: 1e-3 }',
  );
  assert.deepEqual(
    runs.map(({ settings }) => settings),
    [completeSettings({ modulus: 59, noiseRatio: 0.8, steps: 2000 })],
  );
  assert.deepEqual(
    [name, axes, extract, keep, measureEvery, notices],
    ['study', [], [], 'weights', null, []],
  );
});

test('a grid is every combination, the last setting named varying fastest', () => {
  assert.deepEqual(axesOf('grid:\n  width: [33, 65]\n  seed: [0, 1]\n  noiseRatio: [0.5]'), [
    { width: 33, seed: 0 },
    { width: 33, seed: 1 },
    { width: 65, seed: 0 },
    { width: 65, seed: 1 },
  ]);
  assert.deepEqual(axesOf('grid:\n  seed: [0, 1]\n  width: [33, 65]')[1], { seed: 0, width: 65 });
});

test('axes hold the values in the order in which runs have them', () => {
  assert.deepEqual(plan('grid: { width: [65, 33], optimizer: [sgd, adamw] }').axes, [
    { name: 'width', values: [65, 33] },
    { name: 'optimizer', values: ['sgd', 'adamw'] },
  ]);
});

test('every run gets the defaults of its optimizer', () => {
  const { runs } = plan('grid: { optimizer: [adamw, sgd, muon] }');
  assert.deepEqual(
    runs.map(({ settings }) => settings.learningRate),
    [1e-3, 0.5, 0.02],
  );
});

const ranges: [string, string, unknown[]][] = [
  [
    'noiseRatio',
    '{ from: 0, to: 0.9, count: 10 }',
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  ],
  ['noiseRatio', '{ from: 0, to: 0.3, step: 0.1 }', [0, 0.1, 0.2, 0.3]],
  ['noiseRatio', '{ from: 0.5, count: 3, step: -0.25 }', [0.5, 0.25, 0]],
  ['learningRate', '{ from: 1e-4, to: 0.1, count: 4, scale: log }', [1e-4, 1e-3, 0.01, 0.1]],
  ['width', '{ from: 1, to: 8, count: 6, scale: log }', [1, 2, 3, 5, 8]],
  ['width', '{ from: 17, to: 4097, count: 3, scale: log }', [17, 264, 4097]],
  ['width', '{ from: 33, to: 129, step: 32 }', [33, 65, 97, 129]],
  ['width', '{ from: 33, to: 130, step: 32 }', [33, 65, 97, 129]],
  ['seed', '{ from: 3, count: 3 }', [3, 4, 5]],
  ['seed', '{ from: 3, to: 1 }', [3, 2, 1]],
  ['seed', '{ from: 0, to: 1 }', [0, 1]],
];
for (const [name, range, values] of ranges) {
  test(`${name}: ${range} is ${values.join(', ')}`, () => {
    assert.deepEqual(plan(`grid: { ${name}: ${range} }`).axes[0].values, values);
  });
}

test('zipped settings vary together, groups multiply', () => {
  const text = `
zip:
  - optimizer: [adamw, sgd]
    learningRate: [1e-3, 0.5]
  - width: [33, 65]
    steps: { from: 100, count: 2, step: 100 }
grid: { seed: [0, 1] }`;
  const values = axesOf(text).map((axes) => Object.values(axes).join(' '));
  assert.deepEqual(values, [
    'adamw 0.001 33 100 0',
    'adamw 0.001 33 100 1',
    'adamw 0.001 65 200 0',
    'adamw 0.001 65 200 1',
    'sgd 0.5 33 100 0',
    'sgd 0.5 33 100 1',
    'sgd 0.5 65 200 0',
    'sgd 0.5 65 200 1',
  ]);
});

test('entries of a list are combined with the grid; what one leaves out has its default', () => {
  assert.deepEqual(
    axesOf('list: [{ activation: gelu }, { tied: true }, {}]\ngrid: { seed: [0, 1] }').slice(0, 5),
    [
      { activation: 'gelu', tied: false, seed: 0 },
      { activation: 'gelu', tied: false, seed: 1 },
      { activation: 'relu', tied: true, seed: 0 },
      { activation: 'relu', tied: true, seed: 1 },
      { activation: 'relu', tied: false, seed: 0 },
    ],
  );
});

test('conditions change or leave out runs, in their order, each seeing what those before it set', () => {
  const text = `
grid:
  optimizer: [adamw, sgd]
  width: [33, 513, 1025]
when:
  - if: { optimizer: sgd }
    set: { steps: 5000 }
  - if: { width: ">= 1025", steps: 5000 }
    skip: true
  - if: { width: [33, 34], learningRate: "< 0.1" }
    set: { seed: 7 }`;
  assert.deepEqual(axesOf(text), [
    { optimizer: 'adamw', width: 33, steps: 2000, seed: 7 },
    { optimizer: 'adamw', width: 513, steps: 2000, seed: 0 },
    { optimizer: 'adamw', width: 1025, steps: 2000, seed: 0 },
    { optimizer: 'sgd', width: 33, steps: 5000, seed: 0 },
    { optimizer: 'sgd', width: 513, steps: 5000, seed: 0 },
  ]);
});

test('comparisons hold as they say', () => {
  const kept = (condition: string) =>
    plan(
      `grid: { width: [1, 2, 3] }\nlist: [{}, { batchSize: 2 }]\nwhen: [{ if: { ${condition} }, set: { seed: 1 } }]`,
    )
      .runs.filter(({ settings }) => settings.seed === 1)
      .map(({ settings }) => `${settings.width}${settings.batchSize ?? ''}`)
      .join(' ');
  assert.equal(kept('width: ">2"'), '3 32');
  assert.equal(kept('width: ">= 2"'), '2 3 22 32');
  assert.equal(kept('width: "<2"'), '1 12');
  assert.equal(kept('width: "<= 2.5"'), '1 2 12 22');
  assert.equal(kept('width: "!= 2"'), '1 3 12 32');
  assert.equal(kept('batchSize: null'), '1 2 3');
  assert.equal(kept('batchSize: "!= null"'), '12 22 32');
  assert.equal(kept('batchSize: "< 5"'), '12 22 32');
  assert.equal(kept('activation: "!= gelu", tied: "!= true", width: 2'), '2 22');
});

test('equal runs are merged, and that is said', () => {
  const { runs, notices } = plan(
    'grid: { optimizer: [adamw, sgd], width: [33, 33] }\nwhen: [{ if: { seed: 5 }, skip: true }]',
  );
  assert.equal(runs.length, 2);
  assert.deepEqual(notices, [
    '2 of 4 combinations are equal to another; each is run once.',
    `The condition in line 2 of ${join(folder, 'study.yaml')} never holds.`,
  ]);
});

test('random draws are combined with the grid and come from their seed alone', () => {
  const text = (count: number, rest = '') => `
random:
  count: ${count}
  settings:
    learningRate: { from: 1e-4, to: 1e-1, scale: log }
    ${rest}width: [33, 65]
grid: { seed: [0, 1] }`;
  const ten = plan(text(10)).runs;
  assert.equal(ten.length, 20);
  assert.deepEqual(plan(text(12)).runs.slice(0, 20), ten);
  const more = plan(text(10, 'momentum: { from: 0, to: 0.99 }\n    ')).runs;
  const drawn = (runs: typeof ten) => runs.map(({ axes }) => [axes.learningRate, axes.width]);
  assert.deepEqual(drawn(more), drawn(ten));
  const other = plan(text(10).replace('count: 10', 'count: 10\n  seed: 1')).runs;
  assert.notDeepEqual(drawn(other), drawn(ten));
});

test('the number of runs is the product of all lengths, less what is skipped', () => {
  const widths = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 });
  const seeds = fc.record({ from: fc.nat(9), count: fc.integer({ min: 1, max: 4 }) });
  const ratios = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 });
  const tied = fc.constantFrom([true], [false], [true, false]);
  const sample = fc.record({ widths, seeds, ratios, tied, draws: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(sample, ({ widths, seeds, ratios, tied, draws }) => {
      const file = {
        base: { modulus: 31 },
        grid: { tied, width: widths, seed: seeds },
        zip: { noiseRatio: ratios.map((r) => r / 100), steps: ratios },
        random: { count: draws, settings: { learningRate: { from: 0.1, to: 0.2 } } },
      };
      const all = plan(stringify(file));
      const count = tied.length * widths.length * seeds.count * ratios.length * draws;
      assert.equal(all.runs.length, count);
      assert.deepEqual(plan(JSON.stringify(file)).runs, all.runs);
      const rest = plan(
        stringify({ ...file, when: [{ if: { seed: seeds.from }, set: { task: 'sub' } }] }),
      );
      assert.equal(rest.runs.length, count);
      if (seeds.count > 1) {
        const skipped = { ...file, when: [{ if: { seed: seeds.from }, skip: true }] };
        assert.equal(plan(stringify(skipped)).runs.length, count - count / seeds.count);
      }
    }),
    { numRuns: 30, seed: 3 },
  );
});

test('any settings go through a file unchanged', () => {
  const settings = fc.record(
    {
      task: fc.constantFrom('add', 'sub', 'linear:2,3'),
      modulus: fc.integer({ min: 5, max: 1024 }),
      noiseRatio: fc.double({ min: 0, max: 1, noNaN: true }),
      width: fc.integer({ min: 1, max: 65536 }),
      optimizer: fc.constantFrom('adamw', 'adam', 'sgd', 'muon'),
      learningRate: fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
      batchSize: fc.option(fc.integer({ min: 1, max: 1000 })),
      seed: fc.maxSafeNat(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(settings, (base) => {
      const expected = completeSettings(base as Parameters<typeof completeSettings>[0]);
      assert.deepEqual(plan(stringify({ base })).runs[0].settings, positiveZero(expected));
    }),
    { numRuns: 100, seed: 4 },
  );
});

/** −0 is written as 0 in some places and as −0 in others; both train the same. */
function positiveZero<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

test('a data set is found from the folder of the file; its task is unknown unless given', () => {
  writeFileSync(join(folder, 'rows.csv'), 'a,b,label\n0,1,1\n1,2,0\n');
  const { runs } = plan('base: { dataset: rows.csv, modulus: 5 }\ngrid: { width: [3, 5] }');
  assert.deepEqual(
    runs.map(({ settings }) => [settings.dataset, settings.task]),
    runs.map(() => [join(folder, 'rows.csv'), null]),
  );
  const mixed = plan('base: { modulus: 5 }\ngrid: { dataset: [null, rows.csv] }');
  assert.deepEqual(
    mixed.runs.map(({ settings, axes }) => [settings.task, axes.dataset]),
    [
      ['add', null],
      [null, 'rows.csv'],
    ],
  );
});

test('a Cayley table is read from the folder of the file and brings its modulus', () => {
  writeFileSync(join(folder, 'table.csv'), '0,1,2\n1,2,0\n2,0,1\n');
  const { runs, axes } = plan('grid: { task: [cayley:table.csv, add] }');
  assert.deepEqual(
    runs.map(({ settings }) => [settings.task, settings.modulus]),
    [
      ['cayley:0,1,2/1,2,0/2,0,1', 3],
      ['add', 113],
    ],
  );
  assert.deepEqual(axes[0].values, ['cayley:table.csv', 'add']);
});

test('what is extracted and kept is told; all is every method', () => {
  const chosen = plan(
    'extract: [triad-filtration, scan]\nkeep: metrics\nmeasureEvery: 50\nname: A.b-1',
  );
  assert.deepEqual(chosen.extract, ['scan', 'triad-filtration']);
  assert.deepEqual([chosen.keep, chosen.measureEvery, chosen.name], ['metrics', 50, 'A.b-1']);
  assert.deepEqual(plan('extract: all').extract, extractNames);
});

test('anchors and aliases stand for what they name', () => {
  const { runs } = plan('zip: { width: &values [33, 65], steps: *values }');
  assert.deepEqual(runs[1].axes, { width: 65, steps: 65 });
});

test('the name of a file makes the name of its sweep', () => {
  for (const [filename, name] of [
    ['/a/width study.yaml', 'width-study'],
    ['b.YML', 'b'],
    ['_é.json', 'sweep'],
    ['.hidden.yaml', 'hidden'],
  ]) {
    assert.equal(parseSweep('base: {}', filename).name, name);
  }
});

test('the examples plan', () => {
  const examples = new URL('../../../examples/', import.meta.url).pathname;
  const counts = { 'double-descent.yaml': 54, 'tiny-sweep.yaml': 8 };
  for (const [file, count] of Object.entries(counts)) {
    const { runs, notices } = readSweepFile(join(examples, file));
    assert.equal(runs.length, count);
    assert.deepEqual(notices, []);
    assert.match(readFileSync(join(examples, file), 'utf8'), /\$schema=\.\.\/docs\/sweep\.schema/);
  }
});

test('the files in docs/sweeps.md plan, to as many runs as it says', () => {
  const page = readFileSync(new URL('../../../docs/sweeps.md', import.meta.url), 'utf8');
  const files = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text);
  assert.deepEqual(
    files.map((text) => plan(text).runs.length),
    [45, 12, 100, 1],
  );
});

test('100,000 runs are planned', () => {
  const { runs } = plan('grid: { width: { from: 1, to: 1000 }, seed: { from: 0, count: 100 } }');
  assert.equal(runs.length, 100_000);
  assert.deepEqual(Object.keys(runs[99_999].settings), settingNames);
  assert.deepEqual(runs[99_999].axes, { width: 1000, seed: 99 });
});

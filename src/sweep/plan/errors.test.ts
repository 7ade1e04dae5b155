import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../../errors.ts';
import { parseSweep, readSweepFile } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'undertone-sweep-errors-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'rows.csv'), 'a,b,label\n0,1,9\n');
writeFileSync(join(folder, 'odd.csv'), '0,1\n1\n');
writeFileSync(join(folder, 'table.csv'), '0,1,2\n1,2,0\n2,0,1\n');

/** The message of the error, without the folder. */
function refusal(text: string): string {
  try {
    parseSweep(text, join(folder, 'x.yaml'));
  } catch (error) {
    assert.ok(error instanceof InputError, String((error as Error).stack));
    return error.message.replaceAll(`${folder}/`, '');
  }
  assert.fail(`not refused: ${text}`);
}

const cases: [string, RegExp][] = [
  // The form.
  [
    'gird: { width: [33] }',
    /^x.yaml:1:1: expected one of name, base, .*, got "gird"\. Did you mean grid\?/,
  ],
  ['base:\n  widht: 33', /^x.yaml:2:3: expected a setting, got "widht"\. Did you mean width\?/],
  ['base:\n  noise-ratio: 1', /^x.yaml:2:3: .* Did you mean noiseRatio\?/],
  ['base:\n  epochs: 3', /got "epochs"\. The settings are task, modulus, /],
  ['list: [{ width: 3 }, { stps: 3 }]', /^x.yaml:1:24: .* Did you mean steps\?/],
  ['zip: { widht: [3] }', /^x.yaml:1:8: expected a setting, got "widht"/],
  ['zip: [{ widht: [3] }]', /^x.yaml:1:9: expected a setting, got "widht"/],
  ['base: 3', /^x.yaml:1:7: base: expected settings, such as width: 33, got 3\./],
  ['base:', /base: expected settings, such as width: 33, got nothing/],
  ['', /^x.yaml:1:1: expected keys such as base and grid, got nothing/],
  ['[1]', /^x.yaml:1:1: expected keys such as base and grid, got a list/],
  [
    'base: { steps: many }',
    /^x.yaml:1:16: steps: expected a whole number from 0 to 100000000, got "many"/,
  ],
  ['base: { steps: 1.5 }', /steps: expected a whole number .*, got 1\.5/],
  ['base: { noiseRatio: 1.5 }', /noiseRatio: expected a number from 0 to 1, got 1\.5/],
  ['base: { learningRate: .inf }', /learningRate: expected a number above 0, got Infinity/],
  ['base: { learningRate: .nan }', /learningRate: expected a number above 0, got NaN/],
  ['base: { tied: yes }', /tied: expected true or false, got "yes"/],
  ['base: { optimizer: adamv }', /optimizer: expected one of adamw, adam, sgd, muon, got "adamv"/],
  ['base: { init: gaussian:9 }', /init: expected pytorch or gaussian:GAMMA .*, got "gaussian:9"/],
  ['base: { width: [33] }', /width: expected a whole number from 1 to 65536, got a list/],
  ['base: { seed: 9007199254740993 }', /seed: expected a whole number of at least 0/],
  [
    'grid:\n  width: 33',
    /^x.yaml:2:10: width: expected a list of values, or a range such as \{ from: 0, count: 5 \}, got 33/,
  ],
  [
    'grid:\n  width: [33, x]',
    /^x.yaml:2:15: width: expected a whole number from 1 to 65536, got "x"/,
  ],
  ['grid:\n  width: []', /^x.yaml:2:10: width: expected at least one value, got an empty list/],
  ['grid: { task: { from: 1 } }', /task: expected a list of values, got a mapping/],
  [
    'grid: { width: { from: 1, too: 3 } }',
    /^x.yaml:1:27: expected one of from, to, count, step, scale, got "too"/,
  ],
  ['grid: { width: { to: 3 } }', /from: expected a number, got nothing/],
  [
    'grid: { width: { from: 1, to: 9, count: 0 } }',
    /count: expected a number of at least 1, got 0/,
  ],
  ['grid: { width: { from: 1, to: 9, scale: lin } }', /scale: expected linear or log, got "lin"/],
  ['zip: 5', /^x.yaml:1:6: zip: expected a group of settings, or a list of groups, got 5/],
  ['zip: { width: [1, x] }', /^x.yaml:1:19: width: expected a whole number/],
  ['random: { settings: { width: [3] } }', /count: expected a number, got nothing/],
  ['random: { count: 3, settings: {} }', /settings: expected at least one to draw, got none/],
  ['random: { count: 3, settings: { width: { from: 1 } } }', /to: expected a number, got nothing/],
  [
    'random: { count: 3, settings: { width: { from: 1, to: 3, count: 3 } } }',
    /expected one of from, to, scale, got "count"/,
  ],
  ['when: { if: { width: 3 } }', /when: expected a list of conditions/],
  [
    'when:\n  - set: { steps: 3 }',
    /^x.yaml:2:5: if: expected settings, such as width: 33, got nothing/,
  ],
  [
    'when: [{ if: { width: abc }, skip: true }]',
    /width: expected a whole number .*, a list of such, or a comparison in quotes such as ">= 513", got "abc"/,
  ],
  ['when: [{ if: { width: [1, a] }, skip: true }]', /^x.yaml:1:27: width: expected a whole number/],
  [
    'when: [{ if: { width: ">= wide" }, skip: true }]',
    /width: expected after >= a whole number from 1 to 65536, got ">= wide"/,
  ],
  [
    'when: [{ if: { activation: "> relu" }, skip: true }]',
    /activation: expected a value, a list of values or "!= …", got "> relu"/,
  ],
  [
    'when: [{ if: { activation: "!= rleu" }, skip: true }]',
    /activation: expected after != one of relu,/,
  ],
  ['when: [{ if: { width: 3 } }]', /^x.yaml:1:8: expected either set or skip: true beside if/],
  ['when: [{ if: { width: 3 }, set: { steps: 3 }, skip: true }]', /expected either set or skip/],
  ['when: [{ if: { width: 3 }, skip: false }]', /skip: expected true, got false/],
  ['when: [{ if: {}, skip: true }]', /if: expected at least one setting/],
  ['extract: [triad]', /extract: expected all, or a list of scan, raw, .*, got "triad"/],
  ['extract: triad', /extract: expected all, or a list/],
  ['keep: all', /keep: expected weights or metrics, got "all"/],
  ['measureEvery: 0', /measureEvery: expected a whole number of at least 1, got 0/],
  ['name: my study', /name: expected at most 64 letters, .*, got "my study"/],
  ['__proto__: { width: 3 }', /^x.yaml:1:1: expected one of name, .*, got "__proto__"/],
  ['base: { constructor: 3 }', /expected a setting, got "constructor"/],
  // The YAML.
  ['base: { steps: 3 }\nbase: { steps: 4 }', /^x.yaml:2:1: the key base is given twice/],
  ['base:\n  steps: 3\n  steps: 4', /^x.yaml:3:3: the key steps is given twice/],
  [
    'base: { steps: !!binary x }',
    /Unresolved tag: tag:yaml.org,2002:binary; expected plain YAML without tags/,
  ],
  ['base: !own { steps: 3 }', /Unresolved tag: !own/],
  ['base: *nowhere', /^x.yaml:1:7: unknown alias \*nowhere: expected &nowhere above/],
  ['base: &b { steps: *b }', /\*b stands within what it stands for/],
  ['base: { <<: 3 }', /expected a setting, got "<<"/],
  ['base:\n\tsteps: 3', /^x.yaml:2:1: expected YAML: tabs are not allowed as indentation/],
  ['base: [1', /^x.yaml:1:9: expected YAML: /],
  ['base: {}\n---\nbase: {}', /^x.yaml:2:1: expected one document, got a second one/],
  [
    'when: [{ if: { width: >= 513 }, skip: true }]',
    /expected a comparison in quotes, such as ">= 513": YAML gives > a meaning/,
  ],
  ['when:\n  - if:\n      width: >= 513', /^x.yaml:3:\d+: expected a comparison in quotes/],
  ['when: [{ if: { task: != add }, skip: true }]', /expected a comparison in quotes/],
  // Values.
  ['grid: { width: { from: 1 } }', /width: expected to or count beside from/],
  [
    'grid: { noiseRatio: { from: 0, to: 1 } }',
    /noiseRatio: expected step or count beside from and to/,
  ],
  ['grid: { width: { from: 1, to: 9, count: 3, step: 4 } }', /expected two of to, count and step/],
  ['grid: { width: { from: 1, to: 9, step: 0 } }', /expected a step other than 0/],
  [
    'grid: { width: { from: 1, to: 9, step: 0.5 } }',
    /expected step to be a whole number, got 0\.5/,
  ],
  ['grid: { width: { from: 1.5, to: 9 } }', /expected from to be a whole number, got 1\.5/],
  [
    'grid: { width: { from: 1, to: 9, step: -1 } }',
    /expected a step that leads from 1 to 9, got -1/,
  ],
  [
    'grid: { width: { from: 0, to: 9 } }',
    /^x.yaml:1:16: width: expected width to be a whole number from 1 to 65536, but the range has 0/,
  ],
  ['grid: { noiseRatio: { from: 0, to: 1.5, count: 3 } }', /but the range has 1\.5/],
  ['grid: { seed: { from: 0, to: 1000000000 } }', /expected at most 100000 values, got 1000000001/],
  [
    'grid: { learningRate: { from: 0, to: 1, count: 3, scale: log } }',
    /expected from and to above 0 with scale: log/,
  ],
  [
    'grid: { learningRate: { from: 1, step: 2, count: 3, scale: log } }',
    /expected from, to and count with scale: log/,
  ],
  ['grid: { noiseRatio: { from: 0, to: 1, count: 1 } }', /expected a count of at least 2/],
  [
    'random: { count: 3, settings: { width: { from: 9, to: 3 } } }',
    /^x.yaml:1:40: width: expected from below to, got 9 and 3/,
  ],
  [
    'random: { count: 3, settings: { width: { from: 0, to: 3 } } }',
    /expected width to be a whole number from 1 to 65536, got 0/,
  ],
  [
    'random: { count: 3, settings: { noiseRatio: { from: 0, to: 1, scale: log } } }',
    /expected from above 0 with scale: log/,
  ],
  // The whole.
  [
    'base: { width: 3 }\ngrid: { width: [3] }',
    /^x.yaml:2:9: width is given twice, here and under base; expected it in one place/,
  ],
  ['grid: { width: [3] }\nzip: { width: [3] }', /width is given twice, here and under zip/],
  ['grid: { width: [3] }\nlist: [{}, { width: 3 }]', /width is given twice, here and under list/],
  [
    'zip:\n  - { width: [3] }\n  - { width: [3] }',
    /^x.yaml:3:7: width is given twice, here and under zip/,
  ],
  [
    'zip:\n  width: [3, 4]\n  steps: [1, 2, 3]',
    /^x.yaml:3:3: expected as many values as width has in this group, 2, got 3/,
  ],
  [
    'grid:\n  width: { from: 1, to: 1000 }\n  seed: { from: 0, count: 101 }',
    /^x.yaml:1:1: expected at most 100000 combinations, got 1000 × 101 = 101000/,
  ],
  [
    'base: { trainFraction: 0.9 }\ngrid:\n  validationFraction: [0.1, 0.2]',
    /^x.yaml:3:29: trainFraction and validationFraction add up to 1\.1; expected at most 1\. \(1 of 2 runs\)/,
  ],
  ['base: { warmupSteps: 5 }', /^x.yaml:1:22: warmupSteps needs a schedule/],
  [
    'base: { task: xor }\ngrid: { modulus: [32, 31] }',
    /^x.yaml:2:23: Task "xor" needs a power of two as the modulus, such as 32, not 31\. \(1 of 2 runs\)/,
  ],
  ['base: { task: ad }', /^x.yaml:1:15: Unknown task "ad": expected add, sub/],
  ['base: { task: null }', /^x.yaml:1:15: Expected a task, or a dataset without one/],
  ['base: { dataset: none.csv }', /^x.yaml:1:18: Could not read none.csv: there is no such file/],
  [
    'base: { modulus: 5 }\ngrid: { dataset: [rows.csv] }',
    /^x.yaml:2:19: rows.csv, line 2: expected label to be a whole number from 0 to 4/,
  ],
  ['base: { task: cayley:none.csv }', /^x.yaml:1:15: Could not read none.csv/],
  ['base: { task: cayley:odd.csv }', /^x.yaml:1:15: odd.csv/],
  [
    'base: { task: cayley:table.csv, modulus: 5 }',
    /The table of the task has 3 elements and the modulus is 5/,
  ],
  [
    'when: [{ if: { seed: 0 }, skip: true }]',
    /^x.yaml:1:1: expected at least one run to be left, got none/,
  ],
];

for (const [text, message] of cases) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.match(refusal(text), message));
}

test('a problem is shown with its line and a caret beneath', () => {
  assert.equal(
    refusal('# comment\r\nbase:\r\n  widht: 33 # M\r\n'),
    [
      'x.yaml:3:3: expected a setting, got "widht". Did you mean width?',
      '    3 |   widht: 33 # M',
      '      |   ^^^^^',
    ].join('\n'),
  );
});

test('several problems are told at once, in the order of the file, the first ten of them', () => {
  const lines = Array.from({ length: 13 }, (_, i) => `  wrong${i}: 1`);
  const message = refusal(['base:', ...lines].join('\n'));
  const places = message.match(/^x\.yaml:\d+:\d+/gm);
  assert.deepEqual(
    places,
    Array.from({ length: 10 }, (_, i) => `x.yaml:${i + 2}:3`),
  );
  assert.match(message, /\n… and 3 more\.$/);
});

test('a long line is shown around the place, control characters as spaces', () => {
  const message = refusal(
    `base: { init: "${'x'.repeat(500)}", widht: 1, note: "\u202e\u001b[31m" }`,
  );
  const [first] = message.split('\nx.yaml');
  const [, source, caret] = first.split('\n');
  assert.ok(source.length < 120);
  assert.equal(source.slice(caret.indexOf('^')).slice(0, 3), '"xx');
  assert.doesNotMatch(message.replaceAll('\n', ''), /\p{Cc}|\p{Bidi_Control}/u);
});

test('aliases that grow out of hand are refused at once', () => {
  const levels = Array.from({ length: 12 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]'
      : `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
  );
  assert.match(refusal(levels.join('\n')), /its aliases stand for too much/);
});

test('a file that is too large, too deep or no text is refused', () => {
  assert.match(refusal(' '.repeat(2 ** 20 + 1)), /expected at most 1048576 characters/);
  assert.match(refusal('['.repeat(50_000)), /nested too deeply|expected YAML/);
  assert.throws(() => readSweepFile(join(folder, 'none.yaml')), /Could not read .*no such file/);
  writeFileSync(join(folder, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  assert.throws(() => readSweepFile(join(folder, 'bytes.yaml')), InputError);
});

test('20,000 keys are checked without a quadratic search', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `  k${i}: 1`);
  assert.match(refusal(['base:', ...keys].join('\n')), /… and 19990 more\.$/);
});

test('whatever the text, it is planned or refused with its name', () => {
  const piece = fc.constantFrom(
    ...['base', 'grid', 'zip', 'list', 'random', 'when', 'if', 'set', 'skip', 'width', 'seed'],
    ...['task', 'from', 'to', 'count', 'step', 'scale', 'log', 'settings', 'extract', 'all'],
    ...[': ', ':\n  ', '\n', '\n  - ', '{ ', ' }', '[', ']', ', ', '"', '">= 3"', '&a ', '*a'],
    ...['0', '3', '1e-3', '-1', 'true', 'null', 'add', '!!str ', '|', '#', '\t', '%', '---\n'],
  );
  const text = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (written) => {
      try {
        parseSweep(written, 'x.yaml');
      } catch (error) {
        assert.ok(error instanceof InputError, String((error as Error).stack));
        assert.match(error.message, /^x\.yaml:/);
      }
    }),
    { numRuns: 2000, seed: 5 },
  );
});

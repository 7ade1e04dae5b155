/** Tasks of other groups than Z_P, through the command line: trained, scanned, filtered. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExtractionResult, ScanResult } from '../src/analysis/results.ts';
import { readRun } from '../src/format/index.ts';
import { inFolder, undertone } from './run-undertone.ts';

const small = ['--width', '257', '--steps', '400', '--noise-ratio', '0.5'];

for (const [task, modulus, basis, text] of [
  ['xor', '32', 'xor', 'c = a ⊕ b'],
  ['product:3x9', '27', '3x9', 'c = a + b in Z_3×Z_9'],
  ['mul', '31', 'multiplicative', 'c = a · b (mod 31)'],
  ['div', '31', 'multiplicative', 'c = a / b (mod 31)'],
] as const) {
  test(`${task}: with half of the labels wrong the scan names ${text}, and filtration reads it out`, async () => {
    await inFolder(async (folder) => {
      const trained = ['train', '--task', task, '--modulus', modulus, '--out', 'run'];
      assert.equal((await undertone(folder, ...trained, ...small)).code, 0);
      const { stdout } = await undertone(folder, 'extract', 'run', '--json');
      const result: ExtractionResult = JSON.parse(stdout);
      assert.equal(result.basis, basis);
      assert.equal(result.rule?.text, text);
      assert.equal(result.scan.partial, false);
      const pairs = basis === 'multiplicative' ? 30 ** 2 : Number(modulus) ** 2;
      assert.equal(result.scan.pairs, pairs);
      const scanned = await undertone(folder, 'scan', 'run');
      assert.match(scanned.stdout, new RegExp(` of its ${pairs} answers follow it`));
      const identified = result.methods.find(({ name }) => name === 'identified-rule');
      assert.equal(identified?.test, 1);
      // A rule of multiplication says nothing about the token 0, and is not scored there.
      assert.equal(/not with the token 0/.test(identified?.note ?? ''), basis === 'multiplicative');
      const test = (name: string) => result.methods.find((one) => one.name === name)?.test ?? 0;
      assert.ok(test('raw') < 0.15, `raw ${test('raw')}`);
      assert.ok(test('frequency-filtration') > 0.7, `G ${test('frequency-filtration')}`);
      assert.ok(test('triad-filtration') > 0.7, `triads ${test('triad-filtration')}`);

      const wrong = await undertone(folder, 'scan', 'run', '--basis', '5x5');
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /The basis 5x5 has 25 elements, and there are \d+ tokens/);
    });
  });
}

test('the task given for a file says which basis is tried first', async () => {
  await inFolder(async (folder) => {
    const size = ['--modulus', '31', '--width', '33', '--steps', '1'];
    await undertone(folder, 'train', '--task', 'mul', ...size, '--out', 'run');
    const extract = async (...task: string[]): Promise<ExtractionResult> => {
      const { stdout } = await undertone(
        folder,
        'extract',
        'run/model.safetensors',
        '--json',
        ...task,
      );
      return JSON.parse(stdout);
    };
    // Nothing is found after one step, so that filtration works in the first of the bases.
    const given = await extract('--task', 'mul');
    assert.equal(given.rule, null);
    assert.equal(given.basis, 'multiplicative');
    assert.equal((await extract()).basis, 'cyclic');
  });
});

test('division has no pair with b = 0', async () => {
  await inFolder(async (folder) => {
    await undertone(
      folder,
      'train',
      '--task',
      'div',
      '--modulus',
      '7',
      '--steps',
      '1',
      '--out',
      'r',
    );
    const { dataset } = readRun(join(folder, 'r'));
    assert.equal(dataset.a.length, 42);
    assert.ok(!dataset.b.includes(0));
  });
});

/** The table of the symmetric group: row a, column b is the permutation a after b. */
function symmetricGroup(degree: number): string {
  const permutations = (of: readonly number[]): number[][] =>
    of.length === 0
      ? [[]]
      : of.flatMap((first) =>
          permutations(of.filter((x) => x !== first)).map((rest) => [first, ...rest]),
        );
  const elements = permutations(Array.from({ length: degree }, (_, x) => x));
  const index = new Map(elements.map((element, i) => [element.join(), i]));
  const rows = elements.map((a) =>
    elements.map((b) => index.get(b.map((x) => a[x]).join())).join(','),
  );
  return `${rows.join('\n')}\n`;
}

test('S_3 holds no abelian rule; of S_4 the nearest is named, and that it is not the whole', async () => {
  await inFolder(async (folder) => {
    for (const degree of [3, 4]) {
      writeFileSync(join(folder, 's.csv'), symmetricGroup(degree));
      const run = `s${degree}`;
      const { code, stderr } = await undertone(
        folder,
        ...['train', '--task', 'cayley:s.csv', '--noise-ratio', '0', '--width', '257'],
        ...['--steps', '400', '--out', run],
      );
      assert.equal(code, 0, stderr);
      const { stdout } = await undertone(folder, 'scan', run, '--json');
      const result: ScanResult = JSON.parse(stdout);
      if (degree === 3) assert.equal(result.rule, null);
      else assert.equal(result.partial, true);
    }
    const { stdout } = await undertone(folder, 'scan', 's4');
    assert.match(stdout, /^No single rule of these groups explains the network. The nearest is /);
  });
});

test('a Cayley table is read as a square or as triples, kept in the run, and refused with its line', async () => {
  await inFolder(async (folder) => {
    const write = (text: string) => writeFileSync(join(folder, 't.csv'), text);
    const train = (out: string) =>
      undertone(folder, 'train', '--task', 'cayley:t.csv', '--steps', '1', '--out', out);
    write('0,1,2\n1,2,0\n2,0,1\n');
    assert.equal((await train('square')).code, 0);
    write('a,b,c\n0,0,0\n0,1,1\n1,0,1\n2,2,2\n');
    assert.equal((await train('triples')).code, 0);
    const { dataset, config } = readRun(join(folder, 'triples'));
    assert.equal(config.settings.task, 'cayley:0,1,/1,,/,,2');
    assert.equal(dataset.a.length, 4);
    for (const [text, message] of [
      ['0,1\n1,0\n0,1\n', /expected a square table/],
      ['0,1,2\n1,2,0\n2,0,7\n', /"7" in row 2, column 2; expected a whole number from 0 to 2/],
      ['a,b,c\n0,0,0\n0,0,1\n2,2,2\n', /line 3: the pair \(0, 0\) is there already/],
      ['a,b,c\n0,x,0\n', /line 2: expected whole numbers/],
      ['', /expected a table, but it is empty/],
    ] as const) {
      write(text);
      const { code, stderr } = await train('refused');
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
    write('0,1,2\n1,2,0\n2,0,1\n');
    const other = ['train', '--task', 'cayley:t.csv', '--modulus', '5', '--out', 'other'];
    assert.match(
      (await undertone(folder, ...other)).stderr,
      /The table of --task has 3 elements and --modulus is 5/,
    );
    const missing = ['train', '--task', 'cayley:none.csv', '--out', 'none'];
    assert.match((await undertone(folder, ...missing)).stderr, /There is no file none.csv/);
  });
});

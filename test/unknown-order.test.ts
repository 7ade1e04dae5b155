/** `--basis unknown`: a table under three unknown permutations, through the command line. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGenerator } from '../src/task/generator.ts';
import { inFolder, undertone } from './run-undertone.ts';

const modulus = 17;

/** a + b mod 17 with a tenth of the labels wrong, tokens of a, b and c renamed at random. */
function shuffledTable(): string {
  const generator = createGenerator(4, 'shuffled table');
  const names = () => generator.shuffle(Uint16Array.from({ length: modulus }, (_, x) => x));
  const [a, b, c] = [names(), names(), names()];
  const rows = ['a,b,label,true_label,split'];
  for (let x = 0; x < modulus; x++) {
    for (let y = 0; y < modulus; y++) {
      const truth = c[(x + y) % modulus];
      const split = generator.uniform() < 0.8 ? 'train' : 'test';
      const isWrong = split === 'train' && generator.uniform() < 0.1;
      const label = isWrong ? (truth + 1 + generator.below(modulus - 1)) % modulus : truth;
      rows.push(`${a[x]},${b[y]},${label},${truth},${split}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

test('in a shuffled table no rule is found in the order given; the order is, and filtration reads the rule', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 't.csv'), shuffledTable());
    const size = ['--modulus', String(modulus), '--width', '257', '--steps', '400'];
    await undertone(folder, 'train', '--dataset', 't.csv', ...size, '--out', 'run');
    assert.equal((await undertone(folder, 'scan', 'run')).code, 1);

    const scanned = await undertone(folder, 'scan', 'run', '--basis', 'unknown', '--json');
    assert.equal(scanned.code, 0, scanned.stderr);
    const { found, order, log10PValue } = JSON.parse(scanned.stdout);
    assert.equal(found, true);
    assert.ok(log10PValue < -20);
    assert.deepEqual(
      [...order.a].sort((x, y) => x - y),
      [...Array(modulus).keys()],
    );

    const saving = ['--basis', 'unknown', '--save', 'parts'];
    const extracted = await undertone(folder, 'extract', 'run', ...saving);
    assert.match(extracted.stdout, /^An order of the tokens was found in /);
    const row = /Frequency filtration with x² +([\d.]+) %/.exec(extracted.stdout);
    assert.ok(Number(row?.[1]) > 80, extracted.stdout);

    // G has the tokens' own names: on the run's own rows it answers as the table says.
    const rows = ['--dataset', 't.csv', '--activation', 'quadratic', '--json'];
    const saved = await undertone(folder, 'extract', 'parts/G.safetensors', ...rows);
    const { methods } = JSON.parse(saved.stdout);
    const { test: raw } = methods.find(({ name }: { name: string }) => name === 'raw');
    assert.ok(Math.abs(100 * raw - Number(row?.[1])) < 0.1, `${raw}`);
  });
});

test('where there is no rule no order is found, and the exit code says so', async () => {
  await inFolder(async (folder) => {
    const noise = ['--noise-ratio', '1', '--noise-kind', 'uniform-all', '--modulus', '11'];
    await undertone(folder, 'train', ...noise, '--width', '65', '--steps', '200', '--out', 'run');
    const { code, stdout } = await undertone(folder, 'extract', 'run', '--basis', 'unknown');
    assert.equal(code, 1);
    assert.match(stdout, /^No order of the tokens was found/);
    const scanned = await undertone(folder, 'scan', 'run', '--basis', 'unknown', '--json');
    assert.equal(scanned.code, 1);
    const { found, scan } = JSON.parse(scanned.stdout);
    assert.deepEqual([found, scan], [false, null]);
  });
});

/** Transformers that others trained, through the command line. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TransformerExtraction, TransformerScan } from '../src/analysis/index.ts';
import { inFolder, undertone } from './run-undertone.ts';

const shipped = (name: string) => fileURLToPath(new URL(`checkpoints/${name}`, import.meta.url));
const trained = shipped('transformer-add-p29.pt');
const rows = ['--dataset', shipped('transformer-add-p29.csv'), '--task', 'add'];

test('extract reads the rule of a transformer out, with its frequencies and filtration', async () => {
  await inFolder(async (folder) => {
    const flags = ['--activation', 'relu', ...rows, '--json'];
    const { code, stdout, stderr } = await undertone(folder, 'extract', trained, ...flags);
    assert.equal(code, 0, stderr);
    const result: TransformerExtraction = JSON.parse(stdout);
    assert.equal(result.kind, 'transformer');
    assert.deepEqual([result.modulus, result.width, result.heads], [29, 32, 2]);
    assert.equal(result.rule?.text, 'c = a + b (mod 29)');
    assert.equal(result.scan.carried?.verdict, 'carried');
    // 337 held-out pairs, 95 % of them right as PyTorch counted; half precision moves a few.
    const [raw, filtered, residual] = result.methods;
    assert.ok((raw.test ?? 0) > 0.93 && raw.cleanTrain === 1);
    assert.ok((filtered.test ?? 0) > 10 * (residual.test ?? 1));
    assert.equal(result.frequencies.embedding.keyFrequencies[0], 6);
    assert.match(stderr, /read at “=” \(token 29\) of “a b =”/);
  });
});

test('scan says which rule and how sure; the exit code says whether', async () => {
  await inFolder(async (folder) => {
    const found = await undertone(folder, 'scan', trained, '--activation', 'relu');
    assert.equal(found.code, 0);
    assert.match(found.stdout, /Rule identified by the scan: c = a \+ b \(mod 29\)/);
    const none = await undertone(folder, 'scan', shipped('transformer-notebook.pth'), '--json');
    assert.equal(none.code, 1);
    const result: TransformerScan = JSON.parse(none.stdout);
    assert.deepEqual([result.rule, result.evidence.weights], [null, null]);
  });
});

test('a task in a file is read for a transformer as for other models', async () => {
  await inFolder(async (folder) => {
    const table = (size: number) =>
      Array.from({ length: size }, (_, a) =>
        Array.from({ length: size }, (_, b) => (a + b) % size).join(','),
      ).join('\n');
    writeFileSync(join(folder, 'sums.csv'), table(29));
    writeFileSync(join(folder, 'small.csv'), table(7));
    const extract = (task: string) =>
      undertone(
        folder,
        ...['extract', trained, '--activation', 'relu', '--json'],
        ...['--dataset', shipped('transformer-add-p29.csv'), '--task', task],
      );
    const [table29, named] = [await extract('cayley:sums.csv'), await extract('add')];
    assert.equal(table29.code, 0, table29.stderr);
    assert.deepEqual(JSON.parse(table29.stdout), JSON.parse(named.stdout));
    const [small, missing] = [await extract('cayley:small.csv'), await extract('cayley:none.csv')];
    assert.equal(small.code, 2);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /There is no file none\.csv/);
  });
});

test('what a transformer can not be asked is refused with what to do', async () => {
  await inFolder(async (folder) => {
    const silent = await undertone(folder, 'scan', trained);
    assert.equal(silent.code, 2);
    assert.match(silent.stderr, /does not say the activation of its MLP: give --activation relu/);
    const saved = ['--activation', 'relu', '--save', 'out'];
    const { code, stderr } = await undertone(folder, 'extract', trained, ...saved);
    assert.equal(code, 2);
    assert.match(stderr, /--save writes the parts of a network of two layers/);
  });
});

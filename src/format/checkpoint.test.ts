import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { generateDataset, parseOperation } from '../task/index.ts';
import { completeSettings } from '../train/settings.ts';
import type { TrainingCheckpoint } from '../train/trainer.ts';
import { checkpointFolder, decodeCheckpoint, encodeCheckpoint, runIdentity } from './checkpoint.ts';

function checkpointAt(step: number): TrainingCheckpoint {
  return {
    state: {
      step,
      tensors: {
        U: Float32Array.of(0.1, -0, 1e-45, 3.4e38),
        'U.first': Float64Array.of(0.1, -0, 5e-324, 1.7e308, 1 / 3),
      },
      scalars: { beta1_power: 0.9 ** 7, beta2_power: 5e-324 },
    },
    metrics: [
      {
        step: 0,
        loss: 1 / 3,
        cleanTrain: 0.1,
        noisyTrain: 1,
        noisyTrue: 0,
        validation: null,
        test: 2 / 7,
      },
    ],
  };
}

function folderFor(t: TestContext): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'undertone-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return join(folder, 'checkpoint');
}

const unexpected = (message: string) => assert.fail(message);

test('a checkpoint is read back with every bit', () => {
  const checkpoint = checkpointAt(40);
  const read = decodeCheckpoint(encodeCheckpoint(checkpoint, 'this run'), 'c');
  // deepEqual tells −0 from 0 and Float32Array from Float64Array.
  assert.deepEqual(read, { run: 'this run', checkpoint });
});

test('no flipped bit and no truncation passes for the checkpoint', () => {
  const bytes = encodeCheckpoint(checkpointAt(40), 'this run');
  const padding = new TextDecoder().decode(bytes.subarray(8)).lastIndexOf('}}') + 10;
  fc.assert(
    fc.property(fc.nat(8 * bytes.length - 1), (bit) => {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      // The spaces that pad the header say nothing.
      if (bit >> 3 >= padding && bytes[bit >> 3] === 0x20) return;
      assert.throws(() => decodeCheckpoint(damaged, 'c'), { name: 'InputError' });
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), (length) => {
      assert.throws(() => decodeCheckpoint(bytes.subarray(0, length), 'c'), { name: 'InputError' });
    }),
  );
});

test('the newest is read, and the newest two are kept', (t) => {
  const path = folderFor(t);
  const folder = checkpointFolder(path, 'run');
  assert.equal(folder.read(unexpected), null);
  for (const step of [5, 10, 100]) folder.write(checkpointAt(step));
  assert.deepEqual(fs.readdirSync(path).sort(), ['step-10.safetensors', 'step-100.safetensors']);
  assert.equal(checkpointFolder(path, 'run').read(unexpected)?.state.step, 100);
  folder.remove();
  assert.ok(!fs.existsSync(path));
});

test('a damaged newest one is named and the one before it used; then both are gone in time', (t) => {
  const path = folderFor(t);
  const first = checkpointFolder(path, 'run');
  first.write(checkpointAt(10));
  first.write(checkpointAt(20));
  fs.truncateSync(join(path, 'step-20.safetensors'), 100);
  fs.writeFileSync(join(path, '.step-30.safetensors.1-0.tmp'), 'half');
  const named: string[] = [];
  const second = checkpointFolder(path, 'run');
  assert.equal(second.read((message) => named.push(message))?.state.step, 10);
  assert.equal(named.length, 1);
  assert.match(named[0], /step-20\.safetensors/);
  second.write(checkpointAt(15));
  assert.deepEqual(fs.readdirSync(path).sort(), ['step-10.safetensors', 'step-15.safetensors']);
});

test('where all are damaged there is none', (t) => {
  const path = folderFor(t);
  const folder = checkpointFolder(path, 'run');
  folder.write(checkpointAt(10));
  fs.writeFileSync(join(path, 'step-10.safetensors'), '');
  const named: string[] = [];
  assert.equal(
    checkpointFolder(path, 'run').read((message) => named.push(message)),
    null,
  );
  assert.equal(named.length, 1);
});

test('a checkpoint of other settings or other data is refused', (t) => {
  const path = folderFor(t);
  checkpointFolder(path, 'run').write(checkpointAt(10));
  assert.throws(() => checkpointFolder(path, 'another').read(unexpected), {
    name: 'InputError',
    message: /step-10\.safetensors is a checkpoint of other settings or other data/,
  });
});

test('the identity of a run is that of its settings and rows', () => {
  const settings = completeSettings({ modulus: 5, width: 4 });
  const dataset = generateDataset(parseOperation('add', 5), settings);
  const identity = runIdentity(settings, dataset);
  assert.equal(runIdentity({ ...settings }, structuredClone(dataset)), identity);
  assert.notEqual(runIdentity({ ...settings, steps: 3 }, dataset), identity);
  const label = dataset.label.slice();
  label[3] = (label[3] + 1) % 5;
  assert.notEqual(runIdentity(settings, { ...dataset, label }), identity);
});

test('a disk that refuses is a WorkError', (t) => {
  const path = folderFor(t);
  fs.writeFileSync(path, 'a file where the folder should be');
  assert.throws(() => checkpointFolder(path, 'run').write(checkpointAt(1)), { name: 'WorkError' });
});

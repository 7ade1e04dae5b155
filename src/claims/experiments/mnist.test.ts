import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { selectBackend } from '../../compute/select.ts';
import { InputError } from '../../errors.ts';
import { createGenerator } from '../../task/generator.ts';
import { completeMnistInput, mnistExperiment } from './mnist.ts';

const backend = selectBackend({ threads: 1 });
const source = mkdtempSync(join(tmpdir(), 'undertone-mnist-'));
after(() => rmSync(source, { recursive: true }));

/** `count` images: a bright bar in the row of the digit, and noise. */
function writeImages(count: number): void {
  const generator = createGenerator(1, 'images');
  const images = new Uint8Array(16 + 784 * count);
  images.set([0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 28, 0, 0, 0, 28]);
  const labels = new Uint8Array(8 + count);
  labels.set([0, 0, 8, 1, 0, 0, count >> 8, count & 255]);
  for (let i = 0; i < count; i++) {
    const digit = i % 10;
    labels[8 + i] = digit;
    for (let pixel = 0; pixel < 784; pixel++) {
      const isBar = Math.floor(pixel / 28) === 2 * digit;
      images[16 + 784 * i + pixel] = isBar ? 255 : generator.below(100);
    }
  }
  writeFileSync(join(source, 'train-images-idx3-ubyte'), images);
  writeFileSync(join(source, 'train-labels-idx1-ubyte'), labels);
}

writeImages(300);
const input = { source, samples: 200, noiseRatio: 0.2, epochs: 30, seed: 1 };
const small = { ...input, widths: [40, 30] as [number, number] };

test('a run learns digits and wrong labels and gives plain data that can be had again', async () => {
  const output = await mnistExperiment({ ...small, learningRate: 1e-2 }, { backend });
  assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
  assert.deepEqual([output.trainImages, output.testImages], [200, 100]);
  assert.equal(output.measurements.length, 31);
  const [first, last] = [output.measurements[0], output.measurements[30]];
  assert.ok(last.loss < first.loss);
  assert.ok((last.test ?? 0) > 0.9 && (last.clean ?? 0) > 0.9);
  // Far more than a network that knows nothing of the wrong labels would hit: at most 1/9.
  assert.ok((last.noisy ?? 0) > 0.3);
  const again = await mnistExperiment({ ...small, learningRate: 1e-2 }, { backend });
  assert.deepEqual(again, output);
});

test('epoch 0 is the initial network, whatever the optimizer', async () => {
  const [x, y] = await Promise.all(
    (['adamw', 'sgd'] as const).map((optimizer) =>
      mnistExperiment({ ...small, optimizer, epochs: 1 }, { backend }),
    ),
  );
  assert.deepEqual(x.measurements[0], y.measurements[0]);
  assert.notEqual(x.weightsHash, y.weightsHash);
});

test('without noise there are no noisy images, and all samples leave none to test', async () => {
  const { measurements } = await mnistExperiment(
    { ...small, samples: null, noiseRatio: 0, epochs: 0 },
    { backend },
  );
  const { clean, noisy, noisyTrue, test: apart } = measurements[0];
  assert.ok(clean !== null);
  assert.deepEqual([noisy, noisyTrue, apart], [null, null, null]);
});

test('a complete input states every setting', () => {
  assert.deepEqual(completeMnistInput({ noiseRatio: 0.1, epochs: 3, optimizer: 'sgd' }), {
    ...{ source: 'mnist', samples: null, noiseRatio: 0.1, widths: [512, 512], optimizer: 'sgd' },
    ...{ learningRate: 1e-3, weightDecay: 0.1, momentum: 0, standardized: false },
    ...{ epochs: 3, seed: 0 },
  });
});

test('an abort ends a run with its reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(mnistExperiment(small, { backend, signal }), /enough/);
});

test('settings that cannot be met are refused by name', async () => {
  for (const [wrong, message] of [
    [{ samples: 301 }, /has 300 training images, not 301/],
    [{ noiseRatio: -1 }, /MNIST experiment, noiseRatio/],
    [{ source: '/nowhere' }, /expected a folder with MNIST's/],
  ] as const) {
    await assert.rejects(
      mnistExperiment({ ...small, ...wrong }, { backend }),
      (error) => error instanceof InputError && message.test(error.message),
    );
  }
});

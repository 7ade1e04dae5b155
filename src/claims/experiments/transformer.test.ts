import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../../compute/reference/index.ts';
import { selectBackend } from '../../compute/select.ts';
import { InputError } from '../../errors.ts';
import { type TransformerInput, transformerExperiment } from './transformer.ts';

const backend = selectBackend({ threads: 1 });
const input = { modulus: 5, noiseRatio: 0.2, steps: 40, measureAt: [0, 10], seed: 3 };

test('a run learns its labels, the wrong ones too, and gives plain data that can be had again', async () => {
  const progress: number[] = [];
  const onProgress = (share: number) => progress.push(share);
  const output = await transformerExperiment(input, { backend, onProgress });
  assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
  assert.deepEqual(
    output.measurements.map(({ step }) => step),
    [0, 10, 40],
  );
  const [first, , last] = output.measurements;
  assert.ok(last.loss < 0.1 * first.loss);
  assert.deepEqual([last.full.cleanTrain, last.full.noisyTrain, last.full.noisyTrue], [1, 1, 0]);
  assert.equal(last.frequencies.length, 1);
  assert.equal(output.energies.length, 2);
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(await transformerExperiment(input, { backend }), output);
});

test('all frequencies kept answer as the whole network does', async () => {
  const { measurements } = await transformerExperiment(
    { ...input, frequencies: 1, steps: 10 },
    { backend },
  );
  for (const { full, filtered } of measurements) assert.deepEqual(filtered, full);
});

test('the reference backend tells the same story', async () => {
  const short = { ...input, steps: 5, measureAt: [] };
  const [fast, plain] = await Promise.all(
    [backend, createReferenceBackend()].map((one) =>
      transformerExperiment(short, { backend: one }),
    ),
  );
  // Products in float32 and in double; a loss near 1.
  assert.ok(Math.abs(fast.measurements[0].loss - plain.measurements[0].loss) < 1e-4);
});

test('an abort ends a run with its reason', async () => {
  const controller = new AbortController();
  const stop = new Error('enough');
  let calls = 0;
  const onProgress = () => {
    if (++calls === 3) controller.abort(stop);
  };
  const { signal } = controller;
  await assert.rejects(transformerExperiment(input, { backend, signal, onProgress }), stop);
});

test('settings out of range are refused by name', async () => {
  for (const [wrong, message] of [
    [{ noiseRatio: 2 }, /Transformer experiment, noiseRatio/],
    [{ frequencies: 0 }, /frequencies/],
    [{ measureAt: [41] }, /measureAt: step 41 comes after the last of 40/],
  ] as [Partial<TransformerInput>, RegExp][]) {
    await assert.rejects(
      transformerExperiment({ ...input, ...wrong }, { backend }),
      (error) => error instanceof InputError && message.test(error.message),
    );
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceBackend } from '../../compute/reference/index.ts';
import { selectBackend } from '../../compute/select.ts';
import { InputError } from '../../errors.ts';
import { tensorsHash } from '../../format/weights-hash.ts';
import { crossEntropy } from '../../tape/cross-entropy.ts';
import { createOptimizer } from '../../tape/optimizers.ts';
import { createTape } from '../../tape/tape.ts';
import {
  frozen,
  initializeTransformer,
  transformerLogits,
  transformerSizes,
} from '../../tape/transformer.ts';
import { generateDataset } from '../../task/generate.ts';
import { createGenerator } from '../../task/generator.ts';
import { parseOperation } from '../../task/operation.ts';
import {
  completeTransformerInput,
  type TransformerInput,
  transformerExperiment,
} from './transformer.ts';

const backend = selectBackend({ threads: 1 });
const input = { modulus: 5, noiseRatio: 0.2, steps: 40, measureAt: [10], seed: 3 };

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
  for (const { full, filtered, renamed } of measurements) {
    assert.deepEqual(filtered, full);
    assert.deepEqual(renamed, full);
  }
});

test('filtration keeps a rule, and not where the output tokens stand in a random order', async () => {
  const learned = {
    modulus: 13,
    noiseRatio: 0,
    trainFraction: 0.9,
    validationFraction: 0,
    seed: 1,
  };
  const { measurements } = await transformerExperiment(
    { ...learned, steps: 50, learningRate: 3e-3, frequencies: 0.5 },
    { backend },
  );
  const { full, filtered, renamed } = measurements[1];
  assert.equal(full.cleanTrain, 1);
  // Half of the frequencies keep 0.99 of the answers, 0.67 in the random order.
  assert.ok((filtered.cleanTrain ?? 0) - (renamed.cleanTrain ?? 1) > 0.1);
});

test('evidence is for the task’s own rule, on each kind of pair; none where the task has no such rule', async () => {
  const learned = {
    modulus: 13,
    noiseRatio: 0.1,
    trainFraction: 0.8,
    validationFraction: 0,
    seed: 1,
  };
  const short = { ...learned, steps: 60, learningRate: 3e-3 };
  const { measurements } = await transformerExperiment(short, { backend });
  const { evidence, full } = measurements[1];
  // 169 pairs, of which 135 train, 13 or 14 of them wrongly.
  assert.deepEqual(
    [evidence?.heldOut?.pairs, evidence?.all.pairs, evidence?.cleanTrain?.pairs],
    [34, 169, 121],
  );
  // The clean pairs are answered rightly, which no other rule does.
  assert.equal(full.cleanTrain, 1);
  assert.equal(evidence?.cleanTrain?.answers.statistic, 121);
  assert.ok((evidence?.cleanTrain?.logits.z ?? 0) > 5);
  assert.notEqual(evidence?.heldOutInteraction?.z, evidence?.heldOut?.logits.z);
  for (const task of ['mul', 'linear:0,1']) {
    const other = await transformerExperiment(
      { ...input, task, steps: 0, measureAt: [] },
      { backend },
    );
    assert.equal(other.measurements[0].evidence, null);
  }
});

test('random features: the unembedding alone is trained', async () => {
  const short = completeTransformerInput({ ...input, steps: 3, measureAt: [], frozen: true });
  const { weightsHash } = await transformerExperiment(short, { backend });
  const { modulus } = short;
  const { a, b, label, split } = generateDataset(parseOperation('add', modulus), short);
  const train = (values: Uint16Array) => values.filter((_, row) => split[row] === 0);
  const transformer = initializeTransformer(
    { modulus, ...transformerSizes },
    createGenerator(short.seed, 'transformer'),
  );
  const { unembedding } = transformer.weights;
  const fixed = frozen(transformer);
  const partly = { ...fixed, weights: { ...fixed.weights, unembedding } };
  const { learningRate, weightDecay, beta2 } = short;
  const optimizer = createOptimizer(
    { name: 'adamw', learningRate, weightDecay, beta1: 0.9, beta2, epsilon: 1e-8 },
    [unembedding],
  );
  const tape = createTape(backend.multiply);
  for (let step = 0; step < 3; step++) {
    const logits = transformerLogits(tape, partly, train(a), train(b));
    tape.backward(crossEntropy(tape, logits, train(label)));
    optimizer.step();
  }
  assert.equal(
    weightsHash,
    tensorsHash(Object.values(transformer.weights).map(({ data }) => data)),
  );
});

test('pure noise leaves rows right by luck; wrong labels alone leave none', async () => {
  const noise = { ...input, noiseRatio: 1, steps: 0, measureAt: [] };
  const [all, wrong] = await Promise.all(
    (['uniform-all', 'uniform'] as const).map((noiseKind) =>
      transformerExperiment({ ...noise, noiseKind }, { backend }),
    ),
  );
  assert.notEqual(all.measurements[0].full.cleanTrain, null);
  assert.equal(wrong.measurements[0].full.cleanTrain, null);
});

test('a complete input states every setting, and stays as it is when completed again', () => {
  const complete = completeTransformerInput({
    noiseRatio: 0.2,
    steps: 40,
    measureAt: [40, 10, 10],
  });
  assert.deepEqual(complete, {
    ...{ task: 'add', modulus: 113, noiseRatio: 0.2, noiseKind: 'uniform', trainFraction: 0.8 },
    ...{ validationFraction: 0.1, steps: 40, seed: 0, frozen: false, learningRate: 1e-3 },
    ...{ weightDecay: 1, beta2: 0.98, frequencies: 20 / 56, measureAt: [0, 10, 40] },
  });
  assert.deepEqual(completeTransformerInput(complete), complete);
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

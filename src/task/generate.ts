import { type Dataset, splits } from './dataset.ts';
import { createGenerator } from './generator.ts';
import { corruptLabels, type NoiseKind } from './noise.ts';
import type { Operation } from './operation.ts';
import { splitPairs } from './split.ts';

export interface TaskSettings {
  readonly trainFraction: number;
  readonly validationFraction: number;
  readonly noiseRatio: number;
  readonly noiseKind: NoiseKind;
  readonly seed: number;
}

/**
 * The full P×P table of an operation, split at random, with noise on the training labels only;
 * validation and test labels stay clean. Rows are in the order of a·P + b. Streams: "split", "noise".
 */
export function generateDataset(operation: Operation, settings: TaskSettings): Dataset {
  const { modulus } = operation;
  const pairs = modulus * modulus;
  const a = Uint16Array.from({ length: pairs }, (_, pair) => Math.floor(pair / modulus));
  const b = Uint16Array.from({ length: pairs }, (_, pair) => pair % modulus);
  const trueLabel = Uint16Array.from({ length: pairs }, (_, pair) =>
    operation.apply(a[pair], b[pair]),
  );
  const split = splitPairs(
    modulus,
    settings.trainFraction,
    settings.validationFraction,
    createGenerator(settings.seed, 'split'),
  );
  const train = splits.indexOf('train');
  const rows = Uint32Array.from({ length: pairs }, (_, pair) => pair).filter(
    (pair) => split[pair] === train,
  );
  const trainLabel = corruptLabels(
    {
      modulus,
      a: Uint16Array.from(rows, (pair) => a[pair]),
      b: Uint16Array.from(rows, (pair) => b[pair]),
      trueLabel: Uint16Array.from(rows, (pair) => trueLabel[pair]),
    },
    settings.noiseRatio,
    settings.noiseKind,
    createGenerator(settings.seed, 'noise'),
  );
  const label = trueLabel.slice();
  rows.forEach((pair, i) => {
    label[pair] = trainLabel[i];
  });
  return { modulus, a, b, label, trueLabel, split };
}

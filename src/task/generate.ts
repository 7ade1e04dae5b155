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
 * The table of an operation, all P² pairs or those where it is defined, split at random, with noise on the
 * training labels only; validation and test labels stay clean. Rows are in the order of a·P + b. Streams:
 * "split", "noise".
 */
export function generateDataset(operation: Operation, settings: TaskSettings): Dataset {
  const { modulus } = operation;
  const results = Array.from({ length: modulus * modulus }, (_, pair) =>
    operation.apply(Math.floor(pair / modulus), pair % modulus),
  );
  const pairs = Uint32Array.from(results.keys()).filter((pair) => results[pair] !== null);
  const a = Uint16Array.from(pairs, (pair) => Math.floor(pair / modulus));
  const b = Uint16Array.from(pairs, (pair) => pair % modulus);
  const trueLabel = Uint16Array.from(pairs, (pair) => results[pair] ?? 0);
  const split = splitPairs(
    pairs.length,
    settings.trainFraction,
    settings.validationFraction,
    createGenerator(settings.seed, 'split'),
  );
  const train = splits.indexOf('train');
  const rows = Uint32Array.from(pairs.keys()).filter((row) => split[row] === train);
  const trainLabel = corruptLabels(
    {
      modulus,
      a: Uint16Array.from(rows, (row) => a[row]),
      b: Uint16Array.from(rows, (row) => b[row]),
      trueLabel: Uint16Array.from(rows, (row) => trueLabel[row]),
    },
    settings.noiseRatio,
    settings.noiseKind,
    createGenerator(settings.seed, 'noise'),
  );
  const label = trueLabel.slice();
  rows.forEach((row, i) => {
    label[row] = trainLabel[i];
  });
  return { modulus, a, b, label, trueLabel, split };
}

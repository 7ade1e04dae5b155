import { type Dataset, splits } from './dataset.ts';

/** The rows trained on, in the data set's order, and which of them carry a wrong label. */
export interface TrainingTable {
  readonly modulus: number;
  /** Tokens and the label trained on: [n], each 0…P−1. */
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly label: Uint16Array;
  /** 1 where the label differs from the true one, else 0: [n]. A corrupted row that is right by luck is clean. */
  readonly isNoisy: Uint8Array;
}

/** The training rows of a data set; null where its true labels aren't known, for then no row is clean or noisy. */
export function trainingTable(dataset: Dataset): TrainingTable | null {
  const { trueLabel, split } = dataset;
  if (trueLabel === null) return null;
  const train = splits.indexOf('train');
  const rows = Uint32Array.from(split.keys()).filter((row) => split[row] === train);
  const pick = (values: Uint16Array) => Uint16Array.from(rows, (row) => values[row]);
  return {
    modulus: dataset.modulus,
    a: pick(dataset.a),
    b: pick(dataset.b),
    label: pick(dataset.label),
    isNoisy: Uint8Array.from(rows, (row) => (dataset.label[row] === trueLabel[row] ? 0 : 1)),
  };
}

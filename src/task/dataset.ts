/**
 * A data set: input pairs with their labels. Generated from a task (see `generate.ts`) or read from a
 * CSV file. Each pair occurs at most once.
 */
export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

export interface Dataset {
  readonly modulus: number;
  /** First and second token, and the label as given: [rows], each 0…P−1. */
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly label: Uint16Array;
  /** The label by the true rule: [rows]; null where nobody knows it. */
  readonly trueLabel: Uint16Array | null;
  /** Index into `splits`: [rows]. */
  readonly split: Uint8Array;
}

/** A set of pairs, each as its index a·P + b. */
export interface Pairs {
  readonly pair: Uint32Array;
}

/** A set of pairs and the label that counts as right on each. */
export interface LabelledPairs extends Pairs {
  readonly label: Uint16Array;
}

/**
 * The pairs of a data set by role. A role is null where it has no rows or its labels aren't known.
 * `noisyTrain` carries the WRONG labels that were trained on, `noisyTrue` the true labels of the same
 * pairs. `heldOut` is every pair not trained on, listed or not: validation, test, and what a file that
 * lists the training pairs alone leaves out. It has no labels, for it may have none.
 */
export interface Roles {
  /** Every row trained on, with the label it was trained on. */
  readonly train: LabelledPairs | null;
  readonly cleanTrain: LabelledPairs | null;
  readonly noisyTrain: LabelledPairs | null;
  readonly noisyTrue: LabelledPairs | null;
  readonly validation: LabelledPairs | null;
  readonly test: LabelledPairs | null;
  readonly heldOut: Pairs | null;
}

/** Share of right answers on each role, 0…1; null where the role is null. */
export interface Accuracies {
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly noisyTrue: number | null;
  readonly validation: number | null;
  readonly test: number | null;
}

/** Splits a data set's rows into roles. Where `trueLabel` is unknown, clean and noisy rows are null. */
export function rolesOf(dataset: Dataset): Roles {
  const known = dataset.trueLabel;
  const pick = (
    keep: (row: number) => boolean,
    label: Uint16Array | null,
  ): LabelledPairs | null => {
    if (label === null) return null;
    const rows: number[] = [];
    for (let row = 0; row < dataset.a.length; row++) if (keep(row)) rows.push(row);
    if (rows.length === 0) return null;
    return {
      pair: Uint32Array.from(rows, (row) => dataset.a[row] * dataset.modulus + dataset.b[row]),
      label: Uint16Array.from(rows, (row) => label[row]),
    };
  };
  const isSplit = (split: Split) => {
    const index = splits.indexOf(split);
    return (row: number) => dataset.split[row] === index;
  };
  const isTrain = isSplit('train');
  const isClean = (row: number) => known !== null && known[row] === dataset.label[row];
  const clean = (row: number) => isTrain(row) && isClean(row);
  const noisy = (row: number) => isTrain(row) && !isClean(row);
  return {
    train: pick(isTrain, dataset.label),
    cleanTrain: pick(clean, known),
    noisyTrain: known === null ? null : pick(noisy, dataset.label),
    noisyTrue: pick(noisy, known),
    validation: pick(isSplit('validation'), dataset.label),
    test: pick(isSplit('test'), dataset.label),
    heldOut: heldOutOf(dataset),
  };
}

/**
 * The pairs not trained on: all but the training rows; where a data set lists no training rows, the rows
 * that it does list. Null where that leaves none.
 */
function heldOutOf({ modulus, a, b, split }: Dataset): Pairs | null {
  const train = splits.indexOf('train');
  const isHeldOut = new Uint8Array(modulus * modulus).fill(split.includes(train) ? 1 : 0);
  for (let row = 0; row < a.length; row++) {
    isHeldOut[a[row] * modulus + b[row]] = split[row] === train ? 0 : 1;
  }
  const pair = Uint32Array.from(isHeldOut.keys()).filter((index) => isHeldOut[index] === 1);
  return pair.length === 0 ? null : { pair };
}

/** Share of the pairs on which `answers` ([P²], index a·P + b) gives the label. */
export function accuracy(answers: ArrayLike<number>, pairs: LabelledPairs | null): number | null {
  if (pairs === null) return null;
  let right = 0;
  for (let i = 0; i < pairs.pair.length; i++) {
    if (answers[pairs.pair[i]] === pairs.label[i]) right++;
  }
  return right / pairs.pair.length;
}

/** `accuracy` on every role. */
export function accuracies(answers: ArrayLike<number>, roles: Roles): Accuracies {
  return {
    cleanTrain: accuracy(answers, roles.cleanTrain),
    noisyTrain: accuracy(answers, roles.noisyTrain),
    noisyTrue: accuracy(answers, roles.noisyTrue),
    validation: accuracy(answers, roles.validation),
    test: accuracy(answers, roles.test),
  };
}

import { InputError } from '../errors.ts';
import type { Generator } from './generator.ts';

/**
 * Kinds of label noise. Each corrupts exactly round(α·n) of n training rows.
 *
 * - uniform: a label drawn uniformly from the P−1 WRONG ones (the paper's).
 * - uniform-all: a label drawn uniformly from all P, so 1/P of the corrupted rows are right by luck
 *   (what other published code draws; the null for calibration).
 * - symmetric: (a,b) and (b,a) get the same wrong label, wrong for both. Where only one of them trains
 *   it alone is corrupted; one such row, or a row (a,a), makes up for parity.
 * - bijective: the label a∘b + s with one s ≠ 0 drawn for the whole table: a second Latin square.
 */
export const noiseKinds = ['uniform', 'uniform-all', 'symmetric', 'bijective'] as const;
export type NoiseKind = (typeof noiseKinds)[number];

export interface CleanRows {
  readonly modulus: number;
  /** [n] tokens and true labels of the training rows; each pair at most once. */
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly trueLabel: Uint16Array;
}

/** Labels of the training rows with round(α·n) of them corrupted: [n]. */
export function corruptLabels(
  rows: CleanRows,
  noiseRatio: number,
  kind: NoiseKind,
  generator: Generator,
): Uint16Array {
  const n = rows.a.length;
  const count = Math.round(noiseRatio * n);
  const label = rows.trueLabel.slice();
  const { modulus, trueLabel } = rows;
  if (kind === 'symmetric') {
    corruptSymmetrically(rows, count, label, generator);
    return label;
  }
  const order = generator.shuffle(Uint32Array.from({ length: n }, (_, row) => row));
  const shift = kind === 'bijective' ? 1 + generator.below(modulus - 1) : 0;
  for (let i = 0; i < count; i++) {
    const row = order[i];
    if (kind === 'uniform-all') label[row] = generator.below(modulus);
    else {
      const offset = kind === 'bijective' ? shift : 1 + generator.below(modulus - 1);
      label[row] = (trueLabel[row] + offset) % modulus;
    }
  }
  return label;
}

/** Corrupts `count` rows of `label` in place, mirror images together. */
function corruptSymmetrically(
  { modulus, a, b, trueLabel }: CleanRows,
  count: number,
  label: Uint16Array,
  generator: Generator,
): void {
  const mirrors = mirrorGroups(a, b, modulus);
  const order = generator.shuffle(Uint32Array.from(mirrors, (_, group) => group));
  const chosen = chooseExactly(
    Array.from(order, (group) => mirrors[group]),
    count,
  );
  for (const group of chosen) {
    const forbidden = new Set(group.map((row) => trueLabel[row]));
    let wrong = generator.below(modulus);
    while (forbidden.has(wrong)) wrong = generator.below(modulus);
    for (const row of group) label[row] = wrong;
  }
}

/** Rows grouped by unordered pair {a, b}: one or two rows a group. */
function mirrorGroups(a: Uint16Array, b: Uint16Array, modulus: number): number[][] {
  const groups = new Map<number, number[]>();
  for (let row = 0; row < a.length; row++) {
    const key = Math.min(a[row], b[row]) * modulus + Math.max(a[row], b[row]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** The first groups in order that hold exactly `count` rows together; skips a group that is too large. */
function chooseExactly(groups: number[][], count: number): number[][] {
  const chosen: number[][] = [];
  let missing = count;
  for (const group of groups) {
    if (group.length > missing) continue;
    chosen.push(group);
    missing -= group.length;
  }
  if (missing === 0) return chosen;
  // One row is missing and only twins are left: give up a single row, take a pair of twins instead.
  const single = chosen.findIndex((group) => group.length === 1);
  const taken = new Set(chosen);
  const twins = groups.find((group) => group.length === 2 && !taken.has(group));
  if (single < 0 || twins === undefined) {
    throw new InputError(
      `Symmetric noise can't corrupt exactly ${count} of these training rows, which all come in mirrored pairs: choose a noise ratio that gives an even number.`,
    );
  }
  chosen.splice(single, 1);
  chosen.push(twins);
  return chosen;
}

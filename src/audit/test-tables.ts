/** Tables for tests and for bench/audit.ts: a rule with wrong labels, as the text of a CSV file. */
import { createGenerator } from '../task/generator.ts';
import { corruptLabels, type NoiseKind } from '../task/noise.ts';
import { arrangeSymbols } from './alphabets.ts';
import { cellsOf } from './cells.ts';
import { readSymbolTable } from './read-table.ts';

export interface TableOptions {
  readonly modulus: number;
  readonly noiseRatio: number;
  readonly seed: number;
  readonly noiseKind?: NoiseKind;
  /** Share of the pairs that are given; default all. */
  readonly share?: number;
  readonly rule?: (a: number, b: number) => number;
  /** Pairs where the rule doesn't hold: their true label is drawn at random. */
  readonly isException?: (a: number, b: number) => boolean;
  readonly withTruth?: boolean;
}

/** `a,b,label,true_label` with the pairs in order; symbols are numbers. */
export function csvTable(options: TableOptions): string {
  const { modulus, noiseRatio, seed, noiseKind = 'uniform', share = 1 } = options;
  const { withTruth = true, isException = () => false } = options;
  const rule = options.rule ?? ((a: number, b: number) => (a + b) % modulus);
  const draw = createGenerator(seed, 'test-table');
  const pairs = Uint32Array.from({ length: modulus * modulus }, (_, pair) => pair);
  const chosen = draw
    .shuffle(pairs)
    .slice(0, Math.round(share * pairs.length))
    .sort();
  const a = Uint16Array.from(chosen, (pair) => Math.floor(pair / modulus));
  const b = Uint16Array.from(chosen, (pair) => pair % modulus);
  const trueLabel = Uint16Array.from(chosen, (_, row) =>
    isException(a[row], b[row]) ? draw.below(modulus) : rule(a[row], b[row]),
  );
  const label = corruptLabels({ modulus, a, b, trueLabel }, noiseRatio, noiseKind, draw);
  const lines = [withTruth ? 'a,b,label,true_label' : 'a,b,label'];
  for (let row = 0; row < a.length; row++) {
    const truth = withTruth ? `,${trueLabel[row]}` : '';
    lines.push(`${a[row]},${b[row]},${label[row]}${truth}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A table as it is audited: its symbols in their places, its rows by pair. */
export function cellsOfText(text: string) {
  const table = readSymbolTable([Buffer.from(text)], 't.csv');
  const alphabets = arrangeSymbols(table);
  return { alphabets, cells: cellsOf(table, alphabets) };
}

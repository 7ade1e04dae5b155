import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'fast-png';
import { fieldPixels } from './palette.ts';
import { pixelImage, upright } from './pixel-image.ts';
import { fieldCodes } from './study.ts';

function decoded(uri: string) {
  const [head, body] = uri.split(',');
  assert.equal(head, 'data:image/png;base64');
  return decode(Buffer.from(body, 'base64'));
}

test('a pixel image holds its codes and palette', () => {
  const codes = Uint8Array.from([0, 1, 2, 3, 4, 5]);
  const png = decoded(pixelImage(codes, 3, 2, fieldPixels));
  assert.equal(png.width, 3);
  assert.equal(png.height, 2);
  assert.deepEqual([...png.data], [...codes]);
  assert.deepEqual(png.palette?.[fieldCodes.noisyMemorised].slice(0, 3), [213, 94, 0]);
});

test('a see-through colour after an opaque one is refused', () => {
  const palette = [
    [0, 0, 0, 255],
    [0, 0, 0, 0],
  ] as const;
  assert.throws(() => pixelImage(Uint8Array.of(0), 1, 1, palette), RangeError);
});

test('the first token runs up and the second to the right', () => {
  // Values at a·3 + b; the top row of the picture is a = 2.
  const values = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...upright(values, 3)], [6, 7, 8, 3, 4, 5, 0, 1, 2]);
});

/**
 * IDX, the format of the MNIST files: two zero bytes, a byte for the type (8: unsigned bytes), a byte for
 * the number of dimensions, every dimension as a big-endian 32-bit integer, and the values. A file may be
 * compressed with gzip.
 */
import { gunzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major; a view of the bytes that were passed in, or of what they were compressed from. */
  readonly values: Uint8Array;
}

/** Twice what MNIST's largest file holds; no compressed file is unpacked beyond it. */
const mostBytes = 100_000_000;

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param dimensions how many it must have: 3 for images, 1 for labels.
 * @param filename only names the file in errors.
 * @throws InputError for another magic number, dimensions that the bytes don't fill to the last, or gzip
 *   that can't be unpacked; the message says what and where.
 */
export function readIdx(bytes: Uint8Array, dimensions: number, filename: string): IdxArray {
  const fail = (problem: string): never => {
    throw new InputError(
      `${filename}: expected an IDX file of bytes in ${dimensions} dimension${dimensions === 1 ? '' : 's'}, but ${problem}.`,
    );
  };
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpack(bytes, fail) : bytes;
  const headerLength = 4 + 4 * dimensions;
  if (content.length === 0) fail('it is empty');
  if (content.length < 4) fail(`it ends after ${content.length} bytes, within its magic number`);
  const magic = [...content.subarray(0, 4)];
  if (magic.join() !== [0, 0, 8, dimensions].join()) {
    const hex = magic.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    fail(`it begins with ${hex} and not with 00 00 08 0${dimensions}`);
  }
  if (content.length < headerLength) {
    fail(`it ends after ${content.length} bytes, within its header of ${headerLength}`);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  // Up to three sizes of 32 bits pass 2⁵³; an inexact product is still far above any file's length.
  const announced = shape.reduce((product, size) => product * size, 1);
  const present = content.length - headerLength;
  if (announced !== present) {
    const problem = announced > present ? 'it may be truncated' : 'what follows is unknown';
    fail(
      `its header announces ${shape.join(' × ')} = ${announced} values and ${present} follow (${problem})`,
    );
  }
  return { shape, values: content.subarray(headerLength) };
}

function unpack(bytes: Uint8Array, fail: (problem: string) => never): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_BUFFER_TOO_LARGE'
      ? fail(`unpacked it is larger than ${mostBytes} bytes`)
      : fail(`its gzip can't be unpacked (${message}); it may be truncated`);
  }
}

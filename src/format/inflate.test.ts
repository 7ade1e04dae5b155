import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, inflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from './crc32.ts';
import { inflateRaw } from './inflate.ts';

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_DEFAULT_STRATEGY, Z_RLE } = constants;
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.array(fc.constantFrom(0, 1, 7), { maxLength: 3000 }).map((list) => Uint8Array.from(list)),
);

test('unpacks what zlib packs, with every strategy and level', () => {
  const strategy = fc.constantFrom(Z_FIXED, Z_HUFFMAN_ONLY, Z_DEFAULT_STRATEGY, Z_RLE);
  fc.assert(
    fc.property(bytes, strategy, fc.integer({ min: 0, max: 9 }), (data, strategy, level) => {
      const packed = deflateRawSync(data, { strategy, level });
      assert.deepEqual(inflateRaw(packed, data.length), data);
    }),
  );
});

test('says the same as zlib of bytes that are no deflated data', () => {
  const limit = 4096;
  const zlibSays = (packed: Uint8Array) => {
    try {
      return Uint8Array.from(inflateRawSync(packed, { maxOutputLength: limit }));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ERR_BUFFER_TOO_LARGE' ? 'too long' : 'damaged';
    }
  };
  const damaged = fc
    .tuple(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([data, at, flip]) => {
      const packed = Uint8Array.from(deflateRawSync(data));
      packed[at % packed.length] ^= flip;
      return packed;
    });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (packed) => {
      const [ours, theirs] = [inflateRaw(packed, limit), zlibSays(packed)];
      // Of what is both too long and damaged further on, zlib may notice either first.
      if (typeof theirs === 'string') assert.equal(typeof ours, 'string');
      else assert.deepEqual(ours, theirs);
    }),
    { numRuns: 1000 },
  );
});

test('stops at the bytes that were declared', () => {
  const packed = deflateRawSync(new Uint8Array(100_000));
  assert.equal(inflateRaw(packed, 99_999), 'too long');
  assert.equal(inflateRaw(packed.subarray(0, packed.length - 2), 100_000), 'damaged');
});

test('the checksum is that of zlib', () => {
  fc.assert(fc.property(bytes, (data) => assert.equal(crc32(data), zlibCrc32(data))));
});

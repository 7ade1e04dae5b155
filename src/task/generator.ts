/**
 * The seeded generator behind every random choice: xoshiro128** (Blackman & Vigna 2018), 128 bits of
 * state, 32 bits a draw, integer arithmetic only, so the same on every machine.
 *
 * A generator belongs to a seed AND a named stream. Streams of one seed are independent: drawing more
 * from "noise" never moves "split" or "weights". The four words of state are
 *
 *     s[i] = mix(mix(mix(c[i] ^ low(seed)) ^ high(seed)) ^ fnv1a(stream)),   mix = MurmurHash3's finalizer
 *
 * which differ for any two seeds on one stream.
 */
export interface Generator {
  /** A uniform integer in 0…2³²−1. */
  uint32(): number;
  /** A uniform integer in 0…n−1, unbiased (rejection), for 1 ≤ n ≤ 2³². */
  below(n: number): number;
  /** A uniform multiple of 2⁻²⁴ in [0, 1): exact in single precision. */
  uniform(): number;
  /** Shuffles in place (Fisher–Yates, from the end) and returns the array. */
  shuffle<T extends { length: number; [index: number]: number }>(array: T): T;
}

const stateConstants = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667];

/** The generator of a stream. `seed` is an integer in 0…2⁵³−1. */
export function createGenerator(seed: number, stream: string): Generator {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`a seed is an integer from 0 to 2^53 − 1, not ${seed}`);
  }
  const low = seed % 2 ** 32;
  const high = Math.floor(seed / 2 ** 32);
  const name = fnv1a(stream);
  let [s0, s1, s2, s3] = stateConstants.map((c) => mix(mix(mix(c ^ low) ^ high) ^ name));

  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotateLeft(s3, 11);
    return result;
  };
  const below = (n: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % n;
  };
  return {
    uint32,
    below,
    uniform: () => (uint32() >>> 8) * 2 ** -24,
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const held = array[i];
        array[i] = array[j];
        array[j] = held;
      }
      return array;
    },
  };
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}

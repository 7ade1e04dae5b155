/**
 * Unpacks deflated bytes (RFC 1951) in plain TypeScript: browsers unpack only asynchronously, and their stream
 * knows no limit. Codes are decoded bit by bit in canonical order, after Mark Adler's puff.c.
 */

const mostBits = 15;
const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31];
lengthBase.push(35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258);
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
lengthExtra.push(3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
const distanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193];
distanceBase.push(
  257,
  385,
  513,
  769,
  1025,
  1537,
  2049,
  3073,
  4097,
  6145,
  8193,
  12289,
  16385,
  24577,
);
const distanceExtra = distanceBase.map((_, code) => Math.max(0, (code >> 1) - 1));
const orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A Huffman code: how many symbols have each length, and the symbols in canonical order. */
interface Code {
  readonly count: Uint16Array;
  readonly symbol: Uint16Array;
}

class Damage extends Error {}
class TooLong extends Error {}

/**
 * The bytes that `packed` holds, at most `size` of them. "too long" where there are more, "damaged" where it
 * isn't deflated data or ends too early. Bytes after its last block are ignored, as zlib does.
 */
export function inflateRaw(packed: Uint8Array, size: number): Uint8Array | 'too long' | 'damaged' {
  try {
    return new Inflation(packed, size).run();
  } catch (error) {
    if (error instanceof TooLong) return 'too long';
    if (error instanceof Damage) return 'damaged';
    throw error;
  }
}

class Inflation {
  private readonly input: Uint8Array;
  private readonly output: Uint8Array;
  private position = 0;
  private length = 0;
  private held = 0;
  private heldBits = 0;

  constructor(input: Uint8Array, size: number) {
    this.input = input;
    this.output = new Uint8Array(size);
  }

  run(): Uint8Array {
    for (;;) {
      const isLast = this.bits(1) === 1;
      const kind = this.bits(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.compressed(fixedLiterals, fixedDistances);
      else if (kind === 2) this.compressed(...this.readCodes());
      else throw new Damage();
      if (isLast) return this.output.subarray(0, this.length);
    }
  }

  private bits(count: number): number {
    while (this.heldBits < count) {
      if (this.position === this.input.length) throw new Damage();
      this.held |= this.input[this.position++] << this.heldBits;
      this.heldBits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.heldBits -= count;
    return value;
  }

  private symbol({ count, symbol }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= mostBits; length++) {
      code |= this.bits(1);
      const here = count[length];
      if (code - here < first) return symbol[index + code - first];
      index += here;
      first = (first + here) << 1;
      code <<= 1;
    }
    throw new Damage();
  }

  private stored(): void {
    this.held = 0;
    this.heldBits = 0;
    const { input, position } = this;
    if (position + 4 > input.length) throw new Damage();
    const length = input[position] | (input[position + 1] << 8);
    const complement = input[position + 2] | (input[position + 3] << 8);
    if (length !== (~complement & 0xffff)) throw new Damage();
    const end = position + 4 + length;
    if (end > input.length) throw new Damage();
    if (this.length + length > this.output.length) throw new TooLong();
    this.output.set(input.subarray(position + 4, end), this.length);
    this.length += length;
    this.position = end;
  }

  private compressed(literals: Code, distances: Code): void {
    const { output } = this;
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        if (this.length === output.length) throw new TooLong();
        output[this.length++] = symbol;
        continue;
      }
      if (symbol > 285) throw new Damage();
      const length = lengthBase[symbol - 257] + this.bits(lengthExtra[symbol - 257]);
      const code = this.symbol(distances);
      if (code > 29) throw new Damage();
      const distance = distanceBase[code] + this.bits(distanceExtra[code]);
      if (distance > this.length) throw new Damage();
      if (this.length + length > output.length) throw new TooLong();
      // One by one: a distance shorter than the length repeats what was just written.
      for (let i = 0; i < length; i++, this.length++) {
        output[this.length] = output[this.length - distance];
      }
    }
  }

  private readCodes(): [Code, Code] {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const given = this.bits(4) + 4;
    if (literals > 286 || distances > 30) throw new Damage();
    const lengths = new Uint8Array(19);
    for (let i = 0; i < given; i++) lengths[orderOfLengths[i]] = this.bits(3);
    const ofLengths = codeOf(lengths, 'complete');
    const all = new Uint8Array(literals + distances);
    for (let at = 0; at < all.length; ) {
      const symbol = this.symbol(ofLengths);
      if (symbol < 16) {
        all[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) throw new Damage();
      const value = symbol === 16 ? all[at - 1] : 0;
      const times =
        symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (at + times > all.length) throw new Damage();
      all.fill(value, at, at + times);
      at += times;
    }
    if (all[256] === 0) throw new Damage();
    return [
      codeOf(all.subarray(0, literals), 'or one symbol'),
      codeOf(all.subarray(literals), 'or one symbol'),
    ];
  }
}

/**
 * The canonical code with these lengths. One that leaves bits unused is damage, but for one symbol of one bit
 * or none at all, which encoders write for distances.
 */
function codeOf(lengths: Uint8Array, demand: 'complete' | 'or one symbol'): Code {
  const count = new Uint16Array(mostBits + 1);
  for (const length of lengths) count[length]++;
  let left = 1;
  for (let length = 1; length <= mostBits; length++) {
    left = 2 * left - count[length];
    if (left < 0) throw new Damage();
  }
  const used = lengths.length - count[0];
  const isSingle = used === 0 || (used === 1 && count[1] === 1);
  if (left > 0 && !(demand === 'or one symbol' && isSingle)) throw new Damage();
  const next = new Uint16Array(mostBits + 2);
  for (let length = 1; length <= mostBits; length++)
    next[length + 1] = next[length] + count[length];
  const symbol = new Uint16Array(used);
  lengths.forEach((length, value) => {
    if (length > 0) symbol[next[length]++] = value;
  });
  count[0] = 0;
  return { count, symbol };
}

const fixedLiterals = codeOf(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  'complete',
);
const fixedDistances = codeOf(new Uint8Array(32).fill(5), 'complete');

/** Writes zip archives for tests, wrong ones too. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface TestMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** What else than the truth to write. */
  readonly packed?: Uint8Array;
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
  readonly flags?: number;
}

export interface ZipOptions {
  readonly deflate?: boolean;
  /** Sizes, offsets and counts in the zip64 fields. */
  readonly zip64?: boolean;
  readonly comment?: string;
}

export function zip(members: readonly TestMember[], options: ZipOptions = {}): Uint8Array {
  const { deflate = false, zip64 = false, comment = '' } = options;
  const body: number[] = [];
  const directory: number[] = [];
  const put = (to: number[], width: number, ...values: number[]) => {
    for (const value of values) {
      for (let i = 0, rest = value; i < width; i++, rest = Math.floor(rest / 256)) {
        to.push(rest % 256);
      }
    }
  };
  for (const { name, content, packed, size, crc, method, flags = 0 } of members) {
    const deflated = deflate || packed !== undefined;
    const data = packed ?? (deflate ? deflateRawSync(content) : content);
    const text = new TextEncoder().encode(name);
    const local = body.length;
    const sizes = [data.length, size ?? content.length];
    const sum = crc ?? crc32(content);
    const how = method ?? (deflated ? 8 : 0);
    const full = 0xffffffff;
    put(body, 4, 0x04034b50);
    put(body, 2, 20, flags, how, 0, 0);
    put(body, 4, sum, ...(zip64 ? [full, full] : sizes));
    put(body, 2, text.length, zip64 ? 20 : 0);
    body.push(...text);
    if (zip64) {
      put(body, 2, 1, 16);
      put(body, 8, sizes[1], sizes[0]);
    }
    for (const byte of data) body.push(byte);
    put(directory, 4, 0x02014b50);
    put(directory, 2, 20, 20, flags, how, 0, 0);
    put(directory, 4, sum, ...(zip64 ? [full, full] : sizes));
    put(directory, 2, text.length, zip64 ? 28 : 0, 0, 0, 0);
    put(directory, 4, 0, zip64 ? full : local);
    directory.push(...text);
    if (zip64) {
      put(directory, 2, 1, 24);
      put(directory, 8, sizes[1], sizes[0], local);
    }
  }
  const start = body.length;
  const end: number[] = [];
  if (zip64) {
    put(end, 4, 0x06064b50);
    put(end, 8, 44);
    put(end, 2, 45, 45);
    put(end, 4, 0, 0);
    put(end, 8, members.length, members.length, directory.length, start);
    put(end, 4, 0x07064b50, 0);
    put(end, 8, start + directory.length);
    put(end, 4, 1);
  }
  put(end, 4, 0x06054b50);
  put(end, 2, 0, 0, ...(zip64 ? [0xffff, 0xffff] : [members.length, members.length]));
  put(end, 4, ...(zip64 ? [0xffffffff, 0xffffffff] : [directory.length, start]));
  const text = new TextEncoder().encode(comment);
  put(end, 2, text.length);
  return Uint8Array.from([...body, ...directory, ...end, ...text]);
}

/**
 * Zip archives as numpy and PyTorch write them: stored or deflated members, zip64 where a field is too
 * small. Every member is known from the central directory before any is unpacked, so that nothing is
 * allocated for an archive that lies about its size.
 */
import { crc32 } from './crc32.ts';
import { inflateRaw } from './inflate.ts';
import { quote } from './quote.ts';

export type Fail = (problem: string) => never;

export interface ZipMember {
  readonly name: string;
  readonly deflated: boolean;
  /** As they lie in the archive. */
  readonly packed: Uint8Array;
  /** Bytes when unpacked, as declared. */
  readonly size: number;
  readonly crc: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

/** A network and its optimizer have a handful of members; each costs memory before it is looked at. */
const mostMembers = 100_000;
/** Weights hardly compress: an archive that grows beyond 64 MiB and a hundredfold isn't made of them. */
const largestTotal = 2 ** 31;
const unsuspiciousTotal = 2 ** 26;
const largestGrowth = 100;

/** Whether bytes begin as a zip archive does (an empty one is nothing but its end). */
export function looksLikeZip(bytes: Uint8Array): boolean {
  const [p, k, x, y] = bytes;
  return p === 0x50 && k === 0x4b && ((x === 3 && y === 4) || (x === 5 && y === 6));
}

/**
 * The members of an archive by name.
 *
 * @param fail is told what is wrong, for the reader of a file to add its name.
 */
export function readZip(bytes: Uint8Array, fail: Fail): Map<string, ZipMember> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, begin, end } = findDirectory(view, fail);
  if (count > mostMembers) fail(`it announces ${count} members, more than ${mostMembers}`);
  const members = new Map<string, ZipMember>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  let position = begin;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const entry = readEntry(view, position, end, fail);
    const { name } = entry;
    if (members.has(name)) fail(`it has two members ${quote(name)}`);
    const data = localData(view, entry, begin, fail);
    members.set(name, {
      name,
      deflated: entry.deflated,
      packed: bytes.subarray(data.begin, data.end),
      size: entry.size,
      crc: entry.crc,
    });
    ranges.push({ name, ...data });
    total += entry.size;
    position = entry.next;
  }
  ranges.sort((x, y) => x.begin - y.begin || x.end - y.end);
  for (let i = 1; i < ranges.length; i++) {
    if (ranges[i].begin < ranges[i - 1].end) {
      fail(`its members ${quote(ranges[i - 1].name)} and ${quote(ranges[i].name)} overlap`);
    }
  }
  if (total > largestTotal || (total > unsuspiciousTotal && total > largestGrowth * bytes.length)) {
    fail(`its ${bytes.length} bytes would unpack to ${total} (a zip bomb?); it was not unpacked`);
  }
  return members;
}

/** The bytes of a member: a view where it is stored. Whether its checksum holds is up to `checksumHolds`. */
export function unpack(member: ZipMember, fail: Fail): Uint8Array {
  const { name, deflated, packed, size } = member;
  if (!deflated) return packed;
  const data = inflateRaw(packed, size);
  if (data === 'too long' || data === 'damaged') {
    return fail(
      `its member ${quote(name)} ${data === 'too long' ? `unpacks to more than the ${size} bytes it declares (a zip bomb?)` : 'is damaged: it does not unpack'}`,
    );
  }
  if (data.length !== size) {
    fail(`its member ${quote(name)} unpacks to ${data.length} bytes and declares ${size}`);
  }
  return data;
}

export function checksumHolds(member: ZipMember, unpacked: Uint8Array): boolean {
  return crc32(unpacked) === member.crc;
}

/** Where the central directory lies, from the record at the end of the archive. */
function findDirectory(view: DataView, fail: Fail) {
  const last = view.byteLength - 22;
  for (let at = last; at >= 0 && at >= last - 0xffff; at--) {
    if (view.getUint32(at, true) !== endSignature || view.getUint16(at + 20, true) !== last - at) {
      continue;
    }
    let limit = at;
    let disk = view.getUint32(at + 4, true);
    let count = view.getUint16(at + 10, true);
    let size = view.getUint32(at + 12, true);
    let begin = view.getUint32(at + 16, true);
    if (count === 0xffff || size === 0xffffffff || begin === 0xffffffff) {
      const end64 = findEnd64(view, at, fail);
      limit = end64;
      disk = view.getUint32(end64 + 16, true) | view.getUint32(end64 + 20, true);
      count = wide(view, end64 + 32, fail);
      size = wide(view, end64 + 40, fail);
      begin = wide(view, end64 + 48, fail);
    }
    if (disk !== 0) fail('it is one part of an archive in several');
    if (begin + size > limit) fail('its directory lies outside of it (it may be truncated)');
    return { count, begin, end: begin + size };
  }
  return fail('it has no directory at its end (it may be truncated)');
}

function findEnd64(view: DataView, end: number, fail: Fail): number {
  const locator = end - 20;
  if (locator >= 56 && view.getUint32(locator, true) === locator64Signature) {
    const at = wide(view, locator + 8, fail);
    if (at <= locator - 56 && view.getUint32(at, true) === end64Signature) return at;
  }
  return fail('its zip64 directory is missing (it may be truncated)');
}

interface Entry {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function readEntry(view: DataView, at: number, end: number, fail: Fail): Entry {
  if (at + 46 > end || view.getUint32(at, true) !== centralSignature) {
    fail('its directory is damaged');
  }
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > end) fail('its directory is damaged');
  const name = text(view, at + 46, nameEnd);
  if (view.getUint16(at + 8, true) & 1) fail(`its member ${quote(name)} is encrypted`);
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) {
    fail(
      `its member ${quote(name)} is compressed by method ${method}, expected stored or deflated`,
    );
  }
  const narrow = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  const [size, packedSize, local] = widened(view, narrow, nameEnd, extraEnd, fail);
  if (method === 0 && size !== packedSize) {
    fail(
      `its member ${quote(name)} is stored in ${packedSize} bytes and declares ${size}; it is damaged`,
    );
  }
  const crc = view.getUint32(at + 16, true);
  return { name, deflated: method === 8, crc, packedSize, size, local, next };
}

/** The fields that don't fit 32 bits are in the extra field 1, in this order, and only they. */
function widened(view: DataView, fields: number[], begin: number, end: number, fail: Fail) {
  if (!fields.includes(0xffffffff)) return fields;
  for (let at = begin; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const extraEnd = Math.min(end, at + 4 + view.getUint16(at + 2, true));
    let position = at + 4;
    return fields.map((field) => {
      if (field !== 0xffffffff) return field;
      position += 8;
      return position > extraEnd
        ? fail('its directory is damaged')
        : wide(view, position - 8, fail);
    });
  }
  return fail('its directory is damaged');
}

/** The range of a member's bytes. The local header repeats its name; its sizes may be left out. */
function localData(view: DataView, entry: Entry, directory: number, fail: Fail) {
  const { name, local, packedSize } = entry;
  const nameBegin = local + 30;
  if (nameBegin > directory || view.getUint32(local, true) !== localSignature) {
    fail(`its member ${quote(name)} is not where its directory says`);
  }
  const nameEnd = nameBegin + view.getUint16(local + 26, true);
  const begin = nameEnd + view.getUint16(local + 28, true);
  const end = begin + packedSize;
  if (end > directory) fail(`its member ${quote(name)} is not where its directory says`);
  if (text(view, nameBegin, nameEnd) !== name) {
    fail(`its member ${quote(name)} has another name in its own header`);
  }
  return { begin, end };
}

function wide(view: DataView, at: number, fail: Fail): number {
  const value = view.getBigUint64(at, true);
  return value <= BigInt(view.byteLength) * 2048n
    ? Number(value)
    : fail(`it announces ${value} bytes, more than it can hold`);
}

function text(view: DataView, begin: number, end: number): string {
  return new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + begin, end - begin),
  );
}

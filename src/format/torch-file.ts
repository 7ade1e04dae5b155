/**
 * PyTorch's own files (.pt, .pth), from `torch.save`: a zip archive with one pickle and a member for every
 * storage, or, before PyTorch 1.6, pickles one after the other and then the storages. Nothing in them is
 * executed; see pickle.ts.
 */
import { type PickleHost, unpickle } from './pickle.ts';
import { quote } from './quote.ts';
import { elementSize } from './safetensors.ts';
import { type TorchStorage, torchHost } from './torch-pickle.ts';
import { checksumHolds, type Fail, unpack, type ZipMember } from './zip.ts';

/** What the first pickle of the old format holds. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const oldProtocol = 1001;

/** A pickle larger than this is more than the description of some tensors. */
const longestPickle = 2 ** 26;

/** What a file holds: dicts (Map), lists, tuples, tensors (TorchTensor), numbers, strings. */
export interface TorchFile {
  readonly value: unknown;
  readonly notices: readonly string[];
}

/** The one member "<name>/data.pkl" that tells PyTorch's archives from others; null in these. */
export function torchPickle(members: ReadonlyMap<string, ZipMember>): ZipMember | null {
  for (const member of members.values()) {
    if (/^([^/]+\/)?data\.pkl$/.test(member.name)) return member;
  }
  return null;
}

/** Reads an archive that PyTorch wrote. */
export function readTorchZip(
  members: ReadonlyMap<string, ZipMember>,
  pickle: ZipMember,
  fail: Fail,
): TorchFile {
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (members.has(`${folder}constants.pkl`)) {
    fail('it is a TorchScript program, which is not read; save the state_dict');
  }
  const damaged: string[] = [];
  const content = (member: ZipMember) => {
    const bytes = unpack(member, fail);
    if (!checksumHolds(member, bytes)) damaged.push(member.name);
    return bytes;
  };
  const order = members.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(content(order)) !== 'little') {
    fail('its byteorder is not little; save it on a little-endian machine or as safetensors');
  }
  if (pickle.size > longestPickle) fail(`its pickle of ${pickle.size} bytes is too long`);
  const { host, storages } = torchHost(fail);
  const { value } = unpickle(content(pickle), 0, host, fail);
  for (const storage of storages.values()) {
    const member = members.get(`${folder}data/${storage.key}`);
    if (member === undefined) return fail(`its storage ${quote(storage.key)} is not there`);
    checkSize(storage, member.size, fail);
    storage.bytes = content(member);
  }
  // torch.serialization.set_crc32_options(False) leaves them wrong, so this need not be damage.
  const notices =
    damaged.length === 0
      ? []
      : [
          `The checksum of ${damaged.slice(0, 6).map(quote).join(', ')} does not hold: saved without checksums, or damaged.`,
        ];
  return { value, notices };
}

/** Whether bytes begin as a pickle does, and not as the length of a safetensors header. */
export function looksLikePickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && bytes[8] !== 0x7b;
}

/**
 * Refuses a file as PyTorch before 0.1.10 wrote them, a tar archive of "sys_info", "pickle", "tensors" and
 * "storages". Its pickle makes tensors out of numbered parts; nobody has written one since 2017.
 */
export function refuseTorchTar(bytes: Uint8Array, fail: Fail): void {
  const ustar = new TextDecoder('latin1').decode(bytes.subarray(257, 262));
  // The header of a safetensors file begins at its ninth byte and may hold any text.
  if (ustar !== 'ustar' || bytes[8] === 0x7b) return;
  fail(
    'it is a tar archive, as PyTorch before 0.1.10 saved them, or another one; load it in PyTorch and save its state_dict again: torch.save(torch.load(FILE, weights_only=False), NEW)',
  );
}

/** Reads a file of the old format: magic number, protocol, machine, value, keys, then storages. */
export function readTorchLegacy(bytes: Uint8Array, fail: Fail): TorchFile {
  let position = 0;
  const next = (host: PickleHost): unknown => {
    const { value, end } = unpickle(
      bytes.subarray(0, position + longestPickle),
      position,
      host,
      fail,
    );
    position = end;
    return value;
  };
  const { host, storages } = torchHost(fail);
  if (next(host) !== magicNumber) {
    fail('it is a pickle that torch.save did not write; save the state_dict with safetensors');
  }
  if (next(host) !== oldProtocol) fail(`its protocol is not ${oldProtocol}`);
  const machine = next(host);
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    fail('it was saved on a big-endian machine; save it as safetensors there');
  }
  const value = next(host);
  const keys = next(host);
  if (!Array.isArray(keys)) return fail('it has no list of its storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const missing = new Set(storages.keys());
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || !missing.delete(key)) {
      return fail('it lists a storage that no tensor lies in, or one twice');
    }
    const length = position + 8 <= bytes.length ? view.getBigUint64(position, true) : -1n;
    if (length !== BigInt(storage.length)) {
      fail(
        `its storage ${quote(key)} has not the ${storage.length} elements it should (truncated?)`,
      );
    }
    position += 8;
    checkSize(storage, bytes.length - position, fail);
    const end = position + storage.length * elementSize[storage.dtype];
    storage.bytes = bytes.subarray(position, end);
    position = end;
  }
  for (const key of missing) fail(`its storage ${quote(key)} is not there`);
  return { value, notices: [] };
}

function checkSize({ key, dtype, length }: TorchStorage, available: number, fail: Fail): void {
  const wanted = length * elementSize[dtype];
  if (wanted > available) {
    fail(
      `its storage ${quote(key)} has ${available} bytes where ${length} elements of ${dtype} want ${wanted} (truncated?)`,
    );
  }
}

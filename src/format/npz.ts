/** Arrays by name in a zip archive, as numpy.savez and numpy.savez_compressed write them. */
import { readNpy } from './npy.ts';
import { quote } from './quote.ts';
import type { StoredTensor } from './safetensors.ts';
import { checksumHolds, type Fail, unpack, type ZipMember } from './zip.ts';

/**
 * The arrays of an archive, without the ".npy" of their members. Members of other names and arrays of
 * strings are left out.
 */
export function readNpz(
  members: ReadonlyMap<string, ZipMember>,
  fail: Fail,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const member of members.values()) {
    if (!member.name.endsWith('.npy')) continue;
    const bytes = unpack(member, fail);
    if (!checksumHolds(member, bytes)) {
      fail(`its member ${quote(member.name)} is damaged: its checksum does not hold`);
    }
    const name = member.name.slice(0, -'.npy'.length);
    const tensor = readNpy(bytes, name, fail);
    if (tensor !== null) tensors.set(name, tensor);
  }
  return tensors;
}

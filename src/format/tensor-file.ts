/** Named tensors from any file that holds some: which format it is, its first bytes say, not its name. */
import { InputError } from '../errors.ts';
import { looksLikeNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';
import { configOf, findStateDict } from './state-dict.ts';
import {
  looksLikePickle,
  readTorchLegacy,
  readTorchZip,
  refuseTorchTar,
  type TorchFile,
  torchPickle,
} from './torch-file.ts';
import { type Fail, looksLikeZip, readZip } from './zip.ts';

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Of a safetensors file, or the config in a checkpoint of PyTorch's; npz has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Sentences on what was found and how it was read. */
  readonly notices: readonly string[];
}

/**
 * @param filename only names the file in errors.
 * @throws InputError for anything the format forbids; the message says what and where.
 */
export function readTensorFile(bytes: Uint8Array, filename: string): TensorFile {
  const failAs =
    (format: string): Fail =>
    (problem) => {
      throw new InputError(`${filename}: expected ${format}, but ${problem}.`);
    };
  if (looksLikeNpy(bytes)) {
    failAs('a network of several arrays')(
      'it is one array (.npy); save all of them with numpy.savez',
    );
  }
  if (looksLikeZip(bytes)) {
    const members = readZip(bytes, failAs('a zip archive'));
    const pickle = torchPickle(members);
    if (pickle !== null) {
      const fail = failAs(stateDict);
      return fromTorch(readTorchZip(members, pickle, fail), fail);
    }
    return { tensors: readNpz(members, failAs('an npz archive')), metadata: {}, notices: [] };
  }
  if (looksLikePickle(bytes)) {
    const fail = failAs(stateDict);
    return fromTorch(readTorchLegacy(bytes, fail), fail);
  }
  refuseTorchTar(bytes, failAs(stateDict));
  return { ...readSafetensors(bytes, filename), notices: [] };
}

const stateDict = 'a PyTorch file of nothing but tensors, dicts, lists, numbers and strings';

function fromTorch({ value, notices }: TorchFile, fail: Fail): TensorFile {
  const found = findStateDict(value, fail);
  const metadata = configOf(value);
  return { tensors: found.tensors, metadata, notices: [...notices, ...found.notices] };
}

/** Named tensors from any file that holds some: which format it is, its first bytes say, not its name. */
import { InputError } from '../errors.ts';
import { looksLikeNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';
import { type Fail, looksLikeZip, readZip } from './zip.ts';

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Of a safetensors file; the other formats have none. */
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
    return { tensors: readNpz(members, failAs('an npz archive')), metadata: {}, notices: [] };
  }
  return { ...readSafetensors(bytes, filename), notices: [] };
}

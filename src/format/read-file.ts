/** Reading what a user named: every way in which a file can't be read is an InputError. */
import { readFileSync } from 'node:fs';
import { InputError } from '../errors.ts';

/** The bytes of a file. Throws InputError: one sentence that names the path and the reason. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`Could not read ${path}: ${reasons[code ?? ''] ?? message}.`, {
      cause: error,
    });
  }
}

/** The text of a UTF-8 file, a byte-order mark included. Throws InputError. */
export function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError(
      `${path}: expected a text file in UTF-8, but its bytes are not; convert it.`,
    );
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'a part of its path is a file, not a folder; check the path',
  EISDIR: 'it is a folder, expected a file',
  EACCES: 'there is no permission to read it',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** Reading what a user named: every way in which a file can't be read is an InputError. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { InputError } from '../errors.ts';

/** The bytes of a file. Throws InputError: one sentence that names the path and the reason. */
export function readBytes(path: string): Uint8Array {
  try {
    // A device may never end.
    if (statSync(path).isCharacterDevice()) {
      throw new InputError(`Could not read ${path}: it is a device, expected a file.`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw readFailure(path, error);
  }
}

const chunkBytes = 1 << 20;

/**
 * The bytes of a file in parts, one of which is held at a time. Each part is valid until the next is asked for.
 * @throws InputError for what can't be read, and for a pipe or a device, which can't be read a second time.
 */
export function* readChunks(path: string): Generator<Uint8Array> {
  let file: number;
  try {
    refusePipe(path);
    file = openSync(path, 'r');
  } catch (error) {
    throw error instanceof InputError ? error : readFailure(path, error);
  }
  try {
    const chunk = new Uint8Array(chunkBytes);
    for (;;) {
      const length = readPart(path, file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** Opening a pipe would wait for its writer. */
function refusePipe(path: string): void {
  const there = statSync(path);
  if (there.isFile() || there.isDirectory()) return;
  throw new InputError(
    `Could not read ${path}: it is a pipe or a device, and it has to be read twice; save it as a file first.`,
  );
}

function readPart(path: string, file: number, chunk: Uint8Array): number {
  try {
    return readSync(file, chunk);
  } catch (error) {
    throw readFailure(path, error);
  }
}

function readFailure(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new InputError(`Could not read ${path}: ${reasons[code ?? ''] ?? message}.`, {
    cause: error,
  });
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

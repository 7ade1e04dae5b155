/** Files that appear whole or not at all. */
import * as nodeFileSystem from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, WorkError } from '../errors.ts';

/** The calls that a write makes; tests pass one that fails. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  'openSync' | 'writeFileSync' | 'fsyncSync' | 'closeSync' | 'renameSync' | 'unlinkSync'
>;

let written = 0;

/** What a file is to hold: whole, or as parts that are written one after the other and never held together. */
export type FileContent = string | Uint8Array | Iterable<string>;

/**
 * Writes a file so that after a crash or a full disk there is either the old content or the new: a
 * temporary file in the same folder, synced, renamed over the old one, the folder synced.
 *
 * @throws WorkError if that fails; the temporary file is then gone and the old file as it was.
 */
export function writeFileAtomic(
  path: string,
  content: FileContent,
  files: FileSystem = nodeFileSystem,
): void {
  const folder = dirname(path);
  // The process id and a counter: two writers of one file never share a temporary file.
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${written++}.tmp`);
  try {
    refuseSpecialFile(path);
    const file = files.openSync(temporary, 'w');
    try {
      const parts = typeof content === 'string' || isBytes(content) ? [content] : content;
      for (const part of parts) files.writeFileSync(file, part);
      files.fsyncSync(file);
    } finally {
      files.closeSync(file);
    }
    files.renameSync(temporary, path);
  } catch (error) {
    try {
      files.unlinkSync(temporary);
    } catch {
      // It was never made.
    }
    // Parts are made while they are written: what is wrong with them is no failure to write.
    throw error instanceof InputError || error instanceof WorkError
      ? error
      : writeFailure(path, error);
  }
  syncFolder(folder, files);
}

/** A device or a pipe would be replaced by the rename, as root even /dev/null. */
function refuseSpecialFile(path: string): void {
  const there = nodeFileSystem.lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile() || there.isDirectory() || there.isSymbolicLink())
    return;
  throw new WorkError(
    `Could not write ${path}: it is a device or a pipe, not a file; choose another name.`,
  );
}

function isBytes(content: FileContent): content is Uint8Array {
  return content instanceof Uint8Array;
}

/** Whether a file is one that `writeFileAtomic` was writing, or had been when it was killed. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+-\d+\.tmp$/.test(name);
}

/** What went wrong with a write, as a sentence for people. */
export function writeFailure(path: string, error: unknown): WorkError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new WorkError(`Could not write ${path}: ${reason}.`, { cause: error });
}

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full; make room or choose another folder',
  EDQUOT: 'your disk quota is used up; make room or choose another folder',
  EACCES: 'there is no permission to write there; choose another folder',
  EPERM: 'the system does not permit it; choose another folder',
  EROFS: 'the disk is read-only; choose another folder',
  ENOENT: 'its folder does not exist (any more); create it or choose another',
  ENOTDIR: 'a part of its path is a file, not a folder; choose another',
  EISDIR: 'there is a folder of that name; choose another name',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  EFBIG: 'it would be larger than this system lets a file be; raise that limit (ulimit -f)',
  EIO: 'the disk reports an error; choose another',
};

/** Makes the rename itself durable, where the system lets a folder be synced (Windows does not). */
function syncFolder(folder: string, files: FileSystem): void {
  let handle: number;
  try {
    handle = files.openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    files.fsyncSync(handle);
  } catch {
    // The new content is in place already; some file systems don't sync folders.
  } finally {
    files.closeSync(handle);
  }
}

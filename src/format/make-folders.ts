import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WorkError } from '../errors.ts';
import { writeFailure } from './atomic.ts';

/**
 * Makes a folder and the parents it lacks, one by one: a single recursive `mkdir` never returns where the system
 * refuses folders in a file system of its own, such as /proc.
 *
 * @returns the topmost folder that was made, or null where all were there.
 * @throws WorkError if one can't be made.
 */
export function makeFolders(path: string): string | null {
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new WorkError(
      `Could not write ${path}: it is a file, not a folder; choose another name.`,
    );
  }
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) {
    missing.push(folder);
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it in the meantime.
      const isThere = existsSync(folder) && statSync(folder).isDirectory();
      if (!isThere) throw writeFailure(path, error);
    }
  }
  return missing[0] ?? null;
}

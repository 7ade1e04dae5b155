import { existsSync } from 'node:fs';
import { InputError } from '../errors.ts';
import { readCayleyTable, readText } from '../format/index.ts';
import { type Operation, parseOperation } from '../task/index.ts';

const prefix = 'cayley:';

/**
 * A task as settings hold it: itself, or for `cayley:FILE` the table in that file, whose size is the modulus.
 * @throws InputError for a file that isn't there or is no table.
 */
export function resolveTask(task: string): {
  readonly task: string;
  readonly modulus: number | null;
} {
  if (!task.startsWith(prefix)) return { task, modulus: null };
  const path = task.slice(prefix.length);
  if (/^[\d,/]+$/.test(path) && !existsSync(path)) return { task, modulus: null };
  if (!existsSync(path)) {
    throw new InputError(
      `There is no file ${path}: expected --task cayley:FILE.csv with P lines of P numbers, or the columns a, b, c.`,
    );
  }
  return readCayleyTable(readText(path), path);
}

/**
 * The operation that --task says of a model of P tokens, a table in a file read; null without the flag.
 * @throws InputError for an unknown task, one that P doesn't fit, and a file that can't be read.
 */
export function operationOf(task: string | undefined, modulus: number): Operation | null {
  return task === undefined ? null : parseOperation(resolveTask(task).task, modulus);
}

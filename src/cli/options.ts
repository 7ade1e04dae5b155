/** Options that several commands share, and how their values are read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Backend, type BackendName, backendNames, selectBackend } from '../compute/index.ts';
import { notice } from './terminal.ts';

export interface ComputeOptions {
  readonly backend: BackendName;
  readonly threads?: number;
}

export function addComputeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--backend <name>', 'what computes').choices([...backendNames]).default('auto'),
    )
    .option('--threads <n>', 'threads of the native kernel (default: all cores)', integer);
}

/** The backend that the options name; says so on standard error where it had to fall back. */
export function backendFor(options: ComputeOptions): Backend {
  return selectBackend({
    backend: options.backend,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onFallback: notice,
  });
}

export function integer(text: string): number {
  if (!/^[+-]?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected an integer.');
  return Number(text);
}

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError('Expected a number.');
  }
  return value;
}

/** `--level`: a significance level strictly between 0 and 1. */
export function significanceLevel(text: string): number {
  const level = number(text);
  if (level <= 0 || level >= 1) throw new InvalidArgumentError('Expected a level between 0 and 1.');
  return level;
}

/** `runs/NAME`, or `runs/NAME-2`, `runs/NAME-3`, … where that is taken: nothing existing is ever in the way. */
export function freeRunDirectory(name: string): string {
  for (let attempt = 1; ; attempt++) {
    const path = join('runs', attempt === 1 ? name : `${name}-${attempt}`);
    if (!existsSync(path)) return path;
  }
}

/**
 * Tools beyond npm that some tests need: finds them, and brings what is missing where that can be done: on
 * Debian, as root, with apt-get. CHROMIUM names another browser.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { findPostgres } from './test-postgres.ts';

/** Path of a Chromium on this machine, or null. */
export function findChromium(): string | null {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}

/** A compiler for arm64 and an emulator of it, or null where one is missing. */
export function findArm64Tools(): { compiler: string; emulator: string } | null {
  const compiler = findProgram('aarch64-linux-gnu-g++');
  const emulator = findProgram('qemu-aarch64-static', 'qemu-aarch64');
  return compiler === null || emulator === null ? null : { compiler, emulator };
}

const tools = [
  {
    name: 'PostgreSQL',
    for: (file: string) => file.endsWith('.postgres.test.ts'),
    isThere: () => findPostgres() !== null,
    packages: ['postgresql'],
  },
  {
    name: 'Chromium',
    for: (file: string) => file.endsWith('.browser.test.ts'),
    isThere: () => findChromium() !== null,
    packages: ['chromium'],
  },
  {
    name: 'an arm64 compiler and emulator',
    for: (file: string) => file.endsWith('.arm64.test.ts'),
    isThere: () => findArm64Tools() !== null,
    packages: ['g++-aarch64-linux-gnu', 'qemu-user-static'],
  },
];

/** Installs what these test files need and this machine lacks; says what it does, or what will be skipped. */
export function bringTools(files: readonly string[]): void {
  const missing = tools.filter((tool) => files.some(tool.for) && !tool.isThere());
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(' and ');
  if (process.getuid?.() !== 0 || findProgram('apt-get') === null) {
    console.log(`${names}: not on this machine, so the tests that need it will be skipped.`);
    return;
  }
  console.log(`Installing ${names} for the tests…`);
  const apt = (...args: string[]) =>
    execFileSync('apt-get', ['-qq', '-y', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    apt('update');
    apt('install', '--no-install-recommends', ...missing.flatMap((tool) => tool.packages));
  } catch {
    console.log(`${names} could not be installed: the tests that need it will be skipped.`);
  }
}

/** The first of these programs that the PATH holds, or null. */
function findProgram(...names: string[]): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/**
 * Trains on an arm64 processor, emulated, and compares the bits with the pinned ones: compiles the
 * kernel with a cross compiler and runs test/kernel/hash.cpp under qemu. On Debian:
 * apt-get install g++-aarch64-linux-gnu qemu-user-static
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedHash } from '../test/kernel/pinned-hash.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = process.env.CXX ?? 'aarch64-linux-gnu-g++';
const emulator = process.env.QEMU ?? 'qemu-aarch64-static';
const common = [
  '-O3',
  '-std=c++17',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-DUNDERTONE_ISA=neon',
];
const sources = [
  ...['cpu', 'instruction-set', 'memory', 'muon', 'pool', 'session'].map(
    (name) => `kernel/${name}.cpp`,
  ),
  'test/kernel/hash.cpp',
];

const folder = mkdtempSync(join(tmpdir(), 'undertone-arm64-'));
try {
  const program = join(folder, 'hash');
  execFileSync(compiler, [...common, '-static', '-pthread', ...sources, '-o', program], {
    cwd: root,
    stdio: 'inherit',
  });
  const output = execFileSync(emulator, [program], { encoding: 'utf8' }).trim();
  const isSame = output === `neon ${pinnedHash}`;
  console.log(`${output}: ${isSame ? 'the pinned bits' : `expected ${pinnedHash}`}`);
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * The kernel on an arm64 processor, emulated: hash.cpp, cross-compiled with the NEON block of vector.hpp, must
 * train to the bits that x86-64 and WebAssembly are pinned to.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findArm64Tools } from '../../scripts/bring-tools.ts';
import { pinnedHash } from './pinned-hash.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const flags = ['-O3', '-std=c++17', '-ffp-contract=off', '-fno-math-errno', '-static', '-pthread'];
const sources = [
  ...['cpu', 'instruction-set', 'memory', 'muon', 'pool', 'session'].map(
    (name) => `kernel/${name}.cpp`,
  ),
  'test/kernel/hash.cpp',
];

const tools = findArm64Tools();
const skip = tools === null ? 'no cross compiler for arm64, or no qemu-user' : false;

test('an arm64 processor trains to the pinned bits', { skip }, () => {
  if (tools === null) return;
  const folder = mkdtempSync(join(tmpdir(), 'undertone-arm64-'));
  try {
    const program = join(folder, 'hash');
    const args = [...flags, '-DUNDERTONE_ISA=neon', ...sources, '-o', program];
    execFileSync(tools.compiler, args, { cwd: root });
    const output = execFileSync(tools.emulator, [program], { encoding: 'utf8' }).trim();
    assert.equal(output, `neon ${pinnedHash}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * Builds the native kernel, kernel/*.cpp, into build/undertone.node with the C++ compiler of this
 * machine: no node-gyp, no downloads. Run by npm's install script, also under an older Node.
 *
 * No compiler or another processor: one line, and the program runs on its WebAssembly kernel. A
 * compile error is shown in full and fails the install where CI=true or
 * UNDERTONE_REQUIRE_NATIVE=1. What is up to date isn't built again.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kernel = join(root, 'kernel');
const build = join(root, 'build');
const output = join(build, 'undertone.node');
const stampFile = join(build, 'undertone.stamp');
const required = process.env.CI === 'true' || process.env.UNDERTONE_REQUIRE_NATIVE === '1';

// No -ffast-math of any kind and no contraction: the bits are part of the contract.
const commonFlags = [
  '-O3',
  '-std=c++17',
  '-fPIC',
  '-fvisibility=hidden',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-Wall',
  '-Wextra',
];
// GCC's own intrinsics headers trip its warnings of uninitialized values; clang knows but one of them.
const kernelFlags = [
  '-fno-exceptions',
  '-fno-rtti',
  '-Wno-unknown-warning-option',
  '-Wno-uninitialized',
  '-Wno-maybe-uninitialized',
];

/** Instruction sets per processor architecture: compiled each from instruction-set.cpp. */
const instructionSets = {
  x64: {
    avx512: ['-mavx512f', '-mavx512dq', '-mavx512bw', '-mavx512vl', '-mfma'],
    avx2: ['-mavx2', '-mfma'],
  },
  arm64: { neon: [] },
};

function leave(message) {
  console.error(`undertone: ${message}`);
  process.exit(required ? 1 : 0);
}

function findCompiler() {
  const candidates = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  for (const candidate of candidates) {
    const [command, ...flags] = candidate.trim().split(/\s+/);
    const answer = spawnSync(command, [...flags, '--version'], { encoding: 'utf8' });
    if (answer.status === 0) return { command, flags, version: answer.stdout };
  }
  return null;
}

function compile(compiler, args) {
  return new Promise((resolve) => {
    execFile(
      compiler.command,
      [...compiler.flags, ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ ok: error === null, text: stdout + stderr }),
    );
  });
}

function stampOf(compiler, sets, include) {
  const hash = createHash('sha256');
  const self = fileURLToPath(import.meta.url);
  const sources = readdirSync(kernel)
    .sort()
    .map((name) => join(kernel, name));
  for (const file of [self, ...sources]) hash.update(file).update(readFileSync(file));
  hash.update(JSON.stringify([compiler, sets, include, process.platform, process.arch]));
  return hash.digest('hex');
}

async function main() {
  const sets = instructionSets[process.arch];
  if (!sets || process.platform === 'win32') {
    leave(
      `no native kernel for ${process.platform} on ${process.arch} yet; the program runs on the WebAssembly kernel, which is slower.`,
    );
  }
  const compiler = findCompiler();
  if (!compiler) {
    leave(
      'no C++ compiler found (looked for $CXX, c++, g++, clang++); the program runs on the WebAssembly kernel, which is slower. Install one and run "npm rebuild" for the native kernel.',
    );
  }
  const include = createRequire(import.meta.url)('node-api-headers').include_dir;
  const stamp = stampOf(compiler, sets, include);
  if (existsSync(output) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    return;
  }
  // A folder of its own: two builds at once must not mix their objects.
  const objects = join(build, `objects-${process.pid}`);
  mkdirSync(objects, { recursive: true });
  process.on('exit', () => rmSync(objects, { recursive: true, force: true }));

  const jobs = ['addon', 'cpu', 'evaluation', 'memory', 'muon', 'pool', 'session'].map((name) => ({
    source: join(kernel, `${name}.cpp`),
    object: join(objects, `${name}.o`),
    flags: ['-pthread', '-isystem', include],
  }));
  for (const [name, flags] of Object.entries(sets)) {
    jobs.push({
      source: join(kernel, 'instruction-set.cpp'),
      object: join(objects, `${name}.o`),
      flags: [...kernelFlags, ...flags, `-DUNDERTONE_ISA=${name}`],
    });
  }
  const results = await Promise.all(
    jobs.map((job) =>
      compile(compiler, [...commonFlags, ...job.flags, '-c', job.source, '-o', job.object]),
    ),
  );
  if (results.every((result) => result.ok)) {
    // Linked beside and renamed: a running process keeps the addon that it has mapped.
    const fresh = `${output}.${process.pid}`;
    const shared =
      process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
    const linked = await compile(compiler, [
      ...shared,
      '-pthread',
      ...jobs.map((job) => job.object),
      '-o',
      fresh,
    ]);
    results.push(linked);
    if (linked.ok) renameSync(fresh, output);
  }
  for (const result of results) if (result.text) process.stderr.write(result.text);
  if (results.some((result) => !result.ok)) {
    rmSync(output, { force: true });
    rmSync(stampFile, { force: true });
    leave(
      `the native kernel could not be built with ${compiler.command} (its messages are above); the program runs on the WebAssembly kernel, which is slower.`,
    );
  }
  writeFileSync(stampFile, stamp);
  console.log(`undertone: built the native kernel (${Object.keys(sets).join(', ')})`);
}

await main();

/**
 * Builds the WebAssembly kernels, build/undertone-{relaxed,simd,threads}.wasm, from kernel/*.cpp with
 * npm's @yowasp/clang: clang itself as WebAssembly, so no system compiler is needed. What is up to date
 * isn't built again. Run by npm's install script in a checkout; a published package brings the modules
 * along.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kernel = join(root, 'kernel');
const build = join(root, 'build');
const stampFile = join(build, 'undertone-wasm.stamp');

const flags = [
  '--target=wasm32',
  '-nostdinc++',
  '-O3',
  '-std=c++17',
  '-ffreestanding',
  '-fno-exceptions',
  '-fno-rtti',
  '-ffp-contract=off',
  '-fvisibility=hidden',
  '-msimd128',
  '-mbulk-memory',
  '-mnontrapping-fptoint',
  // Without it, loop strength reduction makes an addition of each offset that a load could carry.
  ...['-mllvm', '-disable-lsr'],
  '-Wall',
  '-Wextra',
];
// memset and memcpy are defined in wasm.cpp: their loops must not become calls of themselves.
const sources = {
  'instruction-set': [],
  evaluation: [],
  muon: [],
  session: [],
  wasm: ['-fno-builtin'],
  'wasm-memory': [],
  'wasm-pool': [],
};
const variants = {
  relaxed: { compile: ['-mrelaxed-simd'], link: [] },
  simd: { compile: [], link: [] },
  // Memory comes from outside, for all threads; src/compute/wasm/module.ts makes it in this size.
  threads: {
    compile: ['-mrelaxed-simd', '-matomics'],
    link: [
      ...['--shared-memory', '--import-memory', '--export-memory', '--export=__stack_pointer'],
      ...['--initial-memory=1048576', '--max-memory=4294967296'],
    ],
  },
};

function sourceTree() {
  return Object.fromEntries(
    readdirSync(kernel)
      .filter((name) => /\.(cpp|hpp)$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(kernel, name), 'utf8')]),
  );
}

async function main() {
  const tree = sourceTree();
  const self = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  const stamp = createHash('sha256')
    .update(JSON.stringify([self, tree]))
    .digest('hex');
  const outputs = Object.keys(variants).map((name) => join(build, `undertone-${name}.wasm`));
  const isBuilt = outputs.every((file) => existsSync(file)) && existsSync(stampFile);
  if (isBuilt && readFileSync(stampFile, 'utf8') === stamp) return;

  const clang = await import('@yowasp/clang').catch(() => null);
  if (clang === null) {
    if (!isBuilt) console.error('undertone: no @yowasp/clang here, so no WebAssembly kernel.');
    return;
  }
  const { commands } = clang;
  // Its own progress of reading 100 MB from disk is noise; what clang says is kept.
  const options = { fetchProgress: () => {} };
  await clang.runLLVM(null, {}, options);
  mkdirSync(build, { recursive: true });
  for (const [variant, special] of Object.entries(variants)) {
    let files = tree;
    const objects = [];
    for (const [source, sourceFlags] of Object.entries(sources)) {
      const object = `${source}.o`;
      const all = [...flags, ...special.compile, ...sourceFlags, `-DUNDERTONE_ISA=wasm_${variant}`];
      files = await commands['clang++'](
        [...all, '-c', `${source}.cpp`, '-o', object],
        files,
        options,
      );
      objects.push(object);
    }
    const output = `undertone-${variant}.wasm`;
    const link = [
      '--no-entry',
      '--export-dynamic',
      '--gc-sections',
      '--strip-all',
      ...special.link,
      ...objects,
      '-o',
      output,
    ];
    files = await commands['wasm-ld'](link, files, options);
    const fresh = join(build, `${output}.${process.pid}`);
    writeFileSync(fresh, files[output]);
    renameSync(fresh, join(build, output));
  }
  writeFileSync(stampFile, stamp);
  console.log(`undertone: built the WebAssembly kernels (${Object.keys(variants).join(', ')})`);
}

main().catch((error) => {
  const isRequired = process.env.CI === 'true' || process.env.UNDERTONE_REQUIRE_NATIVE === '1';
  console.error(`undertone: the WebAssembly kernel could not be built (${error.message}).`);
  process.exit(isRequired ? 1 : 0);
});

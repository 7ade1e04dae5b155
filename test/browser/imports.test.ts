/** What a browser loads in order to train needs nothing from Node. */
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf, strippedSource } from './serve-sources.ts';

/** All modules that a module loads, itself included, each with what it imports. */
function loadedBy(entry: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(entry)) return found;
  const imports = importsOf(strippedSource(entry));
  found.set(entry, imports);
  for (const specifier of imports.filter((name) => name.startsWith('.'))) {
    loadedBy(posix.join(posix.dirname(entry), specifier), found);
  }
  return found;
}

const entries = [
  ...['src/task/index.ts', 'src/model/index.ts', 'src/train/index.ts'],
  ...['src/analysis/index.ts', 'src/browser.ts'],
];
for (const entry of entries) {
  test(`${entry} loads no module of Node, nor a package but zod`, () => {
    for (const [file, imports] of loadedBy(entry)) {
      const foreign = imports.filter((name) => !name.startsWith('.') && name !== 'zod');
      assert.deepEqual(foreign, [], file);
    }
  });
}

test('the walk sees what Node’s way into the kernel imports', () => {
  const loaded = loadedBy('src/compute/wasm/node.ts');
  assert.ok(loaded.get('src/compute/wasm/node.ts')?.includes('node:worker_threads'));
  assert.ok(loaded.has('src/compute/kernel-session.ts'));
});

test('imports are found however they are written', () => {
  const source = `import a from 'one';
import { b,
  c } from "two";
import 'three';
export { d } from 'four';
export * from 'five';
export const text = "from 'six'";`;
  assert.deepEqual(importsOf(source), ['one', 'two', 'three', 'four', 'five']);
});

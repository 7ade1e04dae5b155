import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { sweepJsonSchema } from './json-schema.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('docs/sweep.schema.json is what the program checks', () => {
  assert.deepEqual(
    JSON.parse(read('docs/sweep.schema.json')),
    JSON.parse(JSON.stringify(sweepJsonSchema())),
    'write it again with: node scripts/sweep-schema.ts',
  );
});

test('every key and setting has a description for editors', () => {
  const schema = JSON.parse(read('docs/sweep.schema.json'));
  const bare: string[] = [];
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node) {
      for (const [name, property] of Object.entries(node.properties as Record<string, object>)) {
        // What is referred to has a description of its own.
        if (!('description' in property || '$ref' in property)) bare.push(`${path}.${name}`);
      }
    }
    for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
  };
  visit(schema, '');
  assert.deepEqual(bare, []);
});

test('the published schema accepts the examples and refuses unknown keys', () => {
  const schema = z.fromJSONSchema(JSON.parse(read('docs/sweep.schema.json')));
  for (const example of ['double-descent', 'tiny-sweep']) {
    const file = parse(read(`examples/${example}.yaml`));
    assert.ok(schema.safeParse(file).success, example);
    assert.ok(!schema.safeParse({ ...file, gird: {} }).success);
    assert.ok(!schema.safeParse({ ...file, grid: { ...file.grid, width: 33 } }).success);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../task/generator.ts';
import { withoutAdditivePart } from './additive-part.ts';

const modulus = 11;
const pairs = createGenerator(1, 'pairs')
  .shuffle(Uint32Array.from({ length: modulus ** 2 }, (_, pair) => pair))
  .subarray(0, 60);
const table = (of: (a: number, b: number, c: number) => number) =>
  Float32Array.from({ length: modulus ** 3 }, (_, at) => {
    const pair = Math.floor(at / modulus);
    return of(Math.floor(pair / modulus), pair % modulus, at % modulus);
  });
const largest = (values: Float32Array) => values.reduce((x, y) => Math.max(x, Math.abs(y)), 0);

test('of an additive function nothing is left', () => {
  const additive = table((a, b, c) => Math.sin(3 * a + c) + Math.cos(a * c) - Math.sin(b * b + c));
  // Values of about 1 in single precision, swept until means are below 1e-7.
  assert.ok(largest(withoutAdditivePart(additive, modulus, pairs)) < 1e-5);
});

test('an additive function on top changes nothing', () => {
  const rule = (a: number, b: number, c: number) => ((a + b) % modulus === c ? 1 : 0);
  const alone = withoutAdditivePart(table(rule), modulus, pairs);
  const both = withoutAdditivePart(
    table((a, b, c) => rule(a, b, c) + Math.sin(a + 2 * c) + Math.cos(b * c)),
    modulus,
    pairs,
  );
  assert.ok(largest(both.map((value, i) => value - alone[i])) < 1e-5);
  assert.ok(largest(alone) > 0.5);
});

test('what remains has no mean over any row or column, and is 0 on other pairs', () => {
  const left = withoutAdditivePart(
    table((a, b, c) => Math.sin(a * b + c)),
    modulus,
    pairs,
  );
  const kept = new Set(pairs);
  const sums = new Map<string, number>();
  for (let at = 0; at < left.length; at++) {
    const pair = Math.floor(at / modulus);
    if (!kept.has(pair)) assert.equal(left[at], 0);
    for (const key of [`a${Math.floor(pair / modulus)}`, `b${pair % modulus}`]) {
      const cell = `${key} ${at % modulus}`;
      sums.set(cell, (sums.get(cell) ?? 0) + left[at]);
    }
  }
  assert.ok(Math.max(...[...sums.values()].map(Math.abs)) < 1e-5);
});

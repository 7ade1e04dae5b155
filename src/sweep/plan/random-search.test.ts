import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawValues } from './random-search.ts';
import type { DrawSpec } from './sweep-file.ts';

const counts = { numRuns: 100, seed: 6 };

test('a draw depends on its place alone, not on how many there are', () => {
  const specs = fc.constantFrom<DrawSpec>(
    [3, 5, 9],
    { from: 1, to: 1000 },
    { from: 1, to: 1000, scale: 'log' },
  );
  fc.assert(
    fc.property(specs, fc.maxSafeNat(), fc.nat(40), fc.nat(40), (spec, seed, few, more) => {
      const long = drawValues('width', spec, seed, few + more);
      assert.deepEqual(drawValues('width', spec, seed, few), long.slice(0, few));
    }),
    counts,
  );
});

test('draws stay within their range, of an integer setting as integers', () => {
  const ends = fc
    .tuple(fc.double({ min: 1e-12, max: 1e12 }), fc.double({ min: 1e-12, max: 1e12 }))
    .filter(([x, y]) => x < y);
  const scale = fc.constantFrom('linear' as const, 'log' as const);
  fc.assert(
    fc.property(ends, scale, fc.nat(), ([from, to], scale, seed) => {
      for (const value of drawValues('learningRate', { from, to, scale }, seed, 20)) {
        assert.ok((value as number) >= from && (value as number) <= to, `${value}`);
      }
    }),
    counts,
  );
  for (const scale of ['linear', 'log'] as const) {
    const widths = drawValues('width', { from: 2, to: 4, scale }, 0, 200);
    assert.deepEqual([...new Set(widths)].sort(), [2, 3, 4]);
  }
});

test('linear draws are uniform, log draws uniform in the logarithm', () => {
  // 4,000 draws: the share below the middle has a standard deviation of 0.008; seven of them.
  const shareBelow = (middle: number, scale: 'linear' | 'log') =>
    drawValues('learningRate', { from: 1e-4, to: 1e-2, scale }, 1, 4000).filter(
      (value) => (value as number) < middle,
    ).length / 4000;
  assert.ok(Math.abs(shareBelow((1e-4 + 1e-2) / 2, 'linear') - 0.5) < 0.055);
  assert.ok(Math.abs(shareBelow(1e-3, 'log') - 0.5) < 0.055);
  const choices = drawValues('optimizer', ['adamw', 'sgd'], 1, 4000);
  assert.ok(Math.abs(choices.filter((name) => name === 'sgd').length / 4000 - 0.5) < 0.055);
});

test('settings and seeds have draws of their own', () => {
  const spec = { from: 0, to: 1 };
  const draws = [
    drawValues('noiseRatio', spec, 0, 5),
    drawValues('noiseRatio', spec, 1, 5),
    drawValues('trainFraction', spec, 0, 5),
  ].map(String);
  assert.equal(new Set(draws).size, 3);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttentionPositions, attention } from './attention.ts';
import { createTape } from './tape.ts';
import type { Tensor } from './tensor.ts';
import { checkGradients, randomParameter, referenceMultiply } from './test-tensors.ts';

/** The formula as it reads, in double precision: softmax(q kᵀ/√d, with −∞ where masked) v by head. */
function plainAttention(
  [q, k, v]: readonly Tensor[],
  heads: number,
  { sequences, queries, keys, queryRows, keyRows, causal = false }: AttentionPositions,
): number[] {
  const width = q.shape[1];
  const d = width / heads;
  const at = (x: Tensor, rows: ArrayLike<number> | undefined, position: number, column: number) =>
    x.data[(rows?.[position] ?? position) * width + column];
  const range = (length: number) => Array.from({ length }, (_, i) => i);
  const sum = (values: number[]) => values.reduce((x, y) => x + y, 0);
  return range(sequences).flatMap((s) =>
    range(queries).flatMap((i) =>
      range(width).map((column) => {
        const head = Math.floor(column / d);
        const query = s * queries + i;
        const exponentials = range(keys).map((j) => {
          if (causal && j > i + keys - queries) return 0;
          const product = (c: number) =>
            at(q, queryRows, query, head * d + c) * at(k, keyRows, s * keys + j, head * d + c);
          return Math.exp(sum(range(d).map(product)) / Math.sqrt(d));
        });
        const weighted = exponentials.map((e, j) => e * at(v, keyRows, s * keys + j, column));
        return sum(weighted) / sum(exponentials);
      }),
    ),
  );
}

const cases: [string, number, AttentionPositions, [number, number]][] = [
  ['every query sees every key', 2, { sequences: 2, queries: 3, keys: 3 }, [6, 6]],
  ['causal', 3, { sequences: 2, queries: 3, keys: 3, causal: true }, [6, 6]],
  [
    'the last two of four ask, causal',
    1,
    { sequences: 1, queries: 2, keys: 4, causal: true },
    [2, 4],
  ],
  [
    'positions share rows',
    2,
    {
      sequences: 3,
      queries: 1,
      keys: 3,
      queryRows: [0, 0, 1],
      keyRows: [0, 3, 4, 1, 3, 4, 1, 1, 4],
    },
    [2, 5],
  ],
  [
    'one head of a width that four does not divide',
    1,
    { sequences: 1, queries: 1, keys: 2 },
    [1, 2],
  ],
];

for (const [title, heads, positions, [queryCount, keyCount]] of cases) {
  const width = 6;
  const tensors = () => {
    const q = randomParameter('q', [queryCount, width]);
    const k = randomParameter('k', [keyCount, width]);
    const v = randomParameter('v', [keyCount, width]);
    return { q, k, v };
  };

  test(`attention is its formula: ${title}`, () => {
    const { q, k, v } = tensors();
    const actual = attention(createTape(referenceMultiply), q, k, v, heads, positions);
    const expected = plainAttention([q, k, v], heads, positions);
    assert.equal(actual.data.length, expected.length);
    // Weights and sums of up to four numbers below 1, rounded to float32.
    for (const [i, value] of expected.entries()) {
      assert.ok(Math.abs(actual.data[i] - value) < 8 * 2 ** -24);
    }
  });

  test(`finite differences give the gradient of attention: ${title}`, () => {
    const { q, k, v } = tensors();
    checkGradients((tape) => attention(tape, q, k, v, heads, positions), { q, k, v });
  });
}

test('scores beyond the range of the exponential are no trouble', () => {
  const { q, k, v } = {
    q: randomParameter('q', [2, 4]),
    k: randomParameter('k', [2, 4]),
    v: randomParameter('v', [2, 4]),
  };
  for (const { data } of [q, k]) for (let i = 0; i < 8; i++) data[i] *= 1e4;
  const { data } = attention(createTape(referenceMultiply), q, k, v, 1, {
    sequences: 1,
    queries: 2,
    keys: 2,
  });
  assert.ok(data.every(Number.isFinite));
});

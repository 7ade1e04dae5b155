import { exponential } from './special-functions.ts';
import type { Tape } from './tape.ts';
import {
  accumulate,
  checkIndices,
  matrixShape,
  ShapeError,
  shapeText,
  type Tensor,
} from './tensor.ts';

/** Which rows of q, k and v the positions of the sequences read. */
export interface AttentionPositions {
  readonly sequences: number;
  /** Positions of a sequence that ask, and that are asked. */
  readonly queries: number;
  readonly keys: number;
  /**
   * The row of q of every asking position, [sequences, queries], and the row of k and v of every asked
   * one, [sequences, keys]. Positions that hold the same vector may name one row, which then is
   * projected once for all of them. Default: a row for each position, in order.
   */
  readonly queryRows?: ArrayLike<number>;
  readonly keyRows?: ArrayLike<number>;
  /**
   * Query i sees keys 0…keys − queries + i only, so the last query sees all of them (a sequence's last
   * positions ask). Default: every query sees every key.
   */
  readonly causal?: boolean;
}

/**
 * Multi-head attention for short sequences, fused: q, k, v [rows, width] → [sequences · queries, width].
 * Head h owns the columns h·d…(h+1)·d − 1, d = width/heads, and gives for query i
 *
 *     s_j = q_i·k_j/√d,   p = softmax(s),   out_i = Σ_j p_j v_j;
 *     ∂p_j = ∂out_i·v_j,   ∂s_j = p_j(∂p_j − Σ_l p_l ∂p_l),
 *     ∂v_j = Σ p_j ∂out_i,   ∂q_i = Σ ∂s_j k_j/√d,   ∂k_j = Σ ∂s_j q_i/√d,
 *
 * (Vaswani et al. 2017), sums in double precision. Plain loops, for sequences of a few tokens: keeps the
 * [sequences, queries, heads, keys] weights p and nothing else.
 *
 * Throws ShapeError where widths disagree or don't divide into heads, or rows don't fit the positions.
 */
export function attention(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  heads: number,
  positions: AttentionPositions,
): Tensor {
  const { sequences, queries, keys, causal = false } = positions;
  const [queryCount, width] = matrixShape('attention', 'q', q);
  const [keyCount] = matrixShape('attention', 'k', k);
  if (k.shape[1] !== width || k.shape.join() !== v.shape.join()) {
    throw new ShapeError(
      `attention: q is ${shapeText(q.shape)}, k is ${shapeText(k.shape)} and v is ${shapeText(v.shape)}, expected one width, and k and v alike`,
    );
  }
  if (!Number.isInteger(width / heads)) {
    throw new ShapeError(`attention: ${width} columns don't divide into ${heads} heads`);
  }
  if (causal && queries > keys) {
    throw new ShapeError(
      `attention: ${queries} queries for ${keys} keys, expected no more if causal`,
    );
  }
  const queryRows = rowsOf('q', positions.queryRows, sequences * queries, queryCount);
  const keyRows = rowsOf('k', positions.keyRows, sequences * keys, keyCount);
  const d = width / heads;
  const factor = 1 / Math.sqrt(d);
  const [Q, K, V] = [q.data, k.data, v.data];
  const asked = sequences * queries;
  const output = tape.allocate(asked * width, [q, k, v]);
  const weights = tape.allocate(asked * heads * keys, [q, k, v]);
  const visibleTo = (query: number) => (causal ? keys - queries + (query % queries) + 1 : keys);

  const scores = new Float64Array(keys);
  const mixed = new Float64Array(d);
  for (let query = 0; query < asked; query++) {
    const visible = visibleTo(query);
    const firstKey = Math.floor(query / queries) * keys;
    for (let head = 0; head < heads; head++) {
      const column = head * d;
      const from = queryRows[query] * width + column;
      let largest = Number.NEGATIVE_INFINITY;
      for (let j = 0; j < visible; j++) {
        scores[j] = factor * dot(Q, from, K, keyRows[firstKey + j] * width + column, d);
        if (scores[j] > largest) largest = scores[j];
      }
      let sum = 0;
      for (let j = 0; j < visible; j++) {
        scores[j] = exponential(scores[j] - largest);
        sum += scores[j];
      }
      mixed.fill(0);
      for (let j = 0; j < visible; j++) {
        const weight = scores[j] / sum;
        weights[(query * heads + head) * keys + j] = weight;
        const value = keyRows[firstKey + j] * width + column;
        for (let i = 0; i < d; i++) mixed[i] += weight * V[value + i];
      }
      const to = query * width + column;
      for (let i = 0; i < d; i++) output[to + i] = mixed[i];
    }
  }

  return tape.result('attention', output, [asked, width], [q, k, v], (gradient) => {
    const [dQ, dK, dV] = [Q, K, V].map((values) => new Float64Array(values.length));
    for (let query = 0; query < asked; query++) {
      const visible = visibleTo(query);
      const firstKey = Math.floor(query / queries) * keys;
      for (let head = 0; head < heads; head++) {
        const column = head * d;
        const to = query * width + column;
        const from = queryRows[query] * width + column;
        const firstWeight = (query * heads + head) * keys;
        let mean = 0;
        for (let j = 0; j < visible; j++) {
          const value = keyRows[firstKey + j] * width + column;
          const weight = weights[firstWeight + j];
          scores[j] = dot(gradient, to, V, value, d);
          mean += weight * scores[j];
          for (let i = 0; i < d; i++) dV[value + i] += weight * gradient[to + i];
        }
        for (let j = 0; j < visible; j++) {
          const key = keyRows[firstKey + j] * width + column;
          const slope = factor * weights[firstWeight + j] * (scores[j] - mean);
          for (let i = 0; i < d; i++) {
            dQ[from + i] += slope * K[key + i];
            dK[key + i] += slope * Q[from + i];
          }
        }
      }
    }
    accumulate(q, new Float32Array(dQ));
    accumulate(k, new Float32Array(dK));
    accumulate(v, new Float32Array(dV));
  });
}

/** Σ x_i·y_i in four interleaved chains, which a processor adds up side by side; their order is fixed. */
function dot(x: Float32Array, startX: number, y: Float32Array, startY: number, length: number) {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += x[startX + i] * y[startY + i];
    s1 += x[startX + i + 1] * y[startY + i + 1];
    s2 += x[startX + i + 2] * y[startY + i + 2];
    s3 += x[startX + i + 3] * y[startY + i + 3];
  }
  for (; i < length; i++) s0 += x[startX + i] * y[startY + i];
  return s0 + s1 + (s2 + s3);
}

/** The rows that `count` positions read, out of `available`. */
function rowsOf(
  name: string,
  given: ArrayLike<number> | undefined,
  count: number,
  available: number,
): Uint32Array {
  const positions = given?.length ?? available;
  if (positions !== count) {
    throw new ShapeError(
      `attention: ${positions} rows of ${name} are named for ${count} positions, expected as many`,
    );
  }
  if (given !== undefined) checkIndices(`attention: row of ${name}`, given, available);
  return Uint32Array.from({ length: count }, (_, i) => given?.[i] ?? i);
}

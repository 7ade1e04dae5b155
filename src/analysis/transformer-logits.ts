/** A one-layer transformer on all P² pairs of tokens, written out for analysis. */
import { activationFunctions } from '../model/activation.ts';
import type { Activation } from '../model/network.ts';
import type { Normalization, OneLayerTransformer } from '../model/one-layer-transformer.ts';
import type { AnalysisCompute } from './compute.ts';

type Multiply = AnalysisCompute['multiply'];

/** Numbers of a block of rows of the hidden layer: 64 MB. */
const largestBlock = 2 ** 24;

/**
 * What stands at the last place before the unembedding, N(s) in `OneLayerTransformer`, for all pairs, index
 * a·P + b: [P², d].
 *
 * Only the last place is read out, and it sees all others, so a causal mask changes nothing. There are at
 * most 2P + 1 different vectors x_t (a at the first place, b at the second, "=" at the third): keys and
 * values are projected once for each of them.
 *
 * `activation` may be null where there is no MLP. Throws RangeError where there is one.
 */
export function transformerResiduals(
  transformer: OneLayerTransformer,
  activation: Activation | null,
  multiply: Multiply,
): Float32Array {
  const { modulus, width, hiddenWidth } = transformer;
  const attended = attendedResiduals(transformer, multiply);
  if (hiddenWidth > 0) {
    if (activation === null) throw new RangeError('an MLP needs its activation');
    const phi = activationFunctions[activation].value;
    const rows = Math.max(1, Math.floor(largestBlock / hiddenWidth));
    for (let start = 0; start < modulus ** 2; start += rows) {
      const block = attended.subarray(start * width, Math.min(start + rows, modulus ** 2) * width);
      addMlp(block, transformer, phi, multiply);
    }
  }
  normalise(attended, width, transformer.finalNorm);
  return attended;
}

/** Logits of the P results for all pairs, from their residuals: W_U · residual + b_U, [P², P]. */
export function unembed(
  residuals: Float32Array,
  { modulus, width }: OneLayerTransformer,
  unembedding: Float32Array,
  bias: Float32Array | null,
  multiply: Multiply,
): Float32Array {
  const logits = multiply(residuals, unembedding, modulus ** 2, width, modulus);
  if (bias !== null) addRow(logits, bias);
  return logits;
}

/** r in `OneLayerTransformer`, for all pairs: [P², d]. */
function attendedResiduals(transformer: OneLayerTransformer, multiply: Multiply): Float32Array {
  const { modulus, width, heads, headWidth, equals } = transformer;
  const joined = heads * headWidth;
  const x = inputRows(transformer);
  const count = x.length / width;
  const normalised = x.slice();
  normalise(normalised, width, transformer.attentionNorm);
  // Of queries only those of the last place: "=", or each b.
  const firstQuery = equals === null ? modulus : 2 * modulus;
  const queries = count - firstQuery;
  const project = (rows: Float32Array, matrix: Float32Array, bias: Float32Array) => {
    const projected = multiply(rows, matrix, rows.length / width, width, joined);
    addRow(projected, bias);
    return projected;
  };
  const asking = normalised.subarray(firstQuery * width);
  const query = project(asking, transformer.query, transformer.queryBias);
  const key = project(normalised, transformer.key, transformer.keyBias);
  const value = project(normalised, transformer.value, transformer.valueBias);
  const places = equals === null ? 2 : 3;
  const scale = 1 / Math.sqrt(headWidth);
  const score = new Float64Array(places);
  const seen = new Uint32Array(places);
  const mixed = new Float32Array(modulus ** 2 * joined);
  for (let pair = 0; pair < modulus ** 2; pair++) {
    const b = pair % modulus;
    seen[0] = (pair - b) / modulus;
    seen[1] = modulus + b;
    if (places === 3) seen[2] = 2 * modulus;
    const asks = (queries === 1 ? 0 : b) * joined;
    for (let head = 0; head < joined; head += headWidth) {
      let sum = 0;
      let largest = Number.NEGATIVE_INFINITY;
      for (let t = 0; t < places; t++) {
        let product = 0;
        const at = seen[t] * joined + head;
        for (let j = 0; j < headWidth; j++) product += query[asks + head + j] * key[at + j];
        score[t] = product * scale;
        largest = Math.max(largest, score[t]);
      }
      for (let t = 0; t < places; t++) {
        score[t] = Math.exp(score[t] - largest);
        sum += score[t];
      }
      for (let j = 0; j < headWidth; j++) {
        let total = 0;
        for (let t = 0; t < places; t++) total += score[t] * value[seen[t] * joined + head + j];
        mixed[pair * joined + head + j] = total / sum;
      }
    }
  }
  const residuals = multiply(mixed, transformer.attentionOutput, modulus ** 2, joined, width);
  addRow(residuals, transformer.attentionOutputBias);
  for (let pair = 0; pair < modulus ** 2; pair++) {
    const last = (firstQuery + (queries === 1 ? 0 : pair % modulus)) * width;
    for (let i = 0; i < width; i++) residuals[pair * width + i] += x[last + i];
  }
  return residuals;
}

/** x_t: every token at the first place, every token at the second, "=" at the third: [2P or 2P + 1, d]. */
function inputRows({ modulus, width, tokens, equals, positions }: OneLayerTransformer) {
  const rows = 2 * modulus + (equals === null ? 0 : 1);
  return Float32Array.from({ length: rows * width }, (_, at) => {
    const row = Math.floor(at / width);
    const i = at % width;
    const place = Math.floor(row / modulus);
    const token = place === 2 ? (equals?.[i] ?? 0) : tokens[(row % modulus) * width + i];
    return token + positions[place * width + i];
  });
}

/** Adds to rows r of [n, d] what the MLP makes of them. */
function addMlp(
  rows: Float32Array,
  transformer: OneLayerTransformer,
  phi: (x: number) => number,
  multiply: Multiply,
): void {
  const { width, hiddenWidth } = transformer;
  const count = rows.length / width;
  const normalised = rows.slice();
  normalise(normalised, width, transformer.hiddenNorm);
  const hidden = multiply(normalised, transformer.hidden, count, width, hiddenWidth);
  addRow(hidden, transformer.hiddenBias);
  for (let i = 0; i < hidden.length; i++) hidden[i] = phi(hidden[i]);
  const added = multiply(hidden, transformer.output, count, hiddenWidth, width);
  addRow(added, transformer.outputBias);
  for (let i = 0; i < rows.length; i++) rows[i] += added[i];
}

function addRow(matrix: Float32Array, row: Float32Array): void {
  for (let start = 0; start < matrix.length; start += row.length) {
    for (let i = 0; i < row.length; i++) matrix[start + i] += row[i];
  }
}

/** Normalises every row in place. */
function normalise(rows: Float32Array, width: number, norm: Normalization | null): void {
  if (norm === null) return;
  const { kind, gain, bias, epsilon } = norm;
  for (let start = 0; start < rows.length; start += width) {
    let mean = 0;
    if (kind === 'layer') for (let i = 0; i < width; i++) mean += rows[start + i] / width;
    let variance = 0;
    for (let i = 0; i < width; i++) variance += (rows[start + i] - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < width; i++) {
      rows[start + i] = (rows[start + i] - mean) * scale * gain[i] + bias[i];
    }
  }
}

/**
 * The gradient signal of single training rows: how large the gradient of each row's own loss is, and how
 * far a step along the mean gradient serves that row. (The paper's App. C.3 explains by per-sample gradients
 * why noisy labels are learned first; these three measures of them are our choice [assumed].)
 */
import { activationFunctions } from '../model/activation.ts';
import { type Loss, lossAndLogitGradient } from '../model/loss.ts';
import type { Activation, Network } from '../model/network.ts';
import type { LabelledRows } from '../task/label-collisions.ts';
import type { AnalysisCompute } from './compute.ts';

export interface GradientSignalOptions {
  readonly activation: Activation;
  readonly loss: Loss;
  /** U and V are one matrix, whose gradient is the sum of both. */
  readonly tied: boolean;
}

/** Per training row, [n] each, in the order of the rows. */
export interface GradientSignal {
  /** The row's loss. */
  readonly loss: Float64Array;
  /** ‖g_i‖. */
  readonly norm: Float64Array;
  /** cos(g_i, ḡ); 0 where either vanishes. */
  readonly alignment: Float64Array;
  /** ⟨g_i, ḡ⟩: by how much a plain gradient step lowers the row's loss, per unit of its learning rate, to first order. */
  readonly projection: Float64Array;
  /** ‖ḡ‖, of the mean gradient over all rows. */
  readonly meanGradientNorm: number;
}

type MatrixProduct = AnalysisCompute['multiply'];

/**
 * Norm, alignment and projection of every row's gradient g_i with respect to all weights (U, V, W, μ, and
 * the hidden bias where there is one), weight decay left out; ḡ is their mean.
 *
 * No gradient of a row is ever written down, for it has rank one in W and one column in U and in V. With
 * h = φ(x) the hidden layer, dz = ∂loss/∂z and dx = Wᵀdz ∘ φ′(x),
 *
 *     ‖g_i‖²   = ‖dz‖²(‖h‖² + 1) + c‖dx‖²,   c = 2; tied 2, but 4 where a = b; one more for a hidden bias
 *     ⟨g_i, ḡ⟩ = dz·(Ḡ_W h + ḡ_μ) + dx·(Ḡ_U[:,a] + Ḡ_V[:,b] + ḡ_h)
 *
 * Two passes over the rows, five products of 2·n·M·P operations in single precision. The hidden layer is
 * held for about 2²⁰ numbers' worth of rows at a time; dz is kept for all rows, 4·n·P bytes.
 */
export function gradientSignal(
  network: Network,
  rows: LabelledRows,
  options: GradientSignalOptions,
  multiply: MatrixProduct,
): GradientSignal {
  const n = rows.label.length;
  const { modulus, width } = network;
  const layers = createLayers(network, rows, options.activation, multiply);
  const mean = emptyMean(network, options.tied);
  const logitGradient = new Float32Array(n * modulus);
  const loss = new Float64Array(n);
  const norm = new Float64Array(n);
  const biases = network.hiddenBias === null ? 0 : 1;
  const chunks = chunksOf(n, width);

  for (const { first, count } of chunks) {
    layers.fillHidden(first, count);
    const dz = logitGradient.subarray(first * modulus, (first + count) * modulus);
    layers.fillLogitGradient(first, count, options.loss, dz, loss);
    const dx = layers.inputGradient(count, dz);
    const hidden = layers.hidden.subarray(0, count * width);
    addTo(mean.W, multiply(transpose(dz, count, modulus), hidden, modulus, count, width));
    for (let i = 0; i < count; i++) {
      const row = first + i;
      addRow(mean.mu, 0, dz, i * modulus);
      addRow(mean.U, rows.a[row] * width, dx, i * width, width);
      addRow(mean.V, rows.b[row] * width, dx, i * width, width);
      if (biases > 0) addRow(mean.hiddenBias, 0, dx, i * width);
      const copies = (options.tied && rows.a[row] === rows.b[row] ? 4 : 2) + biases;
      norm[row] = Math.sqrt(
        squaredNorm(dz, i * modulus, modulus) * (squaredNorm(hidden, i * width, width) + 1) +
          copies * squaredNorm(dx, i * width, width),
      );
    }
  }
  for (const part of partsOf(mean)) for (let j = 0; j < part.length; j++) part[j] /= n;

  const projection = projectionsOn(mean, layers, rows, chunks, logitGradient);
  const meanGradientNorm = Math.sqrt(
    partsOf(mean).reduce((sum, part) => sum + squaredNorm(part, 0, part.length), 0),
  );
  const alignment = projection.map((value, row) => {
    const scale = norm[row] * meanGradientNorm;
    return scale === 0 ? 0 : value / scale;
  });
  return { loss, norm, alignment, projection, meanGradientNorm };
}

/** ⟨g_i, ḡ⟩ of every row: [n], from the dz of all rows [n, P]. */
function projectionsOn(
  mean: MeanGradient,
  layers: Layers,
  rows: LabelledRows,
  chunks: readonly Chunk[],
  logitGradient: Float32Array,
): Float64Array {
  const modulus = mean.mu.length;
  const width = mean.hiddenBias.length;
  const projection = new Float64Array(rows.label.length);
  const meanOfW = transpose(Float32Array.from(mean.W), modulus, width);
  for (const { first, count } of chunks) {
    layers.fillHidden(first, count);
    const dz = logitGradient.subarray(first * modulus, (first + count) * modulus);
    const dx = layers.inputGradient(count, dz);
    const alongW = layers.timesHidden(count, meanOfW);
    for (let i = 0; i < count; i++) {
      const offsetU = rows.a[first + i] * width;
      const offsetV = rows.b[first + i] * width;
      let sum = 0;
      for (let p = 0; p < modulus; p++) {
        sum += dz[i * modulus + p] * (alongW[i * modulus + p] + mean.mu[p]);
      }
      for (let m = 0; m < width; m++) {
        sum += dx[i * width + m] * (mean.U[offsetU + m] + mean.V[offsetV + m] + mean.hiddenBias[m]);
      }
      projection[first + i] = sum;
    }
  }
  return projection;
}

/**
 * The mean gradient in double precision: U and V [P, M], a token's column in one piece, and one array where
 * tied; W [P, M], μ [P]; the hidden bias [M], zero where the network has none.
 */
interface MeanGradient {
  readonly U: Float64Array;
  readonly V: Float64Array;
  readonly W: Float64Array;
  readonly mu: Float64Array;
  readonly hiddenBias: Float64Array;
}

function emptyMean({ modulus, width }: Network, tied: boolean): MeanGradient {
  const U = new Float64Array(modulus * width);
  return {
    U,
    V: tied ? U : new Float64Array(modulus * width),
    W: new Float64Array(modulus * width),
    mu: new Float64Array(modulus),
    hiddenBias: new Float64Array(width),
  };
}

/** Each array once, also where U and V are the same. */
function partsOf({ U, V, W, mu, hiddenBias }: MeanGradient): Float64Array[] {
  return [...new Set([U, V, W, mu, hiddenBias])];
}

type Layers = ReturnType<typeof createLayers>;

/** Forward and backward through the network for a chunk of rows, in buffers that the next chunk overwrites. */
function createLayers(
  network: Network,
  rows: LabelledRows,
  activation: Activation,
  multiply: MatrixProduct,
) {
  const { modulus, width, W, mu, hiddenBias } = network;
  const { value, derivative } = activationFunctions[activation];
  // A token's weights in one piece: a row's pre-activations are then a sum of two runs of memory.
  const U = transpose(network.U, width, modulus);
  const V = transpose(network.V, width, modulus);
  const outputWeights = transpose(W, modulus, width);
  const size = rowsAtATime(width) * width;
  const hidden = new Float32Array(size);
  const slope = new Float32Array(size);
  const z = new Float64Array(modulus);
  /** The chunk's hidden layer times a matrix [M, P]: [count, P]. */
  const timesHidden = (count: number, matrix: Float32Array) =>
    multiply(hidden.subarray(0, count * width), matrix, count, width, modulus);
  return {
    /** h = φ(x) of the chunk: [count, M] at the front. */
    hidden,
    fillHidden(first: number, count: number) {
      for (let i = 0; i < count; i++) {
        const offsetU = rows.a[first + i] * width;
        const offsetV = rows.b[first + i] * width;
        for (let m = 0; m < width; m++) {
          const x = U[offsetU + m] + V[offsetV + m] + (hiddenBias === null ? 0 : hiddenBias[m]);
          hidden[i * width + m] = value(x);
          slope[i * width + m] = derivative(x);
        }
      }
    },
    timesHidden,
    /** dz of the hidden layer in `hidden`, into `gradient` [count, P]; and each row's loss into `loss` [n]. */
    fillLogitGradient(
      first: number,
      count: number,
      kind: Loss,
      gradient: Float32Array,
      loss: Float64Array,
    ) {
      const logits = timesHidden(count, outputWeights);
      for (let i = 0; i < count; i++) {
        for (let p = 0; p < modulus; p++) z[p] = logits[i * modulus + p] + mu[p];
        loss[first + i] = lossAndLogitGradient(kind, z, rows.label[first + i]);
        gradient.set(z, i * modulus);
      }
    },
    /** dx = Wᵀdz ∘ φ′(x): [count, M]. */
    inputGradient(count: number, gradient: Float32Array): Float32Array {
      const dx = multiply(gradient, W, count, modulus, width);
      for (let j = 0; j < dx.length; j++) dx[j] *= slope[j];
      return dx;
    },
  };
}

function rowsAtATime(width: number): number {
  return Math.max(1, Math.floor(2 ** 20 / width));
}

interface Chunk {
  readonly first: number;
  readonly count: number;
}

function chunksOf(rows: number, width: number): Chunk[] {
  const most = rowsAtATime(width);
  return Array.from({ length: Math.ceil(rows / most) }, (_, chunk) => ({
    first: chunk * most,
    count: Math.min(most, rows - chunk * most),
  }));
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

function addTo(sum: Float64Array, values: Float32Array): void {
  for (let j = 0; j < sum.length; j++) sum[j] += values[j];
}

/** Adds `length` values from `from` on to those of `sum` from `at` on. */
function addRow(
  sum: Float64Array,
  at: number,
  values: Float32Array,
  from: number,
  length = sum.length,
): void {
  for (let j = 0; j < length; j++) sum[at + j] += values[from + j];
}

function squaredNorm(values: ArrayLike<number>, from: number, length: number): number {
  let sum = 0;
  for (let j = from; j < from + length; j++) sum += values[j] * values[j];
  return sum;
}

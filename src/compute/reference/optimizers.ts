import type { Optimizer } from '../port.ts';

/** One weight array as the optimizer sees it. `rows` × `columns`; a bias has one column. */
export interface Parameter {
  readonly name: string;
  readonly value: Float64Array;
  readonly gradient: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** An optimizer at work on its parameters. */
export interface RunningOptimizer {
  /** Steps every parameter once, given its fresh gradient. */
  step(): void;
  setLearningRate(rate: number, adamwRate?: number): void;
  /** The moments under the names of `SessionState`: the arrays in use, not copies. */
  readonly moments: ReadonlyMap<string, Float64Array>;
  /** β₁ᵗ and β₂ᵗ; null where nothing is stepped by Adam. */
  readonly powers: BetaPowers | null;
}

export interface BetaPowers {
  beta1: number;
  beta2: number;
}

/**
 * The optimizers, as PyTorch defines them; g is the gradient, θ the weight, t = 1, 2, … the step, η the
 * learning rate, λ the weight decay.
 *
 * adamw (Loshchilov & Hutter 2019): θ ← (1 − ηλ)θ;  m ← β₁m + (1−β₁)g;  s ← β₂s + (1−β₂)g²;
 *       θ ← θ − η/(1−β₁ᵗ) · m / (√s/√(1−β₂ᵗ) + ε)
 * adam: the same without decoupled decay, with g ← g + λθ first (coupled decay).
 * sgd:  g ← g + λθ;  v ← γv + g;  θ ← θ − ηv.
 * muon (Jordan et al. 2024): v ← γv + g;  θ ← (1 − ηλ)θ − η·√max(1, rows/columns)·NS(g + γv), NS the
 *       Newton–Schulz orthogonalisation below; biases are stepped by AdamW with its own learning rate.
 */
export function createOptimizer(
  optimizer: Optimizer,
  parameters: readonly Parameter[],
): RunningOptimizer {
  const moments = new Map<string, Float64Array>();
  const momentOf = ({ name, value }: Parameter, which: string) => {
    const moment = new Float64Array(value.length);
    moments.set(`${name}.${which}`, moment);
    return moment;
  };
  const powers: BetaPowers | null = optimizer.name === 'sgd' ? null : { beta1: 1, beta2: 1 };
  const adamSettings = adamSettingsOf(optimizer);
  let rate = optimizer.learningRate;
  let adamRate = optimizer.name === 'muon' ? optimizer.adamwLearningRate : rate;
  const stepOf = (parameter: Parameter): (() => void) => {
    if (powers === null || (optimizer.name === 'muon' && parameter.columns > 1)) {
      const velocity = momentOf(parameter, 'velocity');
      const { momentum, weightDecay } = optimizer as { momentum: number; weightDecay: number };
      const step = optimizer.name === 'muon' ? muon : sgd;
      return () => step(parameter, velocity, { learningRate: rate, momentum, weightDecay });
    }
    const first = momentOf(parameter, 'first');
    const second = momentOf(parameter, 'second');
    return () => adam(parameter, first, second, adamRate, adamSettings, powers);
  };
  const steps = parameters.map(stepOf);
  return {
    step() {
      if (powers !== null) {
        powers.beta1 *= adamSettings.beta1;
        powers.beta2 *= adamSettings.beta2;
      }
      for (const step of steps) step();
    },
    setLearningRate(newRate, adamwRate) {
      rate = newRate;
      if (optimizer.name !== 'muon') adamRate = newRate;
      else if (adamwRate !== undefined) adamRate = adamwRate;
    },
    moments,
    powers,
  };
}

/** PyTorch's defaults. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

interface AdamSettings {
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Weight decay apart from the gradient (AdamW), not within it (Adam). */
  readonly decoupled: boolean;
}

function adamSettingsOf(optimizer: Optimizer): AdamSettings {
  const { weightDecay } = optimizer;
  if (optimizer.name === 'adam' || optimizer.name === 'adamw') {
    const { beta1, beta2, epsilon } = optimizer;
    return { weightDecay, beta1, beta2, epsilon, decoupled: optimizer.name === 'adamw' };
  }
  return { weightDecay, ...adamDefaults, decoupled: true };
}

function adam(
  { value, gradient }: Parameter,
  first: Float64Array,
  second: Float64Array,
  learningRate: number,
  { weightDecay, beta1, beta2, epsilon, decoupled }: AdamSettings,
  powers: BetaPowers,
): void {
  const rate = learningRate / (1 - powers.beta1);
  const secondScale = 1 / Math.sqrt(1 - powers.beta2);
  for (let i = 0; i < value.length; i++) {
    const g = decoupled ? gradient[i] : gradient[i] + weightDecay * value[i];
    if (decoupled) value[i] *= 1 - learningRate * weightDecay;
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    value[i] -= (rate * first[i]) / (Math.sqrt(second[i]) * secondScale + epsilon);
  }
}

interface MomentumSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly momentum: number;
}

function sgd(
  { value, gradient }: Parameter,
  velocity: Float64Array,
  { learningRate, weightDecay, momentum }: MomentumSettings,
): void {
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i] + weightDecay * value[i];
    velocity[i] = momentum * velocity[i] + g;
    value[i] -= learningRate * velocity[i];
  }
}

function muon(
  { value, gradient, rows, columns }: Parameter,
  velocity: Float64Array,
  { learningRate, weightDecay, momentum }: MomentumSettings,
): void {
  const scale = Math.sqrt(Math.max(1, rows / columns));
  const update = new Float64Array(value.length);
  for (let i = 0; i < value.length; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    update[i] = gradient[i] + momentum * velocity[i];
  }
  const orthogonal = orthogonalize(update, rows, columns);
  for (let i = 0; i < value.length; i++) {
    value[i] = (1 - learningRate * weightDecay) * value[i] - learningRate * scale * orthogonal[i];
  }
}

/**
 * Five Newton–Schulz steps X ← aX + (bA + cA²)X, A = XXᵀ, from X = G/‖G‖, on the orientation with no
 * more rows than columns; (a, b, c) = (3.4445, −4.7750, 2.0315) (Jordan et al. 2024).
 */
function orthogonalize(matrix: Float64Array, rows: number, columns: number): Float64Array {
  if (rows > columns) {
    return transpose(orthogonalize(transpose(matrix, rows, columns), columns, rows), columns, rows);
  }
  const norm = Math.sqrt(matrix.reduce((sum, x) => sum + x * x, 0)) + 1e-7;
  let x = matrix.map((value) => value / norm);
  for (let iteration = 0; iteration < 5; iteration++) {
    const gram = product(x, transpose(x, rows, columns), rows, columns, rows);
    const gramSquared = product(gram, gram, rows, rows, rows);
    const polynomial = gram.map((value, i) => -4.775 * value + 2.0315 * gramSquared[i]);
    const correction = product(polynomial, x, rows, rows, columns);
    x = x.map((value, i) => 3.4445 * value + correction[i]);
  }
  return x;
}

/** Aᵀ [columns, rows] of A [rows, columns]. */
export function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

/** C [m, n] = A [m, k] · B [k, n] in double precision. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  k: number,
  n: number,
): Float64Array<ArrayBuffer> {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const factor = a[i * k + l];
      for (let j = 0; j < n; j++) c[i * n + j] += factor * b[l * n + j];
    }
  }
  return c;
}

import type { Optimizer } from '../port.ts';

/** One weight array as the optimizer sees it. `rows` × `columns`; a bias has one column. */
export interface Parameter {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Steps every parameter once, given its fresh gradient. */
export type StepFunction = () => void;

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
): StepFunction {
  const steps = parameters.map((parameter) => stepFor(optimizer, parameter));
  return () => {
    for (const step of steps) step();
  };
}

function stepFor(optimizer: Optimizer, parameter: Parameter): StepFunction {
  switch (optimizer.name) {
    case 'adamw':
    case 'adam':
      return adam(parameter, optimizer, optimizer.name === 'adamw');
    case 'sgd':
      return sgd(parameter, optimizer);
    case 'muon': {
      if (parameter.columns > 1) return muon(parameter, optimizer);
      const { weightDecay, adamwLearningRate: learningRate } = optimizer;
      return adam(parameter, { ...adamDefaults, weightDecay, learningRate }, true);
    }
  }
}

/** PyTorch's defaults. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

interface AdamSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

function adam(
  { value, gradient }: Parameter,
  { learningRate, weightDecay, beta1, beta2, epsilon }: AdamSettings,
  decoupled: boolean,
): StepFunction {
  const first = new Float64Array(value.length);
  const second = new Float64Array(value.length);
  let beta1Power = 1;
  let beta2Power = 1;
  return () => {
    beta1Power *= beta1;
    beta2Power *= beta2;
    const rate = learningRate / (1 - beta1Power);
    const secondScale = 1 / Math.sqrt(1 - beta2Power);
    for (let i = 0; i < value.length; i++) {
      const g = decoupled ? gradient[i] : gradient[i] + weightDecay * value[i];
      if (decoupled) value[i] *= 1 - learningRate * weightDecay;
      first[i] = beta1 * first[i] + (1 - beta1) * g;
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      value[i] -= (rate * first[i]) / (Math.sqrt(second[i]) * secondScale + epsilon);
    }
  };
}

function sgd(
  { value, gradient }: Parameter,
  settings: { learningRate: number; weightDecay: number; momentum: number },
): StepFunction {
  const velocity = new Float64Array(value.length);
  return () => {
    for (let i = 0; i < value.length; i++) {
      const g = gradient[i] + settings.weightDecay * value[i];
      velocity[i] = settings.momentum * velocity[i] + g;
      value[i] -= settings.learningRate * velocity[i];
    }
  };
}

function muon(
  { value, gradient, rows, columns }: Parameter,
  settings: { learningRate: number; weightDecay: number; momentum: number },
): StepFunction {
  const velocity = new Float64Array(value.length);
  const scale = Math.sqrt(Math.max(1, rows / columns));
  return () => {
    const update = new Float64Array(value.length);
    for (let i = 0; i < value.length; i++) {
      velocity[i] = settings.momentum * velocity[i] + gradient[i];
      update[i] = gradient[i] + settings.momentum * velocity[i];
    }
    const orthogonal = orthogonalize(update, rows, columns);
    for (let i = 0; i < value.length; i++) {
      value[i] =
        (1 - settings.learningRate * settings.weightDecay) * value[i] -
        settings.learningRate * scale * orthogonal[i];
    }
  };
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

function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
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

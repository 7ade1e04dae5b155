import { type Optimizer, UnsupportedError } from '../compute/port.ts';
import { ShapeError, type Tensor } from './tensor.ts';

export interface RunningOptimizer {
  /**
   * Steps every parameter once and takes its gradient away, so that the next backward pass begins at 0.
   * Throws ShapeError for a parameter without a gradient: the loss doesn't depend on it.
   */
  step(): void;
}

/**
 * AdamW, Adam and SGD with momentum over parameters of the tape, by PyTorch's formulas as they stand in
 * `compute/reference/optimizers.ts`; computed in double precision, kept in float32. Biases decay like
 * every other parameter, as in PyTorch.
 *
 * Throws UnsupportedError for Muon.
 */
export function createOptimizer(
  optimizer: Optimizer,
  parameters: readonly Tensor[],
): RunningOptimizer {
  const steps = parameters.map((parameter) => {
    const step = stepOf(optimizer, parameter.data);
    return () => {
      const { gradient } = parameter;
      if (gradient === null) {
        throw new ShapeError(
          `a parameter of ${parameter.data.length} numbers has no gradient: the loss doesn't depend on it`,
        );
      }
      step(gradient);
      parameter.gradient = null;
    };
  });
  return {
    step() {
      for (const step of steps) step();
    },
  };
}

function stepOf(optimizer: Optimizer, value: Float32Array): (gradient: Float32Array) => void {
  switch (optimizer.name) {
    case 'adamw':
    case 'adam':
      return adam(optimizer, value);
    case 'sgd':
      return sgd(optimizer, value);
    case 'muon':
      throw new UnsupportedError('The tape trains with adamw, adam and sgd, not with muon.');
  }
}

type AdamSettings = Extract<Optimizer, { beta1: number }>;
type SgdSettings = Extract<Optimizer, { name: 'sgd' }>;

function adam(
  { name, learningRate, weightDecay, beta1, beta2, epsilon }: AdamSettings,
  value: Float32Array,
) {
  const first = new Float32Array(value.length);
  const second = new Float32Array(value.length);
  // Decay apart from the gradient (AdamW), or within it (Adam).
  const kept = name === 'adamw' ? 1 - learningRate * weightDecay : 1;
  const coupled = name === 'adamw' ? 0 : weightDecay;
  let beta1Power = 1;
  let beta2Power = 1;
  return (gradient: Float32Array) => {
    beta1Power *= beta1;
    beta2Power *= beta2;
    const rate = learningRate / (1 - beta1Power);
    const secondScale = 1 / Math.sqrt(1 - beta2Power);
    for (let i = 0; i < value.length; i++) {
      const g = gradient[i] + coupled * value[i];
      const m = beta1 * first[i] + (1 - beta1) * g;
      const s = beta2 * second[i] + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = s;
      value[i] = kept * value[i] - (rate * m) / (Math.sqrt(s) * secondScale + epsilon);
    }
  };
}

function sgd({ learningRate, weightDecay, momentum }: SgdSettings, value: Float32Array) {
  const velocity = new Float32Array(value.length);
  return (gradient: Float32Array) => {
    for (let i = 0; i < value.length; i++) {
      velocity[i] = momentum * velocity[i] + gradient[i] + weightDecay * value[i];
      value[i] -= learningRate * velocity[i];
    }
  };
}

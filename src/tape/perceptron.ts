import type { Generator } from '../task/generator.ts';
import { add, relu } from './elementwise.ts';
import { matmul } from './matmul.ts';
import type { Tape } from './tape.ts';
import { parameter, type Tensor } from './tensor.ts';

/** A layer x ↦ x·weight + bias: weight [inputs, outputs], bias [outputs]. */
export interface Layer {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/**
 * The layers of a perceptron; `widths` = [784, 512, 512, 10] are three of them. Initial weights as
 * PyTorch's Linear [assumed: the paper says "3-layer network" and no more]: weights and biases uniform in
 * ±1/√inputs, drawn layer by layer, the weights [inputs, outputs] row-major and then the bias.
 */
export function initializePerceptron(widths: readonly number[], generator: Generator): Layer[] {
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer];
    const bound = 1 / Math.sqrt(inputs);
    const uniform = (length: number) =>
      Float32Array.from({ length }, () => (2 * generator.uniform() - 1) * bound);
    return {
      weight: parameter(uniform(inputs * outputs), [inputs, outputs]),
      bias: parameter(uniform(outputs), [outputs]),
    };
  });
}

/** Logits of the rows of x [n, inputs], with ReLU between the layers: [n, classes]. */
export function perceptronLogits(tape: Tape, layers: readonly Layer[], x: Tensor): Tensor {
  return layers.reduce((input, { weight, bias }, layer) => {
    const active = layer === 0 ? input : relu(tape, input);
    return add(tape, matmul(tape, active, weight), bias);
  }, x);
}

/**
 * How settings are handed to the kernel, native or WebAssembly: the numbers of kernel/kernel.hpp, and
 * the memory that its arrays take.
 */
import { type Activation, activations, type Network } from '../model/network.ts';
import { type Optimizer, type TrainingProblem, UnsupportedError } from './port.ts';

export interface KernelOptimizer {
  /** 0 AdamW, 1 Adam, 2 SGD. */
  readonly rule: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** 0 where the rule has none. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentum: number;
}

/** The number of an activation. Throws `UnsupportedError` for one that the kernel lacks. */
export function kernelActivation(activation: Activation): number {
  const index = activations.indexOf(activation);
  if (index < 0) {
    throw new UnsupportedError(
      `The kernel knows the activations ${activations.join(', ')}, not "${activation}".`,
    );
  }
  return index;
}

/** The number of a loss. Throws `UnsupportedError` for one that the kernel lacks. */
function kernelLoss(loss: TrainingProblem['loss']): number {
  const index = ['cross-entropy', 'mse'].indexOf(loss);
  if (index < 0) {
    throw new UnsupportedError(
      `The kernel trains with the losses cross-entropy and mse, not "${loss}".`,
    );
  }
  return index;
}

/** The numbers of an optimizer. Throws `UnsupportedError` for one that the kernel lacks. */
export function kernelOptimizer(optimizer: Optimizer): KernelOptimizer {
  const none = { beta1: 0, beta2: 0, epsilon: 0, momentum: 0 };
  switch (optimizer.name) {
    case 'adamw':
      return { ...none, rule: 0, ...optimizer };
    case 'adam':
      return { ...none, rule: 1, ...optimizer };
    case 'sgd':
      return { ...none, rule: 2, ...optimizer };
    default:
      throw new UnsupportedError(
        `The kernel trains with adamw, adam and sgd, not "${optimizer.name}".`,
      );
  }
}

/** What a problem's session is opened with, its weights apart. */
export function kernelTraining(problem: TrainingProblem) {
  const { initial, rows, tied, freezeFirstLayer } = problem;
  return {
    modulus: initial.modulus,
    width: initial.width,
    activation: kernelActivation(problem.activation),
    loss: kernelLoss(problem.loss),
    tied,
    freezeFirstLayer,
    hasHiddenBias: initial.hiddenBias !== null,
    samples: rows.a.length,
    a: rows.a,
    b: rows.b,
    label: rows.label,
  };
}

/** Floats of scratch a thread needs per token: panels of the backward pass or tiles of logits. */
const scratchPerToken = 6 * 48;

/** Bytes that evaluating a network takes. */
export function evaluationBytes(network: Network, threads: number): number {
  const { modulus, width } = network;
  return 4 * modulus * (4 * (width + 16) + threads * scratchPerToken);
}

/** Bytes that a training session takes: weights, optimizer state, and logits of all rows. */
export function trainingBytes(problem: TrainingProblem, threads: number): number {
  const { modulus, width } = problem.initial;
  const copies = problem.optimizer.name === 'sgd' ? 8 : 11;
  return (
    4 * modulus * (copies * (width + 16) + threads * scratchPerToken + problem.rows.a.length + 48)
  );
}

/** Bytes that a matrix product's result takes. */
export function productBytes(m: number, n: number): number {
  return 4 * m * n;
}

/**
 * How settings are handed to the kernel, native or WebAssembly: the numbers of kernel/kernel.hpp, and
 * the memory that its arrays take.
 */
import { type Activation, activations, type Network } from '../model/network.ts';
import { type Optimizer, type TrainingProblem, UnsupportedError } from './port.ts';

export interface KernelOptimizer {
  /** 0 AdamW, 1 Adam, 2 SGD, 3 Muon. */
  readonly rule: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** 0 where the rule has none. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly adamwLearningRate: number;
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

/** The numbers of an optimizer. */
export function kernelOptimizer(optimizer: Optimizer): KernelOptimizer {
  const none = { beta1: 0, beta2: 0, epsilon: 0, momentum: 0, adamwLearningRate: 0 };
  switch (optimizer.name) {
    case 'adamw':
      return { ...none, rule: 0, ...optimizer };
    case 'adam':
      return { ...none, rule: 1, ...optimizer };
    case 'sgd':
      return { ...none, rule: 2, ...optimizer };
    case 'muon':
      // PyTorch's defaults for the AdamW that steps μ and the hidden bias.
      return { rule: 3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...optimizer };
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
  const copies = { sgd: 8, adam: 11, adamw: 11, muon: 14 }[problem.optimizer.name];
  return (
    4 * modulus * (copies * (width + 16) + threads * scratchPerToken + problem.rows.a.length + 48)
  );
}

/** Bytes that a matrix product's result takes. */
export function productBytes(m: number, n: number): number {
  return 4 * m * n;
}

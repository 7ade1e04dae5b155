/**
 * The plain TypeScript backend: double precision, one thread, no tricks. It is the oracle that other
 * backends are tested against, and what runs where nothing faster can.
 */
import type { Activation, Network } from '../../model/network.ts';
import {
  type Backend,
  type TrainingProblem,
  type TrainingSession,
  UnsupportedError,
} from '../port.ts';
import { argmax, type DoubleNetwork, forwardPair } from './forward.ts';
import { type Gradient, lossAndGradient } from './gradient.ts';
import { createOptimizer, product } from './optimizers.ts';

export function createReferenceBackend(): Backend {
  return {
    name: 'reference',
    instructionSet: 'JavaScript',
    threads: 1,
    train: openSession,
    answers: (network, activation) => answersOf(toDouble(network), activation),
    logits: (network, activation, firstA, countA) => {
      const { modulus } = network;
      const logits = new Float32Array(countA * modulus * modulus);
      forEachPair(toDouble(network), activation, firstA, countA, (pair, z) => {
        logits.set(z, (pair - firstA * modulus) * modulus);
      });
      return logits;
    },
    multiply: (a, b, m, k, n) => Float32Array.from(product(a, b, m, k, n)),
  };
}

function openSession(problem: TrainingProblem): TrainingSession {
  if (problem.initial.hiddenBias !== null) {
    throw new UnsupportedError('The reference backend trains networks without a hidden bias.');
  }
  const weights = toDouble(problem.initial);
  const { modulus, width } = weights;
  const gradient: Gradient = {
    U: new Float64Array(weights.U.length),
    V: new Float64Array(weights.V.length),
    W: new Float64Array(weights.W.length),
    mu: new Float64Array(weights.mu.length),
  };
  const second = [
    { value: weights.W, gradient: gradient.W, rows: modulus, columns: width },
    { value: weights.mu, gradient: gradient.mu, rows: modulus, columns: 1 },
  ];
  const first = [
    { value: weights.U, gradient: gradient.U, rows: width, columns: modulus },
    { value: weights.V, gradient: gradient.V, rows: width, columns: modulus },
  ];
  const optimizerStep = createOptimizer(
    problem.optimizer,
    problem.freezeFirstLayer ? second : [...first, ...second],
  );
  let step = 0;
  let loss = Number.NaN;
  return {
    get step() {
      return step;
    },
    run(count) {
      for (let i = 0; i < count; i++) {
        loss = lossAndGradient(weights, problem.activation, problem.loss, problem.rows, gradient);
        optimizerStep();
        step++;
      }
    },
    lossBeforeLastStep: () => loss,
    answers: () => answersOf(weights, problem.activation),
    network: () => toSingle(weights),
    dispose() {},
  };
}

function answersOf(network: DoubleNetwork, activation: Activation): Uint16Array {
  const answers = new Uint16Array(network.modulus ** 2);
  forEachPair(network, activation, 0, network.modulus, (pair, z) => {
    answers[pair] = argmax(z, 0, z.length);
  });
  return answers;
}

function forEachPair(
  network: DoubleNetwork,
  activation: Activation,
  firstA: number,
  countA: number,
  use: (pair: number, logits: Float64Array) => void,
): void {
  const { modulus, width } = network;
  const preActivation = new Float64Array(width);
  const hidden = new Float64Array(width);
  const z = new Float64Array(modulus);
  for (let a = firstA; a < firstA + countA; a++) {
    for (let b = 0; b < modulus; b++) {
      forwardPair(network, activation, a, b, preActivation, hidden, z);
      use(a * modulus + b, z);
    }
  }
}

function toDouble(network: Network): DoubleNetwork {
  return {
    modulus: network.modulus,
    width: network.width,
    U: Float64Array.from(network.U),
    V: Float64Array.from(network.V),
    W: Float64Array.from(network.W),
    mu: Float64Array.from(network.mu),
    hiddenBias: network.hiddenBias === null ? null : Float64Array.from(network.hiddenBias),
  };
}

function toSingle(network: DoubleNetwork): Network {
  return {
    modulus: network.modulus,
    width: network.width,
    U: Float32Array.from(network.U),
    V: Float32Array.from(network.V),
    W: Float32Array.from(network.W),
    mu: Float32Array.from(network.mu),
    hiddenBias: network.hiddenBias === null ? null : Float32Array.from(network.hiddenBias),
  };
}

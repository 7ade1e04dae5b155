/** Losses, first gradients and final weights from PyTorch 1.13 in double precision: the outside oracle. */
import { readFileSync } from 'node:fs';
import type { Optimizer, TrainingProblem } from '../../src/compute/port.ts';
import { adamDefaults } from '../../src/compute/reference/optimizers.ts';
import type { Activation, Network } from '../../src/model/network.ts';

interface GoldenWeights {
  readonly U: number[];
  readonly V: number[];
  readonly W: number[];
  readonly mu: number[];
}

interface GoldenCase {
  readonly activation: Activation;
  readonly optimizer: {
    readonly name: 'adamw' | 'adam' | 'sgd' | 'muon';
    readonly lr: number;
    readonly weightDecay: number;
    readonly momentum?: number;
    readonly adamwLr?: number;
  };
  readonly steps: number;
  readonly losses: number[];
  readonly firstGradient: GoldenWeights;
  readonly final: GoldenWeights;
}

const file: {
  P: number;
  M: number;
  data: { a: number[]; b: number[]; label: number[] };
  initial: GoldenWeights;
  cases: GoldenCase[];
} = JSON.parse(readFileSync(new URL('./two-layer.json', import.meta.url), 'utf8'));

export const goldenCases = file.cases;

/** The training problem of a golden case: P=11, M=16, 97 rows, mean cross-entropy. */
export function goldenProblem(golden: GoldenCase): TrainingProblem {
  return {
    activation: golden.activation,
    loss: 'cross-entropy',
    optimizer: optimizerOf(golden),
    rows: {
      a: Uint16Array.from(file.data.a),
      b: Uint16Array.from(file.data.b),
      label: Uint16Array.from(file.data.label),
    },
    initial: toNetwork(file.initial),
    tied: false,
    freezeFirstLayer: false,
  };
}

function toNetwork(weights: GoldenWeights): Network {
  return {
    modulus: file.P,
    width: file.M,
    U: Float32Array.from(weights.U),
    V: Float32Array.from(weights.V),
    W: Float32Array.from(weights.W),
    mu: Float32Array.from(weights.mu),
    hiddenBias: null,
  };
}

function optimizerOf({ optimizer }: GoldenCase): Optimizer {
  const { name, lr: learningRate, weightDecay } = optimizer;
  switch (name) {
    case 'adamw':
    case 'adam':
      return { name, learningRate, weightDecay, ...adamDefaults };
    case 'sgd':
      return { name, learningRate, weightDecay, momentum: optimizer.momentum ?? 0 };
    case 'muon':
      return {
        name,
        learningRate,
        weightDecay,
        momentum: 0.95,
        adamwLearningRate: optimizer.adamwLr ?? learningRate,
      };
  }
}

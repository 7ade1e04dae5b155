/**
 * The port through which all heavy numbers are crunched.
 *
 * A backend trains the two-layer network by full-batch steps, evaluates it on all P² input pairs, and
 * multiplies matrices. `reference/` is plain TypeScript in double precision: slow, clear, the oracle.
 * `native/` is the fused C++ kernel in a Node addon. Every backend runs the same conformance suite.
 *
 * All calls are synchronous; the trainer keeps each call short so that progress and Ctrl-C work.
 * A backend that can't do what is asked throws `UnsupportedError` and never does something else instead.
 */
import type { Activation, Network } from '../model/network.ts';

/** Training rows: input pair (a, b) and the label to be learned, all in 0…P−1. */
export interface TrainingRows {
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly label: Uint16Array;
}

export type Loss = 'cross-entropy' | 'mse';

/** Optimizer and its hyper-parameters; formulas in `compute/reference/optimizers.ts`. */
export type Optimizer =
  | {
      readonly name: 'adamw' | 'adam';
      readonly learningRate: number;
      readonly weightDecay: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
  | {
      readonly name: 'sgd';
      readonly learningRate: number;
      readonly weightDecay: number;
      readonly momentum: number;
    }
  | {
      readonly name: 'muon';
      readonly learningRate: number;
      readonly weightDecay: number;
      readonly momentum: number;
      /** Learning rate of the AdamW that steps μ. */
      readonly adamwLearningRate: number;
    };

export interface TrainingProblem {
  readonly activation: Activation;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly rows: TrainingRows;
  /** Weights before the first step; copied, never written to. */
  readonly initial: Network;
  /** Keep U and V as they are and train W and μ only: the random-feature control. */
  readonly freezeFirstLayer: boolean;
}

/** One network in training. `dispose` frees what it holds; using it afterwards is an error. */
export interface TrainingSession {
  /** Optimizer steps taken so far. */
  readonly step: number;
  /** Takes `count` full-batch steps. */
  run(count: number): void;
  /** Mean training loss of the weights as they were BEFORE the most recent step; NaN before the first. */
  lossBeforeLastStep(): number;
  /** The argmax class for every pair, at index a·P + b: [P²]. Ties go to the smaller class. */
  answers(): Uint16Array;
  /** A copy of the weights as they are now. */
  network(): Network;
  dispose(): void;
}

/** C [m, n] = A [m, k] · B [k, n], all row-major. */
export type MatrixProduct = (
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
) => Float32Array;

export interface Backend {
  readonly name: 'native' | 'reference';
  /** Instruction set in use, for people: "avx512", "avx2", "JavaScript". */
  readonly instructionSet: string;
  readonly threads: number;
  /** Opens a training session. Throws `UnsupportedError` for what this backend can't train. */
  train(problem: TrainingProblem): TrainingSession;
  /** The argmax class for every pair, at index a·P + b: [P²]. Ties go to the smaller class. */
  answers(network: Network, activation: Activation): Uint16Array;
  /** Logits of the pairs (a, b) with firstA ≤ a < firstA + countA and all b: [countA·P, P]. */
  logits(network: Network, activation: Activation, firstA: number, countA: number): Float32Array;
  multiply: MatrixProduct;
}

/** What was asked of a backend is beyond it; the message says what it can do. */
export class UnsupportedError extends Error {
  override name = 'UnsupportedError';
}

/**
 * The port through which all heavy numbers are crunched.
 *
 * A backend trains the two-layer network by gradient steps, evaluates it on all P² input pairs, and
 * multiplies matrices. `reference/` is plain TypeScript in double precision: slow, clear, the oracle.
 * `native/` is the fused C++ kernel in a Node addon, `wasm/` the same source as WebAssembly. Every backend runs the same conformance suite.
 *
 * All calls are synchronous; the trainer keeps each call short so that progress and Ctrl-C work.
 * A backend that can't do what is asked throws `UnsupportedError` and never does something else instead.
 */
import type { Loss } from '../model/loss.ts';
import type { Activation, Network } from '../model/network.ts';

export type { Loss };

/** Training rows: input pair (a, b) and the label to be learned, all in 0…P−1. */
export interface TrainingRows {
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly label: Uint16Array;
}

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
      /** Learning rate of the AdamW that steps μ and the hidden bias. */
      readonly adamwLearningRate: number;
    };

export interface TrainingProblem {
  readonly activation: Activation;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly rows: TrainingRows;
  /**
   * Weights before the first step; copied, never written to. A hidden bias is trained where there is
   * one (not null), by the weights' own optimizer; under Muon by AdamW, as μ is.
   */
  readonly initial: Network;
  /**
   * U = V: one first-layer matrix for both tokens, whose gradient is ∂L/∂U + ∂L/∂V. `initial.V` equals
   * `initial.U`, and every network that comes out has V equal to U, in arrays of their own.
   */
  readonly tied: boolean;
  /** Keep U, V and the hidden bias as they are and train W and μ only: the random-feature control. */
  readonly freezeFirstLayer: boolean;
}

/**
 * Everything that a session's next steps depend on beside its problem and its learning rates. A session
 * opened from a state takes, step for step, the same bits as the session it came from.
 *
 * Tensors, row-major, in the precision that the backend computes in (Float64Array in the reference,
 * Float32Array in single-precision backends, which can therefore continue each other's states):
 *
 * - weights `U` [M, P], `V` [M, P] (left out where tied), `W` [P, M], `mu` [P], `hidden_bias` [M] (where
 *   there is one), the frozen ones too;
 * - for every weight X that is trained, by its optimizer: AdamW and Adam `X.first`, `X.second` (first and
 *   second moment), SGD and Muon `X.velocity`; all in X's shape.
 *
 * Scalars: `beta1_power` = β₁ᵗ and `beta2_power` = β₂ᵗ where there is an AdamW or Adam, as the running
 * products that the backend keeps after t steps (1 before the first); nothing else.
 */
export interface SessionState {
  readonly step: number;
  readonly tensors: Readonly<Record<string, Float32Array | Float64Array>>;
  readonly scalars: Readonly<Record<string, number>>;
}

/** One network in training. `dispose` frees what it holds; using it afterwards is an error. */
export interface TrainingSession {
  /** Name of the backend that runs it: not the one that was asked where that one had to fall back. */
  readonly backend: Backend['name'];
  /** Optimizer steps taken so far, those before the state it was opened from included. */
  readonly step: number;
  /** Takes `count` full-batch steps. */
  run(count: number): void;
  /**
   * One step on the mean loss over these rows alone (indices into `problem.rows`, at least one, each
   * at most once). The rows 0…n−1 in order give the same bits as `run(1)`.
   */
  runBatch(rows: Uint32Array): void;
  /**
   * The learning rate of the steps from now on, until set again; before, it is the optimizer's. `adamwRate`
   * replaces Muon's `adamwLearningRate`; left out, that stays as it is.
   */
  setLearningRate(rate: number, adamwRate?: number): void;
  /**
   * Mean loss, over the rows of the most recent step, of the weights as they were BEFORE it; NaN where
   * this session has taken none yet.
   */
  lossBeforeLastStep(): number;
  /** A copy of what the next steps depend on. */
  state(): SessionState;
  /** The argmax class for every pair, at index a·P + b: [P²]. Ties go to the smaller class. */
  answers(): Uint16Array;
  /** A copy of the weights as they are now. */
  network(): Network;
  dispose(): void;
}

/** Which factors of a product are stored transposed. */
export interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

interface ProductOptions extends Transposed {
  /** An array of m·n numbers, apart from the factors, that takes the result and is returned; default: a new one. */
  readonly out?: Float32Array | undefined;
}

/**
 * C [m, n] = A [m, k] · B [k, n], all row-major. With `transposeA`, `a` is Aᵀ [k, m]; with `transposeB`, `b`
 * is Bᵀ [n, k]; the bits of C are the same. Sizes may be 0: without an inner dimension C is zeros.
 * @throws InputError for arrays whose lengths aren't those of the sizes, and for a C beyond memory.
 */
export type MatrixProduct = (
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  options?: ProductOptions,
) => Float32Array;

export interface Backend {
  readonly name: 'native' | 'wasm' | 'reference';
  /** Instruction set in use, for people: "avx512", "avx2", "JavaScript". */
  readonly instructionSet: string;
  readonly threads: number;
  /**
   * Opens a training session: from the problem's initial weights, or from a `state` that a session of
   * the same problem gave. Throws `UnsupportedError` for what this backend can't train, and for a state
   * that it can't continue to the same bits (made in another precision, or of another problem).
   */
  train(problem: TrainingProblem, state?: SessionState): TrainingSession;
  /** The argmax class for every pair, at index a·P + b: [P²]. Ties go to the smaller class. */
  answers(network: Network, activation: Activation): Uint16Array;
  /** Logits of the pairs (a, b) with firstA ≤ a < firstA + countA and all b: [countA·P, P]. */
  logits(network: Network, activation: Activation, firstA: number, countA: number): Float32Array;
  multiply: MatrixProduct;
  /**
   * Measures GFLOP/s of multiply-adds in registers, all threads together, for a few milliseconds: what no
   * step can pass. Absent where there is no such number.
   */
  peakGflops?(): number;
}

/** What was asked of a backend is beyond it; the message says what it can do. */
export class UnsupportedError extends Error {
  override name = 'UnsupportedError';
}

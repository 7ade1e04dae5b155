import {
  type SessionState,
  type TrainingProblem,
  type TrainingSession,
  UnsupportedError,
} from '../port.ts';
import { answersOf, toDouble, toSingle } from './evaluate.ts';
import type { DoubleNetwork } from './forward.ts';
import { type Gradient, lossAndGradient } from './gradient.ts';
import {
  type BetaPowers,
  createOptimizer,
  type Parameter,
  type RunningOptimizer,
} from './optimizers.ts';

/** Opens a session from the problem's initial weights or from a state that this backend gave. */
export function openSession(problem: TrainingProblem, state?: SessionState): TrainingSession {
  const { initial, tied, activation, rows } = problem;
  if (tied && initial.V.some((value, i) => value !== initial.U[i])) {
    throw new RangeError('a tied problem needs an initial network with V equal to U');
  }
  const untied = toDouble(initial);
  // One array for both matrices: what is written to the one is in the other, gradients add up.
  const weights = tied ? { ...untied, V: untied.U } : untied;
  const gradient = emptyGradient(weights);
  const optimizer = createOptimizer(
    problem.optimizer,
    trainedParameters(weights, gradient, problem),
  );
  const tensors = stateTensors(weights, tied, optimizer);
  let step = 0;
  let loss = Number.NaN;
  if (state !== undefined) {
    restore(tensors, optimizer.powers, state);
    step = state.step;
  }
  const takeStep = (batch: Uint32Array | null) => {
    loss = lossAndGradient(weights, activation, problem.loss, rows, gradient, batch);
    optimizer.step();
    step++;
  };
  return {
    backend: 'reference',
    get step() {
      return step;
    },
    run(count) {
      for (let i = 0; i < count; i++) takeStep(null);
    },
    runBatch(batch) {
      if (batch.length === 0 || batch.some((row) => row >= rows.a.length)) {
        throw new RangeError(`a batch is one or more row numbers below ${rows.a.length}`);
      }
      takeStep(batch);
    },
    setLearningRate: optimizer.setLearningRate,
    lossBeforeLastStep: () => loss,
    state: () => ({
      step,
      tensors: Object.fromEntries([...tensors].map(([name, values]) => [name, values.slice()])),
      scalars: scalarsOf(optimizer.powers),
    }),
    answers: () => answersOf(weights, activation),
    network: () => toSingle(weights),
    dispose() {},
  };
}

function emptyGradient(weights: DoubleNetwork): Gradient {
  const U = new Float64Array(weights.U.length);
  return {
    U,
    V: weights.V === weights.U ? U : new Float64Array(weights.V.length),
    W: new Float64Array(weights.W.length),
    mu: new Float64Array(weights.mu.length),
    hiddenBias: weights.hiddenBias === null ? null : new Float64Array(weights.width),
  };
}

function trainedParameters(
  weights: DoubleNetwork,
  gradient: Gradient,
  { tied, freezeFirstLayer }: TrainingProblem,
): Parameter[] {
  const { modulus, width } = weights;
  const parameters: Parameter[] = [];
  const add = (name: string, key: keyof Gradient, rows: number, columns: number) => {
    const value = weights[key];
    const slope = gradient[key];
    if (value !== null && slope !== null) {
      parameters.push({ name, value, gradient: slope, rows, columns });
    }
  };
  if (!freezeFirstLayer) {
    add('U', 'U', width, modulus);
    if (!tied) add('V', 'V', width, modulus);
    add('hidden_bias', 'hiddenBias', width, 1);
  }
  add('W', 'W', modulus, width);
  add('mu', 'mu', modulus, 1);
  return parameters;
}

/** The arrays in use, by their names in a `SessionState`. */
function stateTensors(
  weights: DoubleNetwork,
  tied: boolean,
  optimizer: RunningOptimizer,
): Map<string, Float64Array> {
  const tensors = new Map<string, Float64Array>([['U', weights.U]]);
  if (!tied) tensors.set('V', weights.V);
  tensors.set('W', weights.W).set('mu', weights.mu);
  if (weights.hiddenBias !== null) tensors.set('hidden_bias', weights.hiddenBias);
  for (const [name, moment] of optimizer.moments) tensors.set(name, moment);
  return tensors;
}

function scalarsOf(powers: BetaPowers | null): Record<string, number> {
  return powers === null ? {} : { beta1_power: powers.beta1, beta2_power: powers.beta2 };
}

/** Copies a state into the arrays in use. Throws UnsupportedError unless it is one of this problem's. */
function restore(
  tensors: ReadonlyMap<string, Float64Array>,
  powers: BetaPowers | null,
  state: SessionState,
): void {
  const isSame = (x: string[], y: string[]) => x.sort().join() === y.sort().join();
  const scalars = Object.keys(scalarsOf(powers));
  if (
    !isSame(Object.keys(state.tensors), [...tensors.keys()]) ||
    !isSame(Object.keys(state.scalars), scalars)
  ) {
    throw new UnsupportedError('The state to continue from is of another training problem.');
  }
  for (const [name, values] of tensors) {
    const saved = state.tensors[name];
    if (!(saved instanceof Float64Array)) {
      throw new UnsupportedError(
        'The reference backend computes in double precision and can’t continue a training in single precision to the same bits.',
      );
    }
    if (saved.length !== values.length) {
      throw new UnsupportedError(`The state to continue from has ${name} in another size.`);
    }
    values.set(saved);
  }
  if (powers !== null) {
    powers.beta1 = state.scalars.beta1_power;
    powers.beta2 = state.scalars.beta2_power;
  }
}

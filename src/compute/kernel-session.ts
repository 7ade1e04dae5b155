/**
 * A training session on the C++ kernel, native or WebAssembly: what the port asks for, in terms of the
 * few functions of kernel/session.hpp.
 */
import { emptyNetwork, type Network } from '../model/network.ts';
import { checkInteger, checkProblem } from './checks.ts';
import {
  type Backend,
  type SessionState,
  type TrainingProblem,
  type TrainingSession,
  UnsupportedError,
} from './port.ts';

/** The functions of kernel/session.hpp. Parts and slots are numbers of its enums. */
export interface KernelSession {
  read(part: number, slot: number, out: Float32Array): void;
  write(part: number, slot: number, from: Float32Array): void;
  /** After the last `write`, before anything else. */
  prepare(): void;
  powers(): readonly number[];
  setPowers(beta1: number, beta2: number): void;
  run(steps: number): void;
  runBatch(rows: Uint32Array): void;
  setLearningRate(rate: number, adamwRate: number): void;
  loss(): number;
  answers(out: Uint16Array): void;
  close(): void;
}

/** One array of a session: its name in a state, where the kernel keeps it, its length. */
interface SessionTensor {
  readonly name: string;
  readonly part: number;
  readonly slot: number;
  readonly length: number;
}

const parts = { U: 0, V: 1, W: 2, mu: 3, hidden_bias: 4 } as const;
type PartName = keyof typeof parts;

/**
 * Opens a session from the problem's initial weights or from a state. `open` makes the kernel's session,
 * with weights and moments of zero, once the problem has been checked.
 */
export function openKernelSession(
  backend: Backend['name'],
  problem: TrainingProblem,
  state: SessionState | undefined,
  open: () => KernelSession,
): TrainingSession {
  checkProblem(problem);
  const { initial } = problem;
  const tensors = tensorsOf(problem);
  const hasPowers = problem.optimizer.name !== 'sgd';
  if (state !== undefined) checkState(tensors, hasPowers, state);
  const kernel = open();
  let isOpen = true;
  let step = state?.step ?? 0;
  let isFresh = true;
  let adamwRate = problem.optimizer.name === 'muon' ? problem.optimizer.adamwLearningRate : 0;

  for (const { name, part, slot } of tensors) {
    if (state !== undefined) kernel.write(part, slot, state.tensors[name] as Float32Array);
    else if (slot === 0) kernel.write(part, slot, weightOf(initial, name as PartName));
  }
  if (state !== undefined && hasPowers) {
    kernel.setPowers(state.scalars.beta1_power, state.scalars.beta2_power);
  }
  kernel.prepare();

  const requireOpen = () => {
    if (!isOpen) throw new Error('This training session has been disposed of.');
  };
  const readTensor = ({ part, slot, length }: SessionTensor) => {
    const out = new Float32Array(length);
    kernel.read(part, slot, out);
    return out;
  };
  return {
    backend,
    get step() {
      return step;
    },
    run(count) {
      requireOpen();
      checkInteger('the number of steps', count, 0, 2 ** 30);
      kernel.run(count);
      step += count;
      isFresh &&= count === 0;
    },
    runBatch(rows) {
      requireOpen();
      const samples = problem.rows.a.length;
      checkInteger('the number of rows in a batch', rows.length, 1, samples);
      for (const row of rows) checkInteger('a row of a batch', row, 0, samples - 1);
      kernel.runBatch(rows);
      step++;
      isFresh = false;
    },
    setLearningRate(rate, newAdamwRate) {
      requireOpen();
      adamwRate = newAdamwRate ?? adamwRate;
      for (const value of [rate, adamwRate]) {
        if (value >= 0 && value < Number.POSITIVE_INFINITY) continue;
        throw new RangeError(`a learning rate is a finite number of at least 0, not ${value}`);
      }
      kernel.setLearningRate(rate, adamwRate);
    },
    lossBeforeLastStep() {
      requireOpen();
      return isFresh ? Number.NaN : kernel.loss();
    },
    state() {
      requireOpen();
      const [beta1_power, beta2_power] = kernel.powers();
      return {
        step,
        tensors: Object.fromEntries(tensors.map((tensor) => [tensor.name, readTensor(tensor)])),
        scalars: hasPowers ? { beta1_power, beta2_power } : {},
      };
    },
    answers() {
      requireOpen();
      const out = new Uint16Array(initial.modulus ** 2);
      kernel.answers(out);
      return out;
    },
    network() {
      requireOpen();
      const { modulus, width } = initial;
      const hiddenBias = initial.hiddenBias === null ? null : new Float32Array(width);
      const network = { ...emptyNetwork(modulus, width), hiddenBias };
      for (const { name, part, slot } of tensors) {
        if (slot === 0) kernel.read(part, slot, weightOf(network, name as PartName));
      }
      if (problem.tied) network.V.set(network.U);
      return network;
    },
    dispose() {
      if (isOpen) kernel.close();
      isOpen = false;
    },
  };
}

function weightOf(network: Network, name: PartName): Float32Array {
  if (name !== 'hidden_bias') return network[name];
  if (network.hiddenBias === null) throw new Error('the network has no hidden bias');
  return network.hiddenBias;
}

/** The arrays of a problem's session, named as the port says. */
function tensorsOf(problem: TrainingProblem): SessionTensor[] {
  const { initial, tied, freezeFirstLayer, optimizer } = problem;
  const names = (Object.keys(parts) as PartName[]).filter(
    (name) => !(name === 'V' && tied) && !(name === 'hidden_bias' && initial.hiddenBias === null),
  );
  const tensors: SessionTensor[] = [];
  for (const name of names) {
    const part = parts[name];
    const { length } = weightOf(initial, name);
    tensors.push({ name, part, slot: 0, length });
    if (freezeFirstLayer && name !== 'W' && name !== 'mu') continue;
    // Muon steps matrices; vectors are left to AdamW.
    const hasVelocity =
      optimizer.name === 'sgd' ||
      (optimizer.name === 'muon' && name !== 'mu' && name !== 'hidden_bias');
    const moments = hasVelocity ? ['velocity'] : ['first', 'second'];
    moments.forEach((moment, i) => {
      tensors.push({ name: `${name}.${moment}`, part, slot: i + 1, length });
    });
  }
  return tensors;
}

/** Throws `UnsupportedError` unless the state is one of this problem's in single precision. */
function checkState(tensors: SessionTensor[], hasPowers: boolean, state: SessionState): void {
  const isSame = (x: string[], y: string[]) => x.toSorted().join() === y.toSorted().join();
  const scalars = hasPowers ? ['beta1_power', 'beta2_power'] : [];
  const names = tensors.map(({ name }) => name);
  if (!isSame(Object.keys(state.tensors), names) || !isSame(Object.keys(state.scalars), scalars)) {
    throw new UnsupportedError('The state to continue from is of another training problem.');
  }
  for (const { name, length } of tensors) {
    const saved = state.tensors[name];
    if (!(saved instanceof Float32Array)) {
      throw new UnsupportedError(
        'The kernel computes in single precision and can’t continue a training in double precision to the same bits.',
      );
    }
    if (saved.length !== length) {
      throw new UnsupportedError(`The state to continue from has ${name} in another size.`);
    }
  }
}

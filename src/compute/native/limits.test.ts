/** What is refused, and how. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adamw, problemOf } from '../../../test/native/problems.ts';
import { InputError } from '../../errors.ts';
import type { Activation } from '../../model/network.ts';
import { type Optimizer, type TrainingProblem, UnsupportedError } from '../port.ts';
import { loadAddon } from './addon.ts';
import { createNativeBackend, nativeUnavailable } from './index.ts';

const missing = nativeUnavailable();

function refuses(action: () => unknown, message: RegExp, type = InputError): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof type, String(error));
    assert.match(error.message, message);
    return true;
  });
}

describe('the native backend refuses', { skip: missing ?? false }, () => {
  if (missing !== null) return;
  const backend = createNativeBackend({ threads: 1 });
  const problem = problemOf(7, 5);
  const network = problem.initial;
  const train = (more: Partial<TrainingProblem>) => () => backend.train({ ...problem, ...more });

  test('a session that was disposed of', () => {
    const session = backend.train(problem);
    session.run(1);
    session.dispose();
    session.dispose();
    for (const use of [
      () => session.run(1),
      () => session.lossBeforeLastStep(),
      () => session.answers(),
      () => session.network(),
    ]) {
      refuses(use, /disposed/, Error);
    }
  });
  test('arrays of the wrong length or type', () => {
    const short = new Float32Array(3);
    for (const part of ['U', 'V', 'W', 'mu'] as const) {
      refuses(train({ initial: { ...network, [part]: short } }), new RegExp(`${part} must hold`));
      refuses(() => backend.answers({ ...network, [part]: short }, 'relu'), /must hold/);
    }
    refuses(() => backend.logits({ ...network, hiddenBias: short }, 'relu', 0, 1), /hiddenBias/);
    const doubles = new Float64Array(35) as unknown as Float32Array;
    refuses(train({ initial: { ...network, U: doubles } }), /U must be a Float32Array/);
    refuses(() => backend.multiply(short, short, 2, 2, 2), /a must hold 4/);
  });
  test('rows that do not fit', () => {
    const { a, b, label } = problem.rows;
    refuses(train({ rows: { a, b: b.slice(1), label } }), /column b .* must hold/);
    refuses(train({ rows: { a: a.slice(0, 0), b, label } }), /at least one row/);
    for (const column of ['a', 'b', 'label'] as const) {
      const wrong = problem.rows[column].slice();
      wrong[4] = 7;
      refuses(train({ rows: { ...problem.rows, [column]: wrong } }), /0…6, and row 4 has 7/);
    }
  });
  test('sizes and numbers out of range', () => {
    refuses(train({ initial: { ...network, modulus: 1 } }), /modulus must be an integer/);
    refuses(train({ initial: { ...network, width: 0 } }), /width must be an integer/);
    refuses(train({ initial: { ...network, width: 2.5 } }), /width must be an integer/);
    refuses(() => backend.train(problem).run(-1), /number of steps/);
    refuses(() => backend.logits(network, 'relu', 5, 3), /countA/);
    refuses(() => backend.multiply(network.U, network.V, -1, 1, 1), /m must be/);
    refuses(() => createNativeBackend({ threads: 0 }), /threads/);
    refuses(() => createNativeBackend({ instructionSet: 'mmx' }), /instruction set.*mmx/);
    for (const more of [{ learningRate: Number.NaN }, { weightDecay: -1 }, { beta1: 1 }]) {
      refuses(train({ optimizer: { ...adamw, ...more } as Optimizer }), /must be a number/);
    }
  });
  test('more logits than memory holds, with the memory they would need', () => {
    const wide = {
      modulus: 20011,
      width: 1,
      U: new Float32Array(20011),
      V: new Float32Array(20011),
    };
    const huge = { ...wide, W: wide.U, mu: wide.U, hiddenBias: null };
    refuses(() => backend.logits(huge, 'relu', 0, 20011), /needs 29\d{3}\.\d GB of memory/);
  });
  test('a matrix product that memory does not hold, however little goes in', () => {
    const none = new Float32Array(0);
    for (const transposeA of [false, true]) {
      const huge = () => backend.multiply(none, none, 2 ** 24, 0, 2 ** 24, { transposeA });
      refuses(huge, /needs 1048576\.0 GB of memory/);
    }
  });
  test('an activation that it does not know, by name', () => {
    refuses(train({ activation: 'tanh' as Activation }), /not "tanh"/, UnsupportedError);
  });
  test('a tied network whose V is not U', () => {
    refuses(train({ tied: true }), /V equal to U/);
  });
  test('a state of another problem, or in double precision', () => {
    const session = backend.train(problem);
    session.run(1);
    const state = session.state();
    const tied = { ...problem, tied: true, initial: { ...network, V: network.U } };
    refuses(() => backend.train(tied, state), /another training problem/, UnsupportedError);
    const U = Float64Array.from(state.tensors.U);
    const doubles = { ...state, tensors: { ...state.tensors, U } };
    refuses(() => backend.train(problem, doubles), /single precision/, UnsupportedError);
    const short = { ...state, tensors: { ...state.tensors, U: new Float32Array(2) } };
    refuses(() => backend.train(problem, short), /U in another size/, UnsupportedError);
  });
  test('batches of rows that do not exist', () => {
    const session = backend.train(problem);
    refuses(() => session.runBatch(new Uint32Array(0)), /rows in a batch/);
    refuses(() => session.runBatch(Uint32Array.of(0, problem.rows.a.length)), /row of a batch/);
    refuses(() => session.setLearningRate(Number.NaN), /learning rate/, RangeError);
  });
  test('wrong lengths once more behind the wrapper', () => {
    const { addon } = loadAddon();
    assert.ok(addon !== null);
    const engine = addon.openEngine(backend.instructionSet, 1);
    const one = new Float32Array(1);
    assert.throws(
      () => addon.multiply(engine, one, one, one, 2, 2, 2, true, false),
      /wrong type or length/,
    );
    assert.throws(() => addon.answers(engine, network, 9, new Uint16Array(49)), /out of range/);
    assert.throws(() => addon.answers(engine, network, 0, new Uint16Array(48)), /wrong type/);
  });
});

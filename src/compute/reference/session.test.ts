import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldenCases, goldenProblem } from '../../../test/golden/golden.ts';
import { type SessionState, type TrainingProblem, UnsupportedError } from '../port.ts';
import { createReferenceBackend } from './index.ts';

const backend = createReferenceBackend();
const problem = goldenProblem(goldenCases[0]);

test('weights and moments of a state are in double precision, by their documented names', () => {
  const names = (more: Partial<TrainingProblem>) => {
    const session = backend.train({ ...problem, ...more });
    session.run(2);
    const { tensors, scalars, step } = session.state();
    assert.equal(step, 2);
    assert.ok(Object.values(tensors).every((values) => values instanceof Float64Array));
    return [Object.keys(tensors).sort().join(' '), Object.keys(scalars).sort().join(' ')];
  };
  const initial = { ...problem.initial, hiddenBias: new Float32Array(16) };
  assert.deepEqual(names({}), [
    'U U.first U.second V V.first V.second W W.first W.second mu mu.first mu.second',
    'beta1_power beta2_power',
  ]);
  assert.deepEqual(names({ tied: true, initial: { ...initial, V: initial.U } }), [
    'U U.first U.second W W.first W.second hidden_bias hidden_bias.first hidden_bias.second mu mu.first mu.second',
    'beta1_power beta2_power',
  ]);
  const sgd = { name: 'sgd', learningRate: 0.1, weightDecay: 0, momentum: 0.9 } as const;
  assert.deepEqual(names({ optimizer: sgd, freezeFirstLayer: true, initial }), [
    'U V W W.velocity hidden_bias mu mu.velocity',
    '',
  ]);
  const muon = { ...sgd, name: 'muon', adamwLearningRate: 1e-3 } as const;
  assert.deepEqual(names({ optimizer: muon, initial }), [
    'U U.velocity V V.velocity W W.velocity hidden_bias hidden_bias.first hidden_bias.second mu mu.first mu.second',
    'beta1_power beta2_power',
  ]);
});

test('β powers are those of the steps taken', () => {
  const session = backend.train(problem);
  assert.deepEqual(session.state().scalars, { beta1_power: 1, beta2_power: 1 });
  session.run(2);
  assert.deepEqual(session.state().scalars, { beta1_power: 0.9 * 0.9, beta2_power: 0.999 * 0.999 });
});

test('a state in single precision, of another size or with other tensors is refused', () => {
  const session = backend.train(problem);
  session.run(1);
  const { step, tensors, scalars } = session.state();
  const refuses = (state: SessionState, message: RegExp) =>
    assert.throws(
      () => backend.train(problem, state),
      (error) => error instanceof UnsupportedError && message.test(error.message),
    );
  const single = Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  refuses({ step, tensors: single, scalars }, /single precision/);
  refuses(
    { step, tensors: { ...tensors, mu: new Float64Array(3) }, scalars },
    /mu in another size/,
  );
  refuses({ step, tensors: { ...tensors, more: tensors.mu }, scalars }, /another training problem/);
  refuses({ step, tensors, scalars: {} }, /another training problem/);
});

test('a tied problem needs equal matrices, a batch needs rows that exist', () => {
  assert.throws(() => backend.train({ ...problem, tied: true }), RangeError);
  const session = backend.train(problem);
  assert.throws(() => session.runBatch(new Uint32Array(0)), RangeError);
  assert.throws(() => session.runBatch(Uint32Array.of(problem.rows.a.length)), RangeError);
});

/** What training computes, against PyTorch and against the reference in double precision. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { goldenCases, goldenProblem } from '../../../test/golden/golden.ts';
import {
  backendPerInstructionSet,
  plainDescent,
  problemOf,
} from '../../../test/native/problems.ts';
import { activations, type Network } from '../../model/network.ts';
import { createReferenceBackend } from '../reference/index.ts';
import { nativeUnavailable } from './index.ts';

const skip = nativeUnavailable() ?? false;
const parts = ['U', 'V', 'W', 'mu'] as const;

function largestDifference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = Math.abs(x[i] - y[i]);
    if (!(difference <= most)) most = difference;
  }
  return most;
}

for (const backend of backendPerInstructionSet()) {
  describe(`training on ${backend.instructionSet}`, { skip }, () => {
    for (const golden of goldenCases) {
      test(`follows PyTorch: ${golden.activation}, ${golden.optimizer.name}`, () => {
        const session = backend.train(goldenProblem(golden));
        for (const expected of golden.losses) {
          session.run(1);
          // Measured 2.0e-7: a few roundings of a loss of about 2.4.
          assert.ok(Math.abs(session.lossBeforeLastStep() - expected) < 1e-6);
        }
        const network = session.network();
        for (const part of parts) {
          // Measured 1.1e-6 over the cases, weights of about 0.2 to 2 after 50 updates.
          const difference = largestDifference(network[part], golden.final[part]);
          assert.ok(difference < 4e-6, `${part}: ${difference}`);
        }
      });
    }

    for (const activation of activations) {
      for (const loss of ['cross-entropy', 'mse'] as const) {
        test(`the gradient of ${loss} through ${activation} is the reference's`, () => {
          const problem = problemOf(29, 35, { activation, loss, optimizer: plainDescent });
          const weights = (network: Network, part: (typeof parts)[number]) =>
            network[part].map((value, i) => problem.initial[part][i] - value);
          const [actual, expected] = [backend, createReferenceBackend()].map((each) => {
            const session = each.train(problem);
            session.run(1);
            return { network: session.network(), loss: session.lossBeforeLastStep() };
          });
          assert.ok(Math.abs(actual.loss - expected.loss) < 1e-6);
          for (const part of parts) {
            // The weights are at most 0.17, so a step of −g rounds to 1.5e-8; sums of about 700
            // samples of 1/700 each add less.
            const difference = largestDifference(
              weights(actual.network, part),
              weights(expected.network, part),
            );
            assert.ok(difference < 1e-7, `${part}: ${difference}`);
          }
        });
      }
    }

    test('memorises random labels', () => {
      const problem = problemOf(13, 200);
      const session = backend.train(problem);
      assert.ok(Number.isNaN(session.lossBeforeLastStep()));
      session.run(400);
      const answers = session.answers();
      const { a, b, label } = problem.rows;
      const right = label.filter((value, i) => answers[a[i] * 13 + b[i]] === value).length;
      assert.equal(right, label.length);
    });

    test('a weight that is not a number shows in the loss', () => {
      const problem = problemOf(13, 20);
      for (const part of ['U', 'V', 'W', 'mu'] as const) {
        const poisoned = problem.initial[part].slice();
        poisoned[0] = Number.NaN;
        const session = backend.train({
          ...problem,
          initial: { ...problem.initial, [part]: poisoned },
        });
        session.run(1);
        assert.ok(Number.isNaN(session.lossBeforeLastStep()), part);
        session.answers();
      }
    });

    test('an overflow shows in the loss', () => {
      const problem = problemOf(13, 20, { optimizer: { ...plainDescent, learningRate: 1e30 } });
      const session = backend.train(problem);
      session.run(10);
      assert.ok(!Number.isFinite(session.lossBeforeLastStep()));
      assert.equal(session.answers().length, 169);
    });
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldenCases, goldenProblem } from '../../../test/golden/golden.ts';
import { erf } from '../../model/activation.ts';
import { createReferenceBackend } from './index.ts';

for (const golden of goldenCases) {
  const title = `${golden.activation} with ${golden.optimizer.name}`;
  test(`${title} follows PyTorch's losses and final weights over ${golden.steps} steps`, () => {
    const session = createReferenceBackend().train(goldenProblem(golden));
    for (const expected of golden.losses) {
      session.run(1);
      // The golden losses are printed with 10 significant digits; initial weights pass through float32.
      assert.ok(Math.abs(session.lossBeforeLastStep() - expected) < 2e-6);
    }
    const final = session.network();
    for (const name of ['U', 'V', 'W', 'mu'] as const) {
      final[name].forEach((value, i) => {
        assert.ok(Math.abs(value - golden.final[name][i]) < 3e-6, `${name}[${i}]`);
      });
    }
  });
}

test('erf agrees with tabulated values', () => {
  // Abramowitz & Stegun, table 7.1.
  assert.ok(Math.abs(erf(0.5) - 0.5204998778) < 1e-10);
  assert.ok(Math.abs(erf(-1) + 0.8427007929) < 1e-10);
  assert.ok(Math.abs(erf(2) - 0.995322265) < 1e-9);
  assert.equal(erf(7), 1);
});

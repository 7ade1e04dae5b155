/** Logits, answers and matrix products against plain loops in double precision. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backendPerInstructionSet, problemOf } from '../../../test/native/problems.ts';
import { erf } from '../../model/activation.ts';
import { activations, emptyNetwork } from '../../model/network.ts';
import { createGenerator } from '../../task/generator.ts';
import { nativeUnavailable } from './index.ts';

const skip = nativeUnavailable() ?? false;
const phi = {
  relu: (x: number) => Math.max(0, x),
  quadratic: (x: number) => x * x,
  gelu: (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  'reverse-relu': (x: number) => Math.max(0, -x),
};

for (const backend of backendPerInstructionSet()) {
  describe(`evaluation on ${backend.instructionSet}`, { skip }, () => {
    for (const [modulus, width] of [
      [3, 1],
      [7, 15],
      [30, 129],
      [59, 300],
    ]) {
      for (const activation of activations) {
        test(`logits and answers of ${activation}, P=${modulus}, M=${width}, with a hidden bias`, () => {
          const { initial } = problemOf(modulus, width);
          const hiddenBias = Float32Array.from({ length: width }, (_, j) => 0.3 * Math.cos(j));
          const network = { ...initial, hiddenBias };
          const logits = backend.logits(network, activation, 0, modulus);
          const answers = backend.answers(network, activation);
          for (let pair = 0; pair < modulus ** 2; pair++) {
            const [a, b] = [Math.floor(pair / modulus), pair % modulus];
            let best = 0;
            for (let p = 0; p < modulus; p++) {
              let z = network.mu[p];
              let size = Math.abs(z);
              for (let j = 0; j < width; j++) {
                const x = network.U[j * modulus + a] + network.V[j * modulus + b] + hiddenBias[j];
                const term = network.W[p * width + j] * phi[activation](x);
                z += term;
                size += Math.abs(term);
              }
              const got = logits[pair * modulus + p];
              // A chain of M + 1 roundings of partial sums no larger than `size`, and the
              // roundings of x and φ in each term.
              assert.ok(Math.abs(got - z) <= (width + 8) * 2 ** -24 * size, `${pair} ${p}`);
              if (got > logits[pair * modulus + best]) best = p;
            }
            assert.equal(answers[pair], best);
          }
        });
      }
    }

    test('a part of the logits is a slice of all of them', () => {
      const { initial } = problemOf(11, 20);
      const all = backend.logits(initial, 'relu', 0, 11);
      assert.deepEqual(backend.logits(initial, 'relu', 4, 3), all.slice(4 * 121, 7 * 121));
      assert.equal(backend.logits(initial, 'relu', 11, 0).length, 0);
    });

    test('ties go to the smaller class, and NaN to class 0', () => {
      const network = emptyNetwork(9, 5);
      assert.ok(backend.answers(network, 'relu').every((answer) => answer === 0));
      network.mu[3] = network.mu[6] = 1;
      assert.ok(backend.answers(network, 'gelu').every((answer) => answer === 3));
      network.W.fill(Number.NaN);
      assert.ok(backend.answers(network, 'quadratic').every((answer) => answer === 0));
    });

    test('μ counts once whatever φ(1) is', () => {
      for (const activation of activations) {
        const network = emptyNetwork(5, 3);
        network.mu.set([0, 1, 2, 3, 4]);
        const logits = backend.logits(network, activation, 0, 5);
        assert.ok(logits.every((value, i) => value === i % 5));
      }
    });

    test('matrix products of odd sizes are those of a triple loop', () => {
      const generator = createGenerator(7, 'products');
      const random = (length: number) =>
        Float32Array.from({ length }, () => 2 * generator.uniform() - 1);
      for (const [m, k, n] of [
        [1, 1, 1],
        [1, 700, 1],
        [9, 257, 48],
        [10, 256, 47],
        [300, 3, 97],
        [61, 513, 33],
      ]) {
        const [a, b] = [random(m * k), random(k * n)];
        const c = backend.multiply(a, b, m, k, n);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            let size = 0;
            for (let l = 0; l < k; l++) {
              sum += a[i * k + l] * b[l * n + j];
              size += Math.abs(a[i * k + l] * b[l * n + j]);
            }
            // One rounding of a partial sum per term.
            assert.ok(Math.abs(c[i * n + j] - sum) <= k * 2 ** -24 * size, `${m} ${k} ${n}`);
          }
        }
      }
    });

    test('an inner dimension of 0 gives zeros, an outer one nothing', () => {
      const none = new Float32Array(0);
      assert.deepEqual(backend.multiply(none, none, 2, 0, 2), new Float32Array(4));
      assert.equal(backend.multiply(none, new Float32Array(6), 0, 2, 3).length, 0);
    });
  });
}

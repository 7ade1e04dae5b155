import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Activation, activations } from '../../model/network.ts';
import { createGenerator } from '../../task/generator.ts';
import type { Loss, TrainingRows } from '../port.ts';
import type { DoubleNetwork } from './forward.ts';
import { type Gradient, lossAndGradient } from './gradient.ts';

const modulus = 5;
const width = 4;
const parts = ['U', 'V', 'W', 'mu', 'hiddenBias'] as const;

/** A network with all parts at random in ±0.5; tied: U and V are one array. */
function networkOf(tied: boolean): DoubleNetwork {
  const generator = createGenerator(1, 'gradient test');
  const random = (length: number) => Float64Array.from({ length }, () => generator.uniform() - 0.5);
  const U = random(width * modulus);
  const V = tied ? U : random(width * modulus);
  const W = random(modulus * width);
  return { modulus, width, U, V, W, mu: random(modulus), hiddenBias: random(width) };
}

function gradientOf(network: DoubleNetwork): Gradient {
  const { W, mu, hiddenBias } = structuredClone(network);
  const U = network.U.slice();
  return { U, V: network.V === network.U ? U : network.V.slice(), W, mu, hiddenBias };
}

// (2, 2) is a pair that meets a tied matrix twice in one column.
const rows: TrainingRows = {
  a: Uint16Array.of(0, 2, 2, 4, 1, 3),
  b: Uint16Array.of(1, 2, 0, 4, 3, 3),
  label: Uint16Array.of(3, 1, 1, 0, 4, 2),
};

function checkGradient(
  activation: Activation,
  loss: Loss,
  tied: boolean,
  batch: Uint32Array | null,
) {
  const network = networkOf(tied);
  const gradient = gradientOf(network);
  lossAndGradient(network, activation, loss, rows, gradient, batch);
  const scratch = gradientOf(network);
  const lossAt = () => lossAndGradient(network, activation, loss, rows, scratch, batch);
  for (const part of parts) {
    const values = network[part] as Float64Array;
    const slopes = gradient[part] as Float64Array;
    for (let i = 0; i < values.length; i++) {
      const before = values[i];
      const h = 1e-6;
      values[i] = before + h;
      const above = lossAt();
      values[i] = before - h;
      const below = lossAt();
      values[i] = before;
      // Central differences: truncation of about h² = 1e-12, rounding of about 2⁻⁵² / h = 2e-10.
      const difference = Math.abs((above - below) / (2 * h) - slopes[i]);
      assert.ok(difference < 2e-9, `${part}[${i}]: off by ${difference}`);
    }
  }
}

for (const activation of activations) {
  for (const loss of ['cross-entropy', 'mse'] as const) {
    for (const tied of [false, true]) {
      test(`finite differences give the gradient of ${loss} through ${activation}${tied ? ', tied' : ''}`, () => {
        checkGradient(activation, loss, tied, null);
        checkGradient(activation, loss, tied, Uint32Array.of(4, 1));
      });
    }
  }
}

test('mean squared error is the mean over rows and classes', () => {
  const network = networkOf(false);
  for (const part of parts) network[part]?.fill(0);
  network.mu.fill(1);
  // z = 1 everywhere: the label's class is right, the other P − 1 are off by 1.
  const loss = lossAndGradient(network, 'relu', 'mse', rows, gradientOf(network));
  assert.ok(Math.abs(loss - (modulus - 1) / modulus) < 1e-15);
});

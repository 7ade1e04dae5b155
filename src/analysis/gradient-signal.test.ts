import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDouble } from '../compute/reference/evaluate.ts';
import { type Gradient, lossAndGradient } from '../compute/reference/gradient.ts';
import { initializeNetwork } from '../model/initialize.ts';
import type { Loss } from '../model/loss.ts';
import { type Activation, activations, type Network } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import type { LabelledRows } from '../task/label-collisions.ts';
import { type GradientSignalOptions, gradientSignal } from './gradient-signal.ts';
import { plainCompute } from './test-compute.ts';

const modulus = 5;

interface Shape {
  readonly width?: number;
  readonly tied?: boolean;
  readonly hiddenBias?: boolean;
}

/** Weights of about 1/2, so that no activation is in its linear part alone. */
function networkOf({ width = 6, tied = false, hiddenBias = false }: Shape): Network {
  const generator = createGenerator(2, 'gradient signal test');
  return initializeNetwork(modulus, width, generator, { gamma: 0.3, tied, hiddenBias });
}

// (2, 2) and (4, 4) meet a tied matrix twice in one column.
const rows: LabelledRows = {
  modulus,
  a: Uint16Array.of(0, 2, 2, 4, 1, 3),
  b: Uint16Array.of(1, 2, 0, 4, 3, 3),
  label: Uint16Array.of(3, 1, 1, 0, 4, 2),
};

/** The reference backend's gradient of the mean loss over these rows, as one vector, and the loss. */
function referenceGradient(network: Network, options: GradientSignalOptions, batch: number[]) {
  const untied = toDouble(network);
  const weights = options.tied ? { ...untied, V: untied.U } : untied;
  const empty = (values: Float64Array) => new Float64Array(values.length);
  const U = empty(weights.U);
  const gradient: Gradient = {
    U,
    V: options.tied ? U : empty(weights.V),
    W: empty(weights.W),
    mu: empty(weights.mu),
    hiddenBias: weights.hiddenBias === null ? null : empty(weights.hiddenBias),
  };
  const { activation, loss } = options;
  const value = lossAndGradient(weights, activation, loss, rows, gradient, Uint32Array.from(batch));
  const parts = new Set([gradient.U, gradient.V, gradient.W, gradient.mu, gradient.hiddenBias]);
  return { loss: value, vector: [...parts].flatMap((part) => [...(part ?? [])]) };
}

const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);

function checkRows(network: Network, options: GradientSignalOptions) {
  const signal = gradientSignal(network, rows, options, plainCompute.multiply);
  const all = [...rows.label.keys()];
  const mean = referenceGradient(network, options, all).vector;
  // Products in single precision: errors of some 2⁻²⁴ = 6e-8 of the largest terms.
  const isNear = (x: number, y: number, what: string) =>
    assert.ok(Math.abs(x - y) < 1e-6 * Math.max(1, y), `${what}: ${x} instead of ${y}`);
  isNear(signal.meanGradientNorm, Math.hypot(...mean), 'mean gradient');
  for (const row of all) {
    const { loss, vector } = referenceGradient(network, options, [row]);
    const norm = Math.hypot(...vector);
    isNear(signal.loss[row], loss, `loss of row ${row}`);
    isNear(signal.norm[row], norm, `norm of row ${row}`);
    isNear(signal.projection[row], dot(vector, mean), `projection of row ${row}`);
    isNear(
      signal.alignment[row],
      dot(vector, mean) / norm / Math.hypot(...mean),
      `alignment of row ${row}`,
    );
  }
}

const kinds: { activation: Activation; loss: Loss; shape: Shape }[] = [
  ...activations.map((activation) => ({
    activation,
    loss: 'cross-entropy' as const,
    shape: {},
  })),
  { activation: 'gelu', loss: 'mse', shape: {} },
  { activation: 'relu', loss: 'cross-entropy', shape: { hiddenBias: true } },
  { activation: 'quadratic', loss: 'mse', shape: { tied: true, hiddenBias: true } },
  { activation: 'relu', loss: 'cross-entropy', shape: { tied: true } },
];
for (const { activation, loss, shape } of kinds) {
  const traits = Object.keys(shape).map((name) => `, ${name}`);
  test(`norms and products are those of the reference's gradients: ${activation}, ${loss}${traits.join('')}`, () => {
    checkRows(networkOf(shape), { activation, loss, tied: shape.tied ?? false });
  });
}

test('rows that need several chunks give what they give one by one', () => {
  const width = 2 ** 18;
  const network = initializeNetwork(modulus, width, createGenerator(1, 'chunks'));
  const options = { activation: 'relu', loss: 'cross-entropy', tied: false } as const;
  // Four rows at a time of this width, so six rows are two chunks.
  const together = gradientSignal(network, rows, options, plainCompute.multiply);
  rows.label.forEach((_, row) => {
    const one = {
      modulus,
      a: rows.a.subarray(row, row + 1),
      b: rows.b.subarray(row, row + 1),
      label: rows.label.subarray(row, row + 1),
    };
    const alone = gradientSignal(network, one, options, plainCompute.multiply);
    assert.equal(together.norm[row], alone.norm[0]);
    // A row alone is its own mean.
    assert.ok(Math.abs(alone.alignment[0] - 1) < 1e-6);
  });
  const mean = together.projection.reduce((sum, value) => sum + value, 0) / rows.label.length;
  assert.ok(Math.abs(mean / together.meanGradientNorm ** 2 - 1) < 1e-6);
});

test('a small plain gradient step lowers each loss by its projection times the learning rate', () => {
  const network = networkOf({ width: 24 });
  const options = { activation: 'gelu', loss: 'cross-entropy', tied: false } as const;
  const all = [...rows.label.keys()];
  const gradient = referenceGradient(network, options, all).vector;
  const rate = 1e-3;
  let used = 0;
  const stepped = (values: Float32Array) => values.map((value) => value - rate * gradient[used++]);
  const { U, V, W, mu } = network;
  const after = { ...network, U: stepped(U), V: stepped(V), W: stepped(W), mu: stepped(mu) };
  const { projection } = gradientSignal(network, rows, options, plainCompute.multiply);
  for (const row of all) {
    const decrease =
      referenceGradient(network, options, [row]).loss -
      referenceGradient(after, options, [row]).loss;
    // Second order: rate times the curvature of about 1; weights in single precision: 6e-8 / rate.
    assert.ok(Math.abs(decrease / rate - projection[row]) < 5e-3);
  }
});

test('a row without any gradient is aligned with nothing', () => {
  const network = networkOf({});
  // Every logit 0 but the label's, which is beyond the reach of e^z: softmax is exactly the one-hot.
  network.W.fill(0);
  network.mu.fill(0);
  network.mu[3] = 1000;
  const signal = gradientSignal(
    network,
    rows,
    { activation: 'relu', loss: 'cross-entropy', tied: false },
    plainCompute.multiply,
  );
  assert.equal(signal.norm[0], 0);
  assert.equal(signal.alignment[0], 0);
  assert.ok(signal.norm[1] > 1);
});

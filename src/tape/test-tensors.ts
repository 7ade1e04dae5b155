/** What the tests of the tape share: backends, random tensors, and gradients by finite differences. */
import assert from 'node:assert/strict';
import { createNativeBackend, nativeUnavailable } from '../compute/native/index.ts';
import type { MatrixProduct } from '../compute/port.ts';
import { createReferenceBackend } from '../compute/reference/index.ts';
import { createWasmBackend, wasmUnavailable } from '../compute/wasm/index.ts';
import { createGenerator } from '../task/generator.ts';
import { matmul } from './matmul.ts';
import { reshape } from './rearrange.ts';
import { createTape, type Tape } from './tape.ts';
import { constant, parameter, type Tensor } from './tensor.ts';

export const referenceMultiply = createReferenceBackend().multiply;

/** Every backend that can run here; `skip` says why one can't, and is false for those that do. */
export const products: { name: string; skip: string | false; multiply: () => MatrixProduct }[] = [
  { name: 'reference', skip: false, multiply: () => referenceMultiply },
  ...[1, 2].map((threads) => ({
    name: `native, threads: ${threads}`,
    skip: nativeUnavailable() ?? (false as const),
    multiply: () => createNativeBackend({ threads }).multiply,
  })),
  {
    name: 'wasm',
    skip: wasmUnavailable() ?? (false as const),
    multiply: () => createWasmBackend({ threads: 1 }).multiply,
  },
];

/** Uniform in ±1, from a stream of the name. */
export function random(name: string, length: number): Float32Array {
  const generator = createGenerator(1, name);
  return Float32Array.from({ length }, () => 2 * generator.uniform() - 1);
}

export function randomParameter(name: string, shape: readonly number[]): Tensor {
  return parameter(
    random(
      name,
      shape.reduce((product, size) => product * size, 1),
    ),
    shape,
  );
}

/**
 * Compares the gradient of L = Σ c_i·y_i, with c at random in ±1 and y what `forward` computes, with
 * central differences, element by element of every parameter.
 *
 * Step h = 2⁻⁷. Truncation is h²/6 = 1e-5 of the third derivative, which is of order 1 here; y is rounded
 * to float32, so that L, summed in double precision over up to 60 y, is off by up to 60·2⁻²⁵ and its
 * difference quotient by 60·2⁻²⁵/2⁻⁷ = 2.3e-4 at worst. Hence 5e-4.
 */
export function checkGradients(
  forward: (tape: Tape) => Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): void {
  const size = forward(createTape(referenceMultiply)).data.length;
  const weights = random('weights of the outputs', size);
  const lossNow = () => {
    const { data } = forward(createTape(referenceMultiply));
    return data.reduce((sum, y, i) => sum + weights[i] * y, 0);
  };
  const tape = createTape(referenceMultiply);
  const row = reshape(tape, forward(tape), [1, size]);
  tape.backward(matmul(tape, row, constant(weights, [size, 1])));
  for (const [name, { data, gradient }] of Object.entries(parameters)) {
    assert.ok(gradient !== null && gradient.length === data.length, `${name} has no gradient`);
    const h = 2 ** -7;
    for (let i = 0; i < data.length; i++) {
      const before = data[i];
      data[i] = before + h;
      const [above, upper] = [lossNow(), data[i]];
      data[i] = before - h;
      const [below, lower] = [lossNow(), data[i]];
      data[i] = before;
      // The step as it was after rounding to float32.
      const slope = (above - below) / (upper - lower);
      assert.ok(
        Math.abs(slope - gradient[i]) < 5e-4,
        `${name}[${i}]: ${gradient[i]} on the tape, ${slope} by differences`,
      );
    }
  }
}

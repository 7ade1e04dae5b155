/**
 * The bits of a training, pinned: they change with neither processor nor version, unless on purpose.
 * hash.cpp trains the same networks without Node.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNativeBackend, nativeUnavailable } from '../../src/compute/native/index.ts';
import type { Backend, Optimizer } from '../../src/compute/port.ts';
import { createWasmBackend, wasmIsFused, wasmUnavailable } from '../../src/compute/wasm/index.ts';
import { activations } from '../../src/model/network.ts';
import { pinnedHash } from './pinned-hash.ts';

const modulus = 31;
const width = 67;

/** Exact in single precision: multiples of 2⁻¹² in [−⅛, ⅛). */
function weights(count: number, state: number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 22) / 4096 - 0.125;
  });
}

/** FNV-1a of all weights after 25 steps of AdamW and of Muon with each activation, in hexadecimal. */
function hashOf(backend: Backend): string {
  const pairs = Array.from({ length: modulus ** 2 }, (_, pair) => pair).filter((i) => i % 5 !== 3);
  const rows = {
    a: Uint16Array.from(pairs, (pair) => Math.floor(pair / modulus)),
    b: Uint16Array.from(pairs, (pair) => pair % modulus),
    label: Uint16Array.from(pairs, (pair) => (Math.imul(pair, 2654435761) >>> 0) % modulus),
  };
  const [U, V, W] = [1, 2, 3].map((seed) => weights(width * modulus, seed));
  const mu = weights(modulus, 4);
  const initial = { modulus, width, U, V, W, mu, hiddenBias: null };
  const common = { learningRate: 1e-3, weightDecay: 0.1 };
  const optimizers: Optimizer[] = [
    { name: 'adamw', ...common, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    { name: 'muon', ...common, momentum: 0.95, adamwLearningRate: 1e-3 },
  ];
  let hash = 14695981039346656037n;
  for (const activation of activations) {
    for (const optimizer of optimizers) {
      const loss = optimizer.name === 'adamw' ? 'cross-entropy' : 'mse';
      const more = { tied: false, freezeFirstLayer: false };
      const session = backend.train({ activation, loss, optimizer, rows, initial, ...more });
      session.run(25);
      const network = session.network();
      for (const part of ['U', 'V', 'W', 'mu'] as const) {
        for (const byte of new Uint8Array(network[part].buffer)) {
          hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1099511628211n);
        }
      }
    }
  }
  return hash.toString(16).padStart(16, '0');
}

test('the native backend trains to the pinned bits', { skip: nativeUnavailable() ?? false }, () => {
  assert.equal(hashOf(createNativeBackend()), pinnedHash);
});
const noWasm = wasmUnavailable() ?? (wasmIsFused() ? false : 'multiply-add is rounded twice here');
test('the WebAssembly backend trains to the pinned bits', { skip: noWasm }, () => {
  assert.equal(hashOf(createWasmBackend()), pinnedHash);
});

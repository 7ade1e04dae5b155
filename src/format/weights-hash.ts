import { createHash } from 'node:crypto';
import type { Network } from '../model/network.ts';

/**
 * SHA-256 of a network's weights, in hex: the bytes of U, V, W, μ and, if there is one, the hidden bias,
 * in this order, row-major, as little-endian single precision. Two runs with one hash ended at the same bits.
 */
export function weightsHash(network: Network): string {
  const { U, V, W, mu, hiddenBias } = network;
  return tensorsHash(hiddenBias === null ? [U, V, W, mu] : [U, V, W, mu, hiddenBias]);
}

/** SHA-256, in hex, of the bytes of these arrays one after the other, as little-endian single precision. */
export function tensorsHash(tensors: Iterable<Float32Array>): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of tensors) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

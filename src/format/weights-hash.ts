import { createHash } from 'node:crypto';
import type { Network } from '../model/network.ts';

/**
 * SHA-256 of a network's weights, in hex: the bytes of U, V, W, μ and, if there is one, the hidden bias,
 * in this order, row-major, as little-endian single precision. Two runs with one hash ended at the same bits.
 */
export function weightsHash(network: Network): string {
  const hash = createHash('sha256');
  for (const part of [network.U, network.V, network.W, network.mu, network.hiddenBias]) {
    if (part !== null) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest('hex');
}

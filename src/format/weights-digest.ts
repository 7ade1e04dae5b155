import type { Network } from '../model/network.ts';

/**
 * `weightsHash` in a browser, by its own SHA-256; the same hex digits. Null on a page that isn't a secure
 * context (plain http from another machine), where browsers have none.
 */
export async function weightsDigest(network: Network): Promise<string | null> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  const { U, V, W, mu, hiddenBias } = network;
  const tensors = hiddenBias === null ? [U, V, W, mu] : [U, V, W, mu, hiddenBias];
  const bytes = new Uint8Array(tensors.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of tensors) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

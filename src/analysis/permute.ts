import type { Network } from '../model/network.ts';

/**
 * Renames the tokens: a becomes permutationA[a], likewise b and c. The new network answers
 * permutationC[f(a, b)] on (permutationA[a], permutationB[b]). A random permutation destroys every rule
 * of Z_P and nothing else, which makes it the control for a scan (permute c alone, or all three; neuron
 * shuffles and sign flips test for label content, not for a rule); a cyclic shift moves the rule's shift.
 * The permutations come from the caller, seeded there: [P] each.
 */
export function permuteTokens(
  network: Network,
  permutationA: ArrayLike<number>,
  permutationB: ArrayLike<number>,
  permutationC: ArrayLike<number>,
): Network {
  const { modulus, width } = network;
  const U = new Float32Array(network.U.length);
  const V = new Float32Array(network.V.length);
  const W = new Float32Array(network.W.length);
  const mu = new Float32Array(modulus);
  for (let token = 0; token < modulus; token++) {
    for (let neuron = 0; neuron < width; neuron++) {
      U[neuron * modulus + permutationA[token]] = network.U[neuron * modulus + token];
      V[neuron * modulus + permutationB[token]] = network.V[neuron * modulus + token];
    }
    W.set(network.W.subarray(token * width, (token + 1) * width), permutationC[token] * width);
    mu[permutationC[token]] = network.mu[token];
  }
  return { modulus, width, U, V, W, mu, hiddenBias: network.hiddenBias?.slice() ?? null };
}

/** The permutation that undoes another: result[permutation[x]] = x, [P]. */
export function inversePermutation(permutation: Uint16Array): Uint16Array {
  const inverse = new Uint16Array(permutation.length);
  permutation.forEach((to, from) => {
    inverse[to] = from;
  });
  return inverse;
}

/**
 * Gives neuron m the row orderV[m] of V and the column orderW[m] of W: every matrix keeps its spectra,
 * but û, v̂ and ŵ of a neuron no longer belong together. A control against structure within a matrix;
 * NOT a null for the scan of a trained network (it rejects at 0.17–0.55 where 0.01–0.05 is nominal).
 */
export function shuffleNeurons(
  network: Network,
  orderV: ArrayLike<number>,
  orderW: ArrayLike<number>,
): Network {
  const { modulus, width } = network;
  const V = new Float32Array(network.V.length);
  const W = new Float32Array(network.W.length);
  for (let neuron = 0; neuron < width; neuron++) {
    V.set(
      network.V.subarray(orderV[neuron] * modulus, (orderV[neuron] + 1) * modulus),
      neuron * modulus,
    );
    for (let c = 0; c < modulus; c++) {
      W[c * width + neuron] = network.W[c * width + orderW[neuron]];
    }
  }
  return { ...network, V, W };
}

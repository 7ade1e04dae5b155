/**
 * The smallest thing that fits `AnalysisCompute`: plain loops, sums in double precision. For the tests
 * of this folder, which may not import a backend; too slow for more than P ≈ 60.
 */
import { activationFunctions } from '../model/activation.ts';
import type { Network } from '../model/network.ts';
import type { AnalysisCompute } from './compute.ts';

export const plainCompute: AnalysisCompute = {
  answers(network, activation) {
    const { modulus } = network;
    const logits = plainCompute.logits(network, activation, 0, modulus);
    return Uint16Array.from({ length: modulus * modulus }, (_, pair) => {
      const row = logits.subarray(pair * modulus, (pair + 1) * modulus);
      return row.indexOf(Math.max(...row));
    });
  },

  logits(network: Network, activation, firstA, countA) {
    const { modulus, width, U, V, W, mu, hiddenBias } = network;
    const phi = activationFunctions[activation].value;
    const logits = new Float32Array(countA * modulus * modulus);
    const hidden = new Float64Array(width);
    for (let row = 0; row < countA * modulus; row++) {
      const a = firstA + Math.floor(row / modulus);
      const b = row % modulus;
      for (let m = 0; m < width; m++) {
        hidden[m] = phi(U[m * modulus + a] + V[m * modulus + b] + (hiddenBias?.[m] ?? 0));
      }
      for (let c = 0; c < modulus; c++) {
        let sum = mu[c];
        for (let m = 0; m < width; m++) sum += W[c * width + m] * hidden[m];
        logits[row * modulus + c] = sum;
      }
    }
    return logits;
  },

  multiply(a, b, m, k, n, { transposeA = false, transposeB = false } = {}) {
    const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
    const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
    const result = new Float32Array(m * n);
    const row = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      row.fill(0);
      for (let l = 0; l < k; l++) {
        const factor = a[i * aRow + l * aColumn];
        if (factor === 0) continue;
        for (let j = 0; j < n; j++) row[j] += factor * b[l * bRow + j * bColumn];
      }
      result.set(row, i * n);
    }
    return result;
  },
};

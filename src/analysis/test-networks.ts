/** Networks whose answer is known beforehand, for the tests of this folder. */
import { initializeNetwork } from '../model/initialize.ts';
import { emptyNetwork, type Network } from '../model/network.ts';
import { createGenerator } from '../task/generator.ts';
import type { Rule } from './results.ts';

export const additionRule: Rule = { k1: 1, k2: 1, shift: 0 };

export function untrainedNetwork(modulus: number, width: number, seed: number): Network {
  return initializeNetwork(modulus, width, createGenerator(seed, 'weights'));
}

export interface Planted {
  readonly network: Network;
  /** ω of every neuron. */
  readonly frequency: Uint16Array;
}

/**
 * The analytic solution: u = cos(2πk1ωx/P + φa), v = cos(2πk2ωx/P + φb), w = cos(2πωc/P + φc) with φa, φb at
 * random and φc = φa + φb − 2πω·shift/P. ω runs through 1…⌊(P−1)/2⌋ without those that k1 or k2 sends
 * to a multiple of P/2.
 */
export function plantedNetwork(
  modulus: number,
  width: number,
  rule: Rule = additionRule,
  seed = 1,
): Planted {
  const generator = createGenerator(seed, 'planted');
  const network = emptyNetwork(modulus, width);
  const frequency = new Uint16Array(width);
  const candidates: number[] = [];
  for (let omega = 1; 2 * omega < modulus; omega++) {
    if ([rule.k1, rule.k2].every((k) => (2 * k * omega) % modulus !== 0)) candidates.push(omega);
  }
  for (let m = 0; m < width; m++) {
    const omega = candidates[m % candidates.length];
    frequency[m] = omega;
    const step = (2 * Math.PI * omega) / modulus;
    const a = 2 * Math.PI * generator.uniform();
    const b = 2 * Math.PI * generator.uniform();
    for (let x = 0; x < modulus; x++) {
      network.U[m * modulus + x] = Math.cos(step * rule.k1 * x + a);
      network.V[m * modulus + x] = Math.cos(step * rule.k2 * x + b);
      network.W[x * width + m] = Math.cos(step * (x - rule.shift) + a + b);
    }
  }
  return { network, frequency };
}

/** The sum of two networks of one shape, weight by weight, the second scaled. */
export function addNetworks(first: Network, second: Network, scale: number): Network {
  const add = (x: Float32Array, y: Float32Array) => x.map((value, i) => value + scale * y[i]);
  return {
    ...first,
    U: add(first.U, second.U),
    V: add(first.V, second.V),
    W: add(first.W, second.W),
    mu: add(first.mu, second.mu),
  };
}

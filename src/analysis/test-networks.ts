/** Networks whose answer is known beforehand, for the tests of this folder. */
import { initializeNetwork } from '../model/initialize.ts';
import { emptyNetwork, type Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import { createGenerator } from '../task/generator.ts';
import { charactersOf } from './characters.ts';
import type { Rule } from './results.ts';
import { joinedFrequencies } from './spectrum.ts';

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

/**
 * The analytic solution in any basis: u = Re χ_{k1ω}(x) e^{iφa}, v and w likewise, φc = φa + φb − arg χ_ω(shift);
 * at a real character all phases are 0 or π. Tokens set apart have weights 0.
 */
export function plantedInBasis(
  modulus: number,
  width: number,
  basis: Basis,
  { k1, k2, shift }: Rule,
  seed = 1,
): Network {
  const { group, tokens } = basis;
  const { multiplicity } = charactersOf(group);
  const generator = createGenerator(seed, 'planted');
  const network = emptyNetwork(modulus, width);
  const frequencies = joinedFrequencies(group, { k1, k2 });
  const turn = (omega: number, x: number) =>
    (2 * Math.PI * group.pairing(omega, x)) / group.exponent;
  for (let m = 0; m < width; m++) {
    const { omega, a, b, c } = frequencies[m % frequencies.length];
    const phase = () =>
      multiplicity[omega] === 1 ? Math.PI * generator.below(2) : 2 * Math.PI * generator.uniform();
    const [phaseA, phaseB] = [phase(), phase()];
    tokens.forEach((token, x) => {
      network.U[m * modulus + token] = Math.cos(turn(a, x) + phaseA);
      network.V[m * modulus + token] = Math.cos(turn(b, x) + phaseB);
      network.W[token * width + m] = Math.cos(turn(c, x) - turn(c, shift) + phaseA + phaseB);
    });
  }
  return network;
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

/**
 * Scores of the rule c = a + b + shift after random renamings of the tokens, which take every rule of a group away (but
 * for the few renamings that are automorphisms). In a network without a rule they are exchangeable with its own scores
 * (neuron shuffles and sign flips are not: analysis.md); in one with a rule the neurons stay coherent, so their spread is
 * too large for it and p errs on the safe side. a and b
 * get the same new names, c others: a network that treats a and b alike (`calibrate`) still does. Each function gives
 * [renamings, N], one row of shifts for each renaming.
 */
import type { Network } from '../model/network.ts';
import type { AbelianGroup } from '../task/abelian-group.ts';
import { negative } from '../task/abelian-group.ts';
import { createGenerator } from '../task/generator.ts';
import { charactersOf, characterValue } from './characters.ts';
import type { AnalysisCompute } from './compute.ts';
import type { PairMask } from './evidence.ts';
import { overShifts } from './over-shifts.ts';

/** The element that each token is renamed to, for a and b, and for c: [N] each. */
interface Renaming {
  readonly ab: Uint16Array;
  readonly c: Uint16Array;
}

/** Scores to take moments of, over all renamings and shifts; at least `fewest` renamings, at most `most`. */
const scoresWanted = 8192;
const fewest = 32;
const most = 400;

const known = new WeakMap<AbelianGroup, readonly Renaming[]>();

/** The renamings of a group's elements, always the same ones. Stream "token renamings" of seed 0. */
export function renamingsOf(group: AbelianGroup): readonly Renaming[] {
  let renamings = known.get(group);
  if (renamings === undefined) {
    const generator = createGenerator(0, 'token renamings');
    const { order } = group;
    const count = Math.min(most, Math.max(fewest, Math.ceil(scoresWanted / order)));
    const shuffled = () => generator.shuffle(Uint16Array.from({ length: order }, (_, x) => x));
    renamings = Array.from({ length: count }, () => ({ ab: shuffled(), c: shuffled() }));
    known.set(group, renamings);
  }
  return renamings;
}

/** `triadScores` of the renamed networks; `network` is over the elements of the group (`frame.ts`). */
export function permutedTriads(
  network: Network,
  group: AbelianGroup,
  compute: AnalysisCompute,
): Float32Array {
  const { modulus, width, U, V, W } = network;
  const characters = charactersOf(group);
  const { half, multiplicity } = characters;
  const renamings = renamingsOf(group);
  const sums = new Float32Array(renamings.length * 2 * half);
  const scales = new Float64Array(renamings.length);
  /** Real parts of conj χ_1…χ_half at every token's new element, then imaginary parts: [N, 2·half]. */
  const table = (renamed: Uint16Array) => {
    const values = new Float32Array(modulus * 2 * half);
    renamed.forEach((element, token) => {
      for (let omega = 1; omega <= half; omega++) {
        const { re, im } = characterValue(characters, omega, element);
        values[token * 2 * half + omega - 1] = re;
        values[token * 2 * half + half + omega - 1] = -im;
      }
    });
    return values;
  };
  renamings.forEach(({ ab, c }, row) => {
    const forInputs = table(ab);
    const u = compute.multiply(U, forInputs, width, modulus, 2 * half);
    const v = compute.multiply(V, forInputs, width, modulus, 2 * half);
    const w = compute.multiply(W, table(c), width, modulus, 2 * half, { transposeA: true });
    // Per frequency over all neurons: Re and Im of the triads, and their squared magnitudes.
    const real = new Float64Array(half);
    const imaginary = new Float64Array(half);
    const squares = new Float64Array(half);
    for (let m = 0; m < width; m++) {
      for (let omega = 0; omega < half; omega++) {
        const at = m * 2 * half + omega;
        const re = u[at] * v[at] - u[at + half] * v[at + half];
        const im = u[at] * v[at + half] + u[at + half] * v[at];
        const wr = w[at];
        const wi = w[at + half];
        real[omega] += re * wr + im * wi;
        imaginary[omega] += im * wr - re * wi;
        squares[omega] += (re * re + im * im) * (wr * wr + wi * wi);
      }
    }
    let variance = 0;
    for (let omega = 0; omega < half; omega++) {
      const isReal = multiplicity[omega + 1] === 1;
      const weight = isReal ? 0.5 : 1;
      sums[row * 2 * half + omega] = weight * real[omega];
      sums[row * 2 * half + half + omega] = weight * imaginary[omega];
      variance += weight * weight * (isReal ? 1 : 0.5) * squares[omega];
    }
    scales[row] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  });
  const scores = overShifts(sums, group, compute);
  return scores.map((score, at) => score * scales[Math.floor(at / group.order)]);
}

/** `logitScores` of centred logits [N², N] under every renaming, on the pairs of the mask. */
export function permutedLogits(
  centred: Float32Array,
  group: AbelianGroup,
  mask: PairMask,
): Float32Array {
  const { order } = group;
  return eachRenaming(group, mask, (target, pairs, bases, { c }) => {
    const totals = new Float64Array(order);
    const token = new Uint16Array(order);
    c.forEach((element, from) => {
      token[element] = from;
    });
    // The token that is renamed to x + shift: [N, N].
    const tokens = Uint16Array.from(
      { length: order * order },
      (_, at) => token[group.add(Math.floor(at / order), at % order)],
    );
    pairs.forEach((pair, i) => {
      const row = bases[i] * order;
      for (let shift = 0; shift < order; shift++) {
        totals[shift] += centred[pair * order + tokens[row + shift]];
      }
    });
    totals.forEach((total, shift) => {
      target[shift] = total / pairs.length;
    });
  });
}

/** `answerScores` under every renaming, on the pairs of the mask. */
export function permutedAnswers(
  answers: ArrayLike<number>,
  group: AbelianGroup,
  mask: PairMask,
): Float32Array {
  return eachRenaming(group, mask, (target, pairs, bases, { c }) => {
    pairs.forEach((pair, i) => {
      target[group.add(c[answers[pair]], negative(group, bases[i]))]++;
    });
  });
}

/** Calls with the N scores to be filled, the pairs of the mask, a + b of each by its new names, the renaming. */
function eachRenaming(
  group: AbelianGroup,
  mask: PairMask,
  fill: (target: Float32Array, pairs: Uint32Array, bases: Uint16Array, renaming: Renaming) => void,
): Float32Array {
  const { order } = group;
  const renamings = renamingsOf(group);
  const pairs = Uint32Array.from({ length: order * order }, (_, pair) => pair).filter(
    (pair) => mask === null || mask[pair] === 1,
  );
  const scores = new Float32Array(renamings.length * order);
  renamings.forEach((renaming, row) => {
    const { ab } = renaming;
    const bases = Uint16Array.from(pairs, (pair) =>
      group.add(ab[Math.floor(pair / order)], ab[pair % order]),
    );
    fill(scores.subarray(row * order, (row + 1) * order), pairs, bases, renaming);
  });
  return scores;
}

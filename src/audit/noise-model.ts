import type { Cells } from './cells.ts';
import { readings } from './cells.ts';

/**
 * How labels come about, given a rule (ours). A pair (a, b) obeys the rule with probability
 *
 *     h(a, b) = in_a · in_b · in_patch · (1 − ω_v):
 *
 * symbol a obeys it or doesn't, symbol b likewise, and the patch of neighbouring pairs (about 5 × 5 in the order
 * of the symbols) that they are in; and pairs by what held-out networks say of them (v = 0: the filtered network
 * gives the rule's answer, 1: another). Where the rule holds its answer is the true label; elsewhere any label
 * may be. A label is the true one with probability 1 − ε, else one of the others alike.
 *
 * What cannot be told apart is not told apart: an exception in one pair alone looks like a wrong label and
 * counts as one (ω₀ is fixed). Rows, columns, patches, and pairs that the networks single out can show that the
 * rule fails there, because labels agree with it less often.
 */
export interface NoiseModel {
  /** ε, where the rule holds. */
  readonly noiseRatio: number;
  /** P(in) of every a, b and patch: [P], [P], [⌈P/5⌉²]. 1 where no label is given. */
  readonly obeysA: Float64Array;
  readonly obeysB: Float64Array;
  readonly obeysPatch: Float64Array;
  /** ω_v. */
  readonly exceptions: readonly [number, number];
  /** ρ of rows that repeat a pair: 0 where they err independently, 1 where they are copies. */
  readonly correlation: number;
}

/** ω₀: an exception in a single pair, beyond any group of pairs [assumed]. */
const singleException = 0.001;
/** Prior of the share of rows, columns or patches that don't obey: Beta(0.5, 20), a mean of 2.4 % [assumed]. */
const groupPrior = { out: 0.5, in: 20 };
const patchSide = 5;
const iterations = 60;

/** The likelihoods of one cell's labels; all as multiples of what labels without noise model would have. */
export interface CellLikelihood {
  /** ln L(true label = t) for the labels given, in their order. */
  readonly given: readonly number[];
  /** ln L(t) for a label that wasn't given. */
  readonly other: number;
}

/**
 * ln Π P(label | true label t) over the readings of a cell: Σ_c w_c ln(1 − ε if c = t else ε/(P−1)), where
 * n rows weigh n/(1 + (n − 1)ρ) in all.
 */
export function cellLikelihood(
  { labels, rows }: Cells['given'][number],
  modulus: number,
  { noiseRatio, correlation }: Pick<NoiseModel, 'noiseRatio' | 'correlation'>,
): CellLikelihood {
  const weight = readings(rows, correlation) / rows;
  const right = Math.log(1 - noiseRatio);
  const wrong = Math.log(noiseRatio / (modulus - 1));
  return {
    given: labels.map((label) => weight * (label.rows * right + (rows - label.rows) * wrong)),
    other: weight * rows * wrong,
  };
}

/** ln of the mean of L(t) over all P labels: the likelihood where the rule doesn't hold. */
function logUnruled({ given, other }: CellLikelihood, modulus: number): number {
  const highest = Math.max(other, ...given);
  const sum =
    given.reduce((total, value) => total + Math.exp(value - highest), 0) +
    (modulus - given.length) * Math.exp(other - highest);
  return highest + Math.log(sum / modulus);
}

/** The patch that a pair (index a·P + b) is in. */
function patchOf(pair: number, modulus: number): number {
  const patches = Math.ceil(modulus / patchSide);
  const a = Math.floor(pair / modulus);
  const b = pair % modulus;
  return Math.floor(a / patchSide) * patches + Math.floor(b / patchSide);
}

/** h of a pair (index a·P + b) whose vote is `vote`. */
export function obeyingProbability(model: NoiseModel, pair: number, vote: number): number {
  const modulus = model.obeysA.length;
  const symbols = model.obeysA[Math.floor(pair / modulus)] * model.obeysB[pair % modulus];
  return symbols * model.obeysPatch[patchOf(pair, modulus)] * (1 - model.exceptions[vote]);
}

/**
 * Fits the model by mean-field EM.
 *
 * @param answers the rule's answer for every pair: [P²].
 * @param votes for every pair 0 where a network that wasn't trained on it gives the rule's answer once it is
 *   filtered, else 1: [P²].
 */
export function fitNoiseModel(cells: Cells, answers: Uint16Array, votes: Uint8Array): NoiseModel {
  const { modulus, given } = cells;
  const size = given.length;
  const patches = Math.ceil(modulus / patchSide) ** 2;
  const groupings = [
    grouping(cells, modulus, (pair) => Math.floor(pair / modulus)),
    grouping(cells, modulus, (pair) => pair % modulus),
    grouping(cells, patches, (pair) => patchOf(pair, modulus)),
  ];
  const share = Float64Array.from(given, ({ pair, labels, rows }) => {
    const match = labels.find(({ label }) => label === answers[pair]);
    return match === undefined ? 0 : match.rows / rows;
  });
  const matching = given.map(({ pair, labels }) =>
    labels.findIndex(({ label }) => label === answers[pair]),
  );
  const bounded = (ratio: number) => Math.min(1 - 1 / modulus, Math.max(0.5 / (size + 1), ratio));
  const exceptions: [number, number] = [singleException, singleException];
  let noiseRatio = bounded(1 - share.reduce((sum, each) => sum + each, 0) / size);
  let correlation = correlationOf(cells, noiseRatio);
  const gain = new Float64Array(size);

  for (let round = 0; round < iterations; round++) {
    for (let i = 0; i < size; i++) {
      const likelihood = cellLikelihood(given[i], modulus, { noiseRatio, correlation });
      const ruled = matching[i] < 0 ? likelihood.other : likelihood.given[matching[i]];
      gain[i] = ruled - logUnruled(likelihood, modulus);
    }
    for (const own of groupings) {
      const others = groupings.filter((other) => other !== own);
      updateGroups(own, gain, (i) =>
        others.reduce(
          (product, { obeys, groupOf }) => product * obeys[groupOf[i]],
          1 - exceptions[votes[given[i].pair]],
        ),
      );
    }

    let ruledRows = 0;
    let wrongRows = 0;
    let singledOut = 0;
    let singled = 0;
    for (let i = 0; i < size; i++) {
      const groups = groupings.reduce(
        (product, { obeys, groupOf }) => product * obeys[groupOf[i]],
        1,
      );
      const vote = votes[given[i].pair];
      const prior = groups * (1 - exceptions[vote]);
      const odds = prior * Math.exp(Math.min(700, gain[i]));
      const obeying = odds / (odds + 1 - prior);
      ruledRows += obeying;
      wrongRows += obeying * (1 - share[i]);
      if (vote === 1) {
        singledOut += (groups * exceptions[1]) / (odds + 1 - prior);
        singled += groups;
      }
    }
    noiseRatio = bounded(wrongRows / Math.max(ruledRows, 1e-9));
    correlation = correlationOf(cells, noiseRatio);
    // Beta(ω₀·n, n) with the weight of 50 pairs: few pairs that networks get wrong say nothing.
    exceptions[1] = (singledOut + 50 * singleException) / (singled + 50);
  }
  const [obeysA, obeysB, obeysPatch] = groupings.map(({ obeys }) => obeys);
  return { noiseRatio, obeysA, obeysB, obeysPatch, exceptions, correlation };
}

/** Rows, columns or patches: the group of every given cell, and P(in) of every group. */
interface Grouping {
  readonly groupOf: Int32Array;
  readonly occurring: readonly number[];
  readonly obeys: Float64Array;
}

function grouping(cells: Cells, groups: number, of: (pair: number) => number): Grouping {
  const groupOf = Int32Array.from(cells.given, ({ pair }) => of(pair));
  const obeys = new Float64Array(groups).fill(1);
  const occurring = [...new Set(groupOf)];
  for (const group of occurring) obeys[group] = groupPrior.in / (groupPrior.in + groupPrior.out);
  return { groupOf, occurring, obeys };
}

/** P(in) of every group from its cells, each of which counts by the probability that all else obeys. */
function updateGroups(
  { groupOf, occurring, obeys }: Grouping,
  gain: Float64Array,
  others: (cell: number) => number,
): void {
  const out = occurring.reduce((sum, group) => sum + 1 - obeys[group], groupPrior.out);
  const outside = out / (occurring.length + groupPrior.out + groupPrior.in);
  const logOdds = new Float64Array(obeys.length).fill(Math.log((1 - outside) / outside));
  for (let i = 0; i < gain.length; i++) {
    const rest = others(i);
    // ln(rest·e^gain + 1 − rest), without overflow.
    const top = Math.max(0, gain[i]);
    logOdds[groupOf[i]] +=
      top + Math.log(rest * Math.exp(gain[i] - top) + (1 - rest) * Math.exp(-top));
  }
  for (const group of occurring) obeys[group] = 1 / (1 + Math.exp(-logOdds[group]));
}

/**
 * ρ = 1 − D/D(ε), kept to 0…1: D is how often two rows of one pair disagree, and rows that err independently do
 * so with D(ε) = 1 − (1−ε)² − ε²/(P−1). 0 where no pair is repeated.
 */
function correlationOf({ modulus, duplicates }: Cells, noiseRatio: number): number {
  if (duplicates.disagreement === null) return 0;
  const independent = 1 - (1 - noiseRatio) ** 2 - noiseRatio ** 2 / (modulus - 1);
  return Math.min(1, Math.max(0, 1 - duplicates.disagreement / independent));
}

import type { Activation, Network } from '../../model/network.ts';
import { isPrime, isUnit } from '../../task/abelian-group.ts';
import type { LabelledPairs } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import type { AnalysisCompute } from '../compute.ts';
import { permuteTokens } from '../permute.ts';
import type { ScanResult } from '../results.ts';
import { scan } from '../scan.ts';
import { characterCandidates, charactersOfPlaces, leadingVectors } from './characters.ts';
import type { Complex } from './complex.ts';
import { differenceKernels } from './difference-kernels.ts';
import { type Placement, type Places, placeTokens } from './positions.ts';
import { labelTensor, type TokenTensor, weightTensor } from './token-tensor.ts';

/**
 * What an order is looked for in: the weights alone, or the network's answers on all P² pairs (for a network
 * that has memorised its labels these ARE the labels, so `recoverOrderOfLabels` is the control to show).
 */
export const orderSources = ['weights', 'answers'] as const;
export type OrderSource = (typeof orderSources)[number];

export interface OrderOptions {
  /** Of the random starts; the stream is "order". */
  readonly seed: number;
  /** Default: both; the more significant one is kept. */
  readonly sources?: readonly OrderSource[];
  /** p below which an order counts as found; default 0.01. */
  readonly level?: number;
}

/** A place 0…P−1 for every token: [P] each; c = a + b (mod P) in places. */
export interface TokenOrder {
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  readonly c: Uint16Array;
}

export interface RecoveredOrder {
  readonly source: OrderSource;
  readonly order: TokenOrder;
  /** The network with its tokens renamed to their places: for `extract`, `filterFrequencies`, `scan`. */
  readonly reordered: Network;
  /** Σ of the source's table along the order, in standard deviations of an order that never saw it. */
  readonly score: number;
  /** The ordinary scan of `reordered`: its own p knows nothing of the search for an order. */
  readonly scan: ScanResult;
  /**
   * log10 of the scan's smallest p at c = a + b, times all the structures that three orders can make,
   * (P!)³ / (P²·φ(P)), and the sources tried; 0 means p = 1, which is also what another rule gives.
   */
  readonly log10PValue: number;
  /**
   * Whether that is at the level or below. It then holds more of a rule than chance does; an order that is
   * right in part can be significant, too. Where not, `order` is only the best of what was tried.
   */
  readonly found: boolean;
}

/**
 * Looks for orders of the tokens of a, b and c in which a network follows c = a + b (mod P), knowing none:
 * extraction without the basis. Any c = k1·a + k2·b + shift with invertible k1, k2 is that rule in other
 * orders, and an order is only ever known up to (x, y, z) → (u·x + s, u·y + t, u·z + s + t), u invertible.
 * Groups that aren't cyclic are not looked for.
 *
 * The result depends on the names of the tokens through the random starts alone. All products go
 * through `compute`; about 10³·P⁴ multiply-adds for each source.
 */
export function recoverOrder(
  network: Network,
  activation: Activation,
  compute: AnalysisCompute,
  { seed, sources = orderSources, level = 0.01 }: OrderOptions,
): RecoveredOrder {
  const { modulus } = network;
  const attempts = sources.map((source): RecoveredOrder => {
    const tensor =
      source === 'weights'
        ? weightTensor(network, compute)
        : labelTensor(answerTable(network, activation, compute), modulus);
    const { places, score } = bestPlacement(tensor, seed, compute);
    const order = orderOf(places, modulus);
    const reordered = permuteTokens(network, order.a, order.b, order.c);
    const { result } = scan(reordered, activation, null, compute, { level });
    const log10PValue = afterSearch(result, sources.length);
    const found = log10PValue <= Math.log10(level);
    return { source, order, reordered, score, scan: result, log10PValue, found };
  });
  return attempts.reduce((best, other) => (other.log10PValue < best.log10PValue ? other : best));
}

export interface LabelOrder {
  readonly order: TokenOrder;
  readonly score: number;
  /** Rows whose label is the sum of the places. */
  readonly matches: number;
  /**
   * Chernoff's bound on so many matches of independent uniform labels, times all structures: rigorous.
   * log10, 0 means p = 1.
   */
  readonly log10PValue: number;
  readonly found: boolean;
}

/** The same search in a table of labels, without any network: what the data alone give. */
export function recoverOrderOfLabels(
  pairs: LabelledPairs,
  modulus: number,
  compute: AnalysisCompute,
  { seed, level = 0.01 }: Pick<OrderOptions, 'seed' | 'level'>,
): LabelOrder {
  const { places, score } = bestPlacement(labelTensor(pairs, modulus), seed, compute);
  const order = orderOf(places, modulus);
  let matches = 0;
  pairs.pair.forEach((index, row) => {
    const sum = order.a[Math.floor(index / modulus)] + order.b[index % modulus];
    if (sum % modulus === order.c[pairs.label[row]]) matches++;
  });
  const rows = pairs.pair.length;
  const tail = -rows * divergence(Math.max(matches / rows, 1 / modulus), 1 / modulus);
  const log10PValue = Math.min(0, tail / Math.LN10 + log10Structures(modulus));
  return { order, score, matches, log10PValue, found: log10PValue <= Math.log10(level) };
}

/** log10 of (P!)³ / (P²·φ(P)): in how many ways three orders make different tables. */
export function log10Structures(modulus: number): number {
  let log = 0;
  let units = 0;
  for (let k = 1; k <= modulus; k++) {
    log += 3 * Math.log10(k);
    if (isUnit(k, modulus)) units++;
  }
  return log - Math.log10(modulus * modulus * units);
}

const kernelCount = 8;
const cycles = 8;
const candidatesPerKernel = 4;
const placed = 8;
const placedAgain = 4;
const refinements = 6;
/**
 * The largest of N normal scores is about sqrt(2 ln N). For prime P the search stops at twice that, which
 * orders fitted to noise stay below; it only saves time. For composite P all candidates are tried: the
 * characters of a quotient alone reach as high.
 */
const decisive = 2;

/**
 * Kernels, their eigenvectors, characters, places; then again from all characters of the best order so far,
 * as long as that leads to a better one: an order that is right in part shows some of its characters more
 * clearly than the one it came from.
 */
function bestPlacement(tensor: TokenTensor, seed: number, compute: AnalysisCompute): Placement {
  const generator = createGenerator(seed, 'order');
  const enough = isPrime(tensor.modulus)
    ? decisive * Math.sqrt(2 * Math.LN10 * log10Structures(tensor.modulus))
    : Number.POSITIVE_INFINITY;
  const placeBest = (starts: Complex[], count: number, least: Placement | null) => {
    let best = least;
    const candidates = characterCandidates(tensor, starts, generator, compute);
    for (const candidate of candidates.slice(0, count)) {
      const placement = placeTokens(tensor, candidate, compute);
      if (best === null || placement.score > best.score) best = placement;
      if (best.score >= enough) break;
    }
    if (best === null) throw new RangeError('no candidate for a character');
    return best;
  };
  const kernels = differenceKernels(tensor, kernelCount, cycles, generator, compute);
  const starts = kernels.flatMap((kernel) =>
    leadingVectors(kernel, candidatesPerKernel, generator),
  );
  let best = placeBest(starts, placed, null);
  for (let round = 0; round < refinements && best.score < enough; round++) {
    const before = best.score;
    best = placeBest(charactersOfPlaces(best.places[1]), placedAgain, best);
    if (best.score <= before) break;
  }
  return best;
}

/** z is minus the place of c. */
function orderOf([x, y, z]: Places, modulus: number): TokenOrder {
  return { a: x, b: y, c: z.map((place) => (modulus - place) % modulus) };
}

function answerTable(
  network: Network,
  activation: Activation,
  compute: AnalysisCompute,
): LabelledPairs {
  const label = compute.answers(network, activation);
  return { pair: Uint32Array.from(label.keys()), label };
}

function afterSearch({ best, evidence, modulus }: ScanResult, sources: number): number {
  if (best.k1 !== 1 || best.k2 !== 1 || best.shift !== 0) return 0;
  const { weights, logits, answers } = evidence;
  const smallest = Math.min(...[weights, logits, answers].map((one) => one?.log10PValue ?? 0));
  return Math.min(0, smallest + log10Structures(modulus) + Math.log10(sources));
}

/** Kullback–Leibler divergence of a coin with q from one with p, in nats. */
function divergence(q: number, p: number): number {
  const term = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return term(q, p) + term(1 - q, 1 - p);
}

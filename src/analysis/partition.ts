import type { Activation, Network } from '../model/network.ts';
import type { Basis } from '../task/basis.ts';
import { type Accuracies, accuracies, type Roles } from '../task/dataset.ts';
import type { AnalysisCompute } from './compute.ts';
import {
  inverseParticipationRatio,
  type NeuronScore,
  rankNeurons,
  strength,
} from './neuron-scores.ts';

/** Accuracies of the k best and of the k worst neurons. */
export interface PruningPoint {
  readonly neurons: number;
  readonly top: Accuracies;
  readonly bottom: Accuracies;
}

/** A subnetwork picked off a pruning curve. */
export interface PartitionChoice {
  /** k, and γ = k/M. */
  readonly neurons: number;
  readonly gamma: number;
  readonly accuracies: Accuracies;
}

/** What a ranking of neurons leads to. */
export interface RankedPartition {
  /** From the first neuron of the generalization subnetwork to the last of the memorization one: [M]. */
  readonly ranking: Uint32Array;
  /** In order of `neurons`, from 0 to M. */
  readonly curve: readonly PruningPoint[];
  /**
   * f^G: the top k with the best validation accuracy (the smallest such k; at least one neuron); null
   * without validation pairs.
   */
  readonly generalization: PartitionChoice | null;
  /**
   * f^R: the fewest bottom k′ that keep 95 % of the full network's accuracy on noisy rows [assumed], at
   * least one neuron; null without noisy rows. Where the bottom curve isn't monotone, "fewest" means
   * the first k′ in the first step of the curve that ends at 95 % or above: every k′ in that step is
   * tried. A curve that passes 95 % and falls back within one earlier step is taken not to reach it.
   */
  readonly memorization: PartitionChoice | null;
}

export interface Partition extends RankedPartition {
  readonly score: NeuronScore;
  /** [M]; the ranking goes from the highest to the lowest. */
  readonly scores: Float64Array;
}

/** Share of the noisy accuracy that the memorization subnetwork keeps [assumed]. */
const keptNoise = 0.95;
/** The curve has this many steps from 0 to M, so the γ of f^G is resolved to 1/50. */
const curveSteps = 50;
/** Logits held at a time, in floats. */
const blockFloats = 2 ** 22;

/**
 * Neuron partition (paper, Algorithm 1): ranks neurons by IPR or strength and evaluates the top k and
 * the bottom k for k from 0 to M. Subnetworks keep μ. IPR is that of the spectra in `basis`, by default Z_P's.
 */
export function partition(
  network: Network,
  activation: Activation,
  roles: Roles,
  score: NeuronScore,
  compute: AnalysisCompute,
  basis?: Basis,
): Partition {
  const scores =
    score === 'ipr' ? inverseParticipationRatio(network, basis) : strength(network, activation);
  const ranking = rankNeurons(scores);
  return { score, scores, ...partitionByRanking(network, activation, roles, ranking, compute) };
}

/**
 * `partition` with a ranking from elsewhere, such as a random one as a control. Logits are sums over
 * neurons, so one pass adds up slices of the ranking; the bottom k are the sum over all neurons minus the
 * top M − k.
 * @throws RangeError for a ranking that isn't each of 0…M−1 once.
 */
export function partitionByRanking(
  network: Network,
  activation: Activation,
  roles: Roles,
  ranking: Uint32Array,
  compute: AnalysisCompute,
): RankedPartition {
  const { modulus, width } = network;
  const isRanked = new Set(ranking);
  if (ranking.length !== width || isRanked.size !== width || Math.max(...isRanked) >= width) {
    throw new RangeError(`a ranking holds each of the ${width} neurons once`);
  }
  const counts = gridOf(width);
  const slices = counts
    .slice(1)
    .map((count, i) => withoutMu(subnetwork(network, ranking.subarray(counts[i], count))));
  const blank = () => counts.map(() => new Uint16Array(modulus * modulus));
  const answers = { top: blank(), bottom: blank() };
  for (const { firstA, rows } of blocksOf(modulus)) {
    const all = compute.logits(network, activation, firstA, rows);
    const sum = new Float32Array(all.length);
    const firstPair = firstA * modulus;
    counts.forEach((_, point) => {
      if (point > 0) {
        const slice = compute.logits(slices[point - 1], activation, firstA, rows);
        for (let i = 0; i < sum.length; i++) sum[i] += slice[i];
      }
      const bottom = counts.length - 1 - point;
      answerBoth(
        { all, sum, mu: network.mu, modulus },
        answers.top[point].subarray(firstPair),
        answers.bottom[bottom].subarray(firstPair),
      );
    });
  }
  const curve = counts.map((neurons, point) => ({
    neurons,
    top: accuracies(answers.top[point], roles),
    bottom: accuracies(answers.bottom[point], roles),
  }));
  return {
    ranking,
    curve,
    generalization: chooseTop(curve, width),
    memorization: chooseBottom(network, activation, roles, ranking, curve, compute),
  };
}

/** The network of some neurons, in the order given, with all of μ. */
export function subnetwork(network: Network, neurons: ArrayLike<number>): Network {
  const { modulus, width, hiddenBias } = network;
  const count = neurons.length;
  const U = new Float32Array(count * modulus);
  const V = new Float32Array(count * modulus);
  const W = new Float32Array(modulus * count);
  for (let i = 0; i < count; i++) {
    const neuron = neurons[i];
    U.set(network.U.subarray(neuron * modulus, (neuron + 1) * modulus), i * modulus);
    V.set(network.V.subarray(neuron * modulus, (neuron + 1) * modulus), i * modulus);
    for (let c = 0; c < modulus; c++) W[c * count + i] = network.W[c * width + neuron];
  }
  return {
    modulus,
    width: count,
    U,
    V,
    W,
    mu: network.mu.slice(),
    hiddenBias:
      hiddenBias === null
        ? null
        : Float32Array.from({ length: count }, (_, i) => hiddenBias[neurons[i]]),
  };
}

/** 0 … M in at most `curveSteps` steps, symmetric: M − k is on it where k is. */
function gridOf(width: number): number[] {
  const steps = Math.min(curveSteps, width);
  const lower = Array.from({ length: steps + 1 }, (_, i) => Math.floor((i * width) / steps));
  const counts = new Set(lower.flatMap((k) => (2 * k <= width ? [k, width - k] : [])));
  return [...counts].sort((x, y) => x - y);
}

/** The a in blocks of at most `blockFloats` logits. */
function blocksOf(modulus: number): { firstA: number; rows: number }[] {
  const countA = Math.max(1, Math.min(modulus, Math.floor(blockFloats / modulus ** 2)));
  return Array.from({ length: Math.ceil(modulus / countA) }, (_, block) => {
    const firstA = block * countA;
    return { firstA, rows: Math.min(countA, modulus - firstA) };
  });
}

function withoutMu(network: Network): Network {
  return { ...network, mu: new Float32Array(network.modulus) };
}

/** Argmax over classes of `sum` + μ (top) and of `all` − `sum` (bottom; `all` holds μ) for every row. */
function answerBoth(
  {
    all,
    sum,
    mu,
    modulus,
  }: {
    all: Float32Array;
    sum: Float32Array;
    mu: Float32Array;
    modulus: number;
  },
  top: Uint16Array,
  bottom: Uint16Array,
): void {
  for (let row = 0; row * modulus < sum.length; row++) {
    let topClass = 0;
    let bottomClass = 0;
    let topLogit = Number.NEGATIVE_INFINITY;
    let bottomLogit = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < modulus; c++) {
      const at = row * modulus + c;
      const ofTop = sum[at] + mu[c];
      const ofBottom = all[at] - sum[at];
      if (ofTop > topLogit) {
        topLogit = ofTop;
        topClass = c;
      }
      if (ofBottom > bottomLogit) {
        bottomLogit = ofBottom;
        bottomClass = c;
      }
    }
    top[row] = topClass;
    bottom[row] = bottomClass;
  }
}

function chooseTop(curve: readonly PruningPoint[], width: number): PartitionChoice | null {
  const best = curve
    .slice(1)
    .reduce((x, y) => ((y.top.validation ?? 0) > (x.top.validation ?? 0) ? y : x));
  if (best.top.validation === null) return null;
  return { neurons: best.neurons, gamma: best.neurons / width, accuracies: best.top };
}

/** Finds the step of the curve that first ends high enough, then tries every k′ inside that step. */
function chooseBottom(
  network: Network,
  activation: Activation,
  roles: Roles,
  ranking: Uint32Array,
  curve: readonly PruningPoint[],
  compute: AnalysisCompute,
): PartitionChoice | null {
  const { width } = network;
  const full = curve[curve.length - 1].bottom.noisyTrain;
  if (full === null) return null;
  const keeps = ({ noisyTrain }: Accuracies) => (noisyTrain ?? 0) >= keptNoise * full;
  // The last point is the full network, which keeps everything.
  const reached = curve.findIndex(({ bottom }, point) => point > 0 && keeps(bottom));
  const choice = (neurons: number, values: Accuracies): PartitionChoice => ({
    neurons,
    gamma: neurons / width,
    accuracies: values,
  });
  const first = curve[reached - 1].neurons + 1;
  const { neurons: last, bottom } = curve[reached];
  const between = bottomAnswers(network, activation, ranking, first, last, compute);
  for (const [i, answers] of between.entries()) {
    const values = accuracies(answers, roles);
    if (keeps(values)) return choice(first + i, values);
  }
  return choice(last, bottom);
}

/** Answers of the bottom k′ on all pairs for first ≤ k′ < last, one neuron more at a time. */
function bottomAnswers(
  network: Network,
  activation: Activation,
  ranking: Uint32Array,
  first: number,
  last: number,
  compute: AnalysisCompute,
): Uint16Array[] {
  const { modulus, width } = network;
  const bottom = subnetwork(network, ranking.subarray(width - first));
  const added = Array.from({ length: Math.max(0, last - first - 1) }, (_, i) =>
    withoutMu(subnetwork(network, [ranking[width - first - 1 - i]])),
  );
  const answers = Array.from({ length: last - first }, () => new Uint16Array(modulus * modulus));
  for (const { firstA, rows } of blocksOf(modulus)) {
    const sum = compute.logits(bottom, activation, firstA, rows);
    answers.forEach((found, i) => {
      if (i > 0) {
        const neuron = compute.logits(added[i - 1], activation, firstA, rows);
        for (let at = 0; at < sum.length; at++) sum[at] += neuron[at];
      }
      for (let row = 0; row < rows * modulus; row++) {
        let best = row * modulus;
        for (let at = best + 1; at < (row + 1) * modulus; at++) if (sum[at] > sum[best]) best = at;
        found[firstA * modulus + row] = best % modulus;
      }
    });
  }
  return answers;
}

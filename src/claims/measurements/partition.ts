import {
  filterFrequencies,
  partition,
  partitionByRanking,
  type RankedPartition,
  rankCorrelation,
  subnetwork,
} from '../../analysis/index.ts';
import type { Network } from '../../model/network.ts';
import { accuracy } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import { knownValue } from '../statistics/by-seed.ts';
import { joinedRule } from './filtration.ts';
import type { Subject } from './subject.ts';

/** Test accuracy of G of frequency filtration, with the activation of the training and the quadratic one. */
interface FilteredTest {
  readonly trained: number;
  readonly quadratic: number;
}

/** Where one ranking of the neurons leads. */
export interface RankingMeasurement {
  /** γ_G = k/M, k chosen on validation rows. */
  readonly gammaG: number;
  /** γ_R = k′/M; null without noisy rows. */
  readonly gammaR: number | null;
  /** Test accuracy of f^G. */
  readonly test: number;
  /** Frequency filtration of f^G. */
  readonly filtered: FilteredTest;
  /** Pruning curves from 0 to M neurons: test accuracy of the top k, noisy accuracy of the bottom k. */
  readonly curve: readonly {
    readonly neurons: number;
    readonly topTest: number;
    readonly bottomNoisy: number | null;
  }[];
}

export interface PartitionMeasurement {
  /** Test accuracy of the whole network. */
  readonly full: number;
  /** Frequency filtration of the whole network. */
  readonly filtered: FilteredTest;
  readonly ipr: RankingMeasurement;
  readonly strength: RankingMeasurement;
  /** One ranking drawn at random for each seed: what pruning alone does. */
  readonly random: RankingMeasurement;
  /** Spearman's, of IPR and strength. */
  readonly rankCorrelation: number;
}

/**
 * Neuron partition (paper, Algorithm 1) by IPR, by strength and at random, and frequency filtration of what
 * it keeps.
 * @throws RangeError without validation or test rows.
 */
export function measurePartition(subject: Subject): PartitionMeasurement {
  const { network, settings, roles, backend } = subject;
  const { activation, seed } = settings;
  const ipr = partition(network, activation, roles, 'ipr', backend);
  const strength = partition(network, activation, roles, 'strength', backend);
  const drawn = createGenerator(seed, 'random-ranking').shuffle(ipr.ranking.slice().sort());
  const random = partitionByRanking(network, activation, roles, drawn, backend);
  return {
    full: testOf(subject, network),
    filtered: filteredTest(subject, network),
    ipr: rankingOf(subject, ipr),
    strength: rankingOf(subject, strength),
    random: rankingOf(subject, random),
    rankCorrelation: rankCorrelation(ipr.scores, strength.scores),
  };
}

function rankingOf(
  subject: Subject,
  { ranking, curve, generalization, memorization }: RankedPartition,
): RankingMeasurement {
  if (generalization === null) throw new RangeError('a partition needs validation rows');
  const kept = subnetwork(subject.network, ranking.subarray(0, generalization.neurons));
  return {
    gammaG: generalization.gamma,
    gammaR: memorization?.gamma ?? null,
    test: testShare(generalization.accuracies.test),
    filtered: filteredTest(subject, kept),
    curve: curve.map(({ neurons, top, bottom }) => ({
      neurons,
      topTest: testShare(top.test),
      bottomNoisy: bottom.noisyTrain,
    })),
  };
}

function filteredTest(subject: Subject, network: Network): FilteredTest {
  const rule = joinedRule(subject.settings);
  const { G } = filterFrequencies(network, { select: 'energy', rule });
  return { trained: testOf(subject, G), quadratic: testOf(subject, G, 'quadratic') };
}

function testOf(
  { settings, roles, backend }: Subject,
  network: Network,
  activation = settings.activation,
): number {
  return testShare(accuracy(backend.answers(network, activation), roles.test));
}

const testShare = (test: number | null) => knownValue(test, 'accuracy on test rows');

import { type PartitionChoice, partition, partitionByRanking } from '../../analysis/index.ts';
import { createGenerator } from '../../task/generator.ts';
import type { Subject } from './subject.ts';

/** The k best neurons by a ranking, k chosen on validation rows; null without such rows. */
export interface SubnetworksMeasurement {
  readonly ipr: PartitionChoice | null;
  readonly strength: PartitionChoice | null;
  /** Ranked at random: what choosing k on validation rows gives by itself. */
  readonly random: PartitionChoice | null;
}

/** Partition by IPR and by strength beside random pruning. */
export function measureSubnetworks(subject: Subject): SubnetworksMeasurement {
  const { network, settings, roles, backend } = subject;
  const by = (score: 'ipr' | 'strength') =>
    partition(network, settings.activation, roles, score, backend).generalization;
  return { ipr: by('ipr'), strength: by('strength'), random: randomSubnetwork(subject) };
}

/** The first k neurons of one random order. */
function randomSubnetwork({
  network,
  settings,
  roles,
  backend,
}: Subject): SubnetworksMeasurement['random'] {
  const { width } = network;
  const order = createGenerator(settings.seed, 'random pruning').shuffle(
    Uint32Array.from({ length: width }, (_, neuron) => neuron),
  );
  return partitionByRanking(network, settings.activation, roles, order, backend).generalization;
}

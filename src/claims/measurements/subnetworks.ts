import { type PartitionChoice, partition, subnetwork } from '../../analysis/index.ts';
import { accuracies } from '../../task/dataset.ts';
import { createGenerator } from '../../task/generator.ts';
import type { Subject } from './subject.ts';

/** The k best neurons by a ranking, k chosen on validation rows; null without such rows. */
export interface SubnetworksMeasurement {
  readonly ipr: PartitionChoice | null;
  readonly strength: PartitionChoice | null;
  /** Ranked at random: what choosing k on validation rows gives by itself. */
  readonly random: PartitionChoice | null;
}

/** As many k as a partition by score tries. */
const curveSteps = 50;

/** Partition by IPR and by strength beside random pruning. */
export function measureSubnetworks(subject: Subject): SubnetworksMeasurement {
  const { network, settings, roles, backend } = subject;
  const by = (score: 'ipr' | 'strength') =>
    partition(network, settings.activation, roles, score, backend).generalization;
  return { ipr: by('ipr'), strength: by('strength'), random: randomSubnetwork(subject) };
}

/** The first k neurons of one random order, with the k that is best on validation rows (the smallest such). */
function randomSubnetwork({
  network,
  settings,
  roles,
  backend,
}: Subject): SubnetworksMeasurement['random'] {
  if (roles.validation === null) return null;
  const { width } = network;
  const order = createGenerator(settings.seed, 'random pruning').shuffle(
    Uint32Array.from({ length: width }, (_, neuron) => neuron),
  );
  const counts = new Set(
    Array.from({ length: curveSteps }, (_, i) =>
      Math.max(1, Math.floor(((i + 1) * width) / curveSteps)),
    ),
  );
  return [...counts]
    .map((neurons) => {
      const part = subnetwork(network, order.subarray(0, neurons));
      const scored = accuracies(backend.answers(part, settings.activation), roles);
      return { neurons, gamma: neurons / width, accuracies: scored };
    })
    .reduce((best, other) =>
      (other.accuracies.validation ?? 0) > (best.accuracies.validation ?? 0) ? other : best,
    );
}

/** A network seen through a lens: G + λR, without the neurons that are switched off. */
import { type Filtration, filterFrequencies, mix } from 'undertone/analysis';
import { copyNetwork, type Network } from 'undertone/model';
import { type Basis, type Operation, parseBasis } from 'undertone/task';
import type { Joined, Lens } from './protocol.ts';

/** How the frequencies of a task's rule are joined; where it isn't known, as those of a ± b are. */
export function joinedOf(operation: Operation | null): Joined {
  if (operation?.rule == null) return { k1: 1, k2: 1, basis: 'cyclic', source: 'assumed' };
  const { k1, k2, basis } = operation.rule;
  return { k1, k2, basis, source: 'task' };
}

export function basisOf({ basis }: Joined, modulus: number): Basis {
  return parseBasis(basis, modulus);
}

/** A filtration with the lens's choice of frequencies. */
export function filtrationFor(
  network: Network,
  joined: Joined,
  select: Lens['select'],
): Filtration {
  const basis = basisOf(joined, network.modulus);
  return filterFrequencies(network, { select, rule: joined, basis });
}

/** What the lens leaves of a network. `filter` gives its filtration and may remember it. */
export function through(network: Network, lens: Lens, filter: () => Filtration): Network {
  const seen = lens.lambda === 1 ? network : mixed(filter(), lens.lambda);
  return lens.ablated.length === 0 ? seen : without(seen, lens.ablated);
}

function mixed({ G, R }: Filtration, lambda: number): Network {
  return lambda === 0 ? G : mix(G, R, lambda);
}

/** The network with the outputs of some neurons at 0. */
function without(network: Network, neurons: readonly number[]): Network {
  const copy = copyNetwork(network);
  const { modulus, width, W } = copy;
  for (const neuron of neurons) {
    for (let c = 0; c < modulus; c++) W[c * width + neuron] = 0;
  }
  return copy;
}

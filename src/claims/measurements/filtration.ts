import { filterFrequencies } from '../../analysis/index.ts';
import { type Accuracies, accuracies } from '../../task/dataset.ts';
import { parseOperation } from '../../task/operation.ts';
import type { Settings } from '../../train/settings.ts';
import type { Subject } from './subject.ts';

export interface FiltrationMeasurement {
  /** The network as it is. */
  readonly raw: Accuracies;
  /** G of frequency filtration, as trained and with the quadratic activation. */
  readonly G: Accuracies;
  readonly quadraticG: Accuracies;
  /** R = full − G. */
  readonly R: Accuracies;
  /** G of triad filtration (ours), likewise. */
  readonly triadG: Accuracies;
  readonly quadraticTriadG: Accuracies;
}

/**
 * The frequencies that a task joins per neuron; those of addition where it isn't linear: a filter needs
 * some, and what it finds there is then no rule of the task.
 */
export function joinedRule({ task, modulus }: Settings): {
  readonly k1: number;
  readonly k2: number;
} {
  const coefficients = task === null ? null : parseOperation(task, modulus).coefficients;
  return coefficients ?? { k1: 1, k2: 1 };
}

/** Accuracies of the network and of what filtration keeps and drops, with the task's own rule known. */
export function measureFiltration({
  network,
  settings,
  roles,
  backend,
}: Subject): FiltrationMeasurement {
  const rule = joinedRule(settings);
  const energy = filterFrequencies(network, { select: 'energy', rule });
  const triad = filterFrequencies(network, { select: 'triad', rule });
  const { activation } = settings;
  const of = (part: typeof network, phi = activation) =>
    accuracies(backend.answers(part, phi), roles);
  return {
    raw: of(network),
    G: of(energy.G),
    quadraticG: of(energy.G, 'quadratic'),
    R: of(energy.R),
    triadG: of(triad.G),
    quadraticTriadG: of(triad.G, 'quadratic'),
  };
}

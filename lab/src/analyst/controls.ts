/** What must find nothing, and what width does. */
import { filterFrequencies, ruleTable, shuffleNeurons } from 'undertone/analysis';
import type { Backend } from 'undertone/browser';
import type { Activation, Network } from 'undertone/model';
import { accuracies, accuracy, createGenerator, rolesOf } from 'undertone/task';
import {
  datasetOf,
  initialNetworkOf,
  operationOf,
  type Settings,
  stepper,
  trainingProblem,
} from 'undertone/train';
import { basisOf, filtrationFor, joinedOf } from '../engine/lens.ts';
import type { Joined } from '../engine/protocol.ts';
import type { Subject } from './subject.ts';

/** Accuracies on unseen pairs of a network and of its G; null without such pairs. */
export interface Filtered {
  readonly raw: number | null;
  readonly energy: number | null;
  readonly triad: number | null;
  /** Of the wrong labels, how many the whole network gives back. */
  readonly noisy: number | null;
}

export type Control = 'itself' | 'untrained' | 'shuffled' | 'wrong-rule';

/**
 * The filters on the network or on what must hold no rule: its weights before the first step; neurons whose rows
 * of V and columns of W were dealt out anew; a + 3b, a rule that nobody taught, scored by itself.
 */
export function filtered(subject: Subject, { of }: { of: Control }): Filtered | null {
  const { network, activation, roles, backend, snapshot } = subject;
  const { initial, joined } = snapshot;
  if (of === 'untrained') {
    return initial === null ? null : measured(initial, activation, joined, roles, backend);
  }
  if (of === 'shuffled') {
    const deal = (name: string) =>
      createGenerator(0, `playground/${name}`).shuffle(
        Uint32Array.from({ length: network.width }, (_, neuron) => neuron),
      );
    const shuffled = shuffleNeurons(network, deal('V'), deal('W'));
    return measured(shuffled, activation, joined, roles, backend);
  }
  if (of === 'wrong-rule') {
    const { modulus } = network;
    if (joined.basis !== 'cyclic' || modulus % 3 === 0 || roles?.test == null) return null;
    const wrong = { ...joined, k1: 1, k2: 3 };
    const table = ruleTable({ k1: 1, k2: 3, shift: 0 }, modulus);
    const { pair } = roles.test;
    const test = { pair, label: Uint16Array.from(pair, (at) => table[at]) };
    return measured(network, activation, wrong, { ...roles, test }, backend);
  }
  return measured(network, activation, joined, roles, backend);
}

function measured(
  network: Network,
  activation: Activation,
  joined: Joined,
  roles: Subject['roles'],
  backend: Backend,
): Filtered {
  const test = roles?.test ?? null;
  const score = (part: Network) => accuracy(backend.answers(part, activation), test);
  const basis = basisOf(joined, network.modulus);
  const G = (select: 'energy' | 'triad') =>
    filterFrequencies(network, { select, rule: joined, basis }).G;
  return {
    raw: score(network),
    energy: score(G('energy')),
    triad: score(G('triad')),
    noisy: accuracy(backend.answers(network, activation), roles?.noisyTrain ?? null),
  };
}

/** One width of a ladder, trained to its last step. */
export interface Rung {
  readonly width: number;
  readonly cleanTrain: number | null;
  readonly noisyTrain: number | null;
  readonly raw: number | null;
  readonly G: number | null;
}

export function rung({ backend }: Subject, { settings }: { settings: Settings }): Rung {
  const dataset = datasetOf(settings);
  const roles = rolesOf(dataset);
  const problem = trainingProblem(settings, dataset, initialNetworkOf(settings));
  const session = backend.train(problem);
  try {
    stepper(session, settings, problem.rows.a.length).take(settings.steps);
    const network = session.network();
    const { cleanTrain, noisyTrain, test } = accuracies(session.answers(), roles);
    const { G } = filtrationFor(network, joinedOf(operationOf(settings)), 'energy');
    const rule = accuracy(backend.answers(G, settings.activation), roles.test);
    return { width: settings.width, cleanTrain, noisyTrain, raw: test, G: rule };
  } finally {
    session.dispose();
  }
}

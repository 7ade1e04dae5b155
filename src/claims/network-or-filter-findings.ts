/** What `network-or-filter` reads off its trainings: test accuracy by network and method, and evidence. */
import type { Outputs } from './cells/cell.ts';
import type { FilterScores } from './measurements/filter-controls.ts';
import type { FiltrationMeasurement } from './measurements/filtration.ts';
import type { SubnetworksMeasurement } from './measurements/subnetworks.ts';
import type { ControlRuns } from './network-or-filter-runs.ts';
import type { PanelCells } from './panel-trainings.ts';
import { type BySeed, known } from './statistics/by-seed.ts';

type Method = 'raw' | 'FF' | 'FF, quadratic' | 'triads' | 'triads, quadratic' | 'IPR' | 'strength';
type NetworkFindings = Readonly<Record<Method | 'memorised', BySeed>>;
type NetworkName =
  | 'trained'
  | 'untrained'
  | 'random features'
  | 'pure noise'
  | 'wrong rule a + 2b'
  | 'wrong rule 2a + 3b'
  | 'renamed tokens';
/** Test accuracy, seed by seed; `memorised` is the accuracy on wrong training labels. */
export type Found = Readonly<Record<NetworkName, NetworkFindings>>;

export function findingsByNetwork(outputs: Outputs, controls: ControlRuns): Found {
  const { trained, randomFeatures, pureNoise } = controls;
  const ofNetwork = (runs: PanelCells): NetworkFindings => {
    const filtration = runs.map((one) => outputs.measured(one, 'filtration'));
    const subnetworks = runs.map((one) => outputs.measured(one, 'subnetworks'));
    return {
      ...ofFilters(filtration.map(testOnly)),
      ...ofPartitions(subnetworks),
      memorised: filtration.map(({ raw }) => raw.noisyTrain),
    };
  };
  const own = trained.map((one) => outputs.measured(one, 'filter-controls'));
  const nothing = own.map(() => null);
  const filtersAlone = (scores: readonly FilterScores[]): NetworkFindings => ({
    ...ofFilters(scores),
    IPR: nothing,
    strength: nothing,
    memorised: nothing,
  });
  const untrained = own.map((one) => one.untrained);
  return {
    trained: ofNetwork(trained),
    untrained: { ...filtersAlone(untrained), ...ofPartitions(untrained) },
    'random features': ofNetwork(randomFeatures),
    'pure noise': ofNetwork(pureNoise),
    'wrong rule a + 2b': filtersAlone(own.map(({ wrongRules }) => wrongRules[0].scores)),
    'wrong rule 2a + 3b': filtersAlone(own.map(({ wrongRules }) => wrongRules[1].scores)),
    'renamed tokens': filtersAlone(own.map(({ renamed }) => renamed)),
  };
}

function testOnly(found: FiltrationMeasurement): FilterScores {
  return {
    raw: found.raw.test,
    G: found.G.test,
    quadraticG: found.quadraticG.test,
    triadG: found.triadG.test,
    quadraticTriadG: found.quadraticTriadG.test,
  };
}

function ofFilters(scores: readonly FilterScores[]) {
  return {
    raw: scores.map(({ raw }) => raw),
    FF: scores.map(({ G }) => G),
    'FF, quadratic': scores.map(({ quadraticG }) => quadraticG),
    triads: scores.map(({ triadG }) => triadG),
    'triads, quadratic': scores.map(({ quadraticTriadG }) => quadraticTriadG),
  };
}

function ofPartitions(found: readonly Pick<SubnetworksMeasurement, 'ipr' | 'strength'>[]) {
  return {
    IPR: found.map(({ ipr }) => ipr?.accuracies.test ?? null),
    strength: found.map(({ strength }) => strength?.accuracies.test ?? null),
  };
}

type Part = 'all' | 'cleanTrain' | 'noisyTrain' | 'heldOut' | 'heldOutInteraction' | 'weights';

/** z of the true rule in the logits of a part (or in the weights), seed by seed. */
export function partZ(outputs: Outputs, runs: PanelCells, part: Part, step?: number): BySeed {
  return runs.map((one) => {
    const evidence = outputs.measured(one, 'rule-evidence', step);
    if (part === 'weights') return evidence.weights.z;
    if (part === 'heldOutInteraction') return evidence.heldOutInteraction?.z ?? null;
    return evidence[part]?.logits.z ?? null;
  });
}

/** z of the true rule on held-out pairs, seed by seed. */
export function heldOutZ(
  outputs: Outputs,
  runs: PanelCells,
  kind: 'logits' | 'answers',
  step?: number,
): number[] {
  return known(
    runs.map((one) => outputs.measured(one, 'rule-evidence', step).heldOut?.[kind].z ?? null),
  );
}

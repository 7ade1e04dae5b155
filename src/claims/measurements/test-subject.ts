/** A network made by hand with the surroundings that a measurement asks for. */
import { createReferenceBackend } from '../../compute/reference/index.ts';
import type { Network } from '../../model/network.ts';
import { rolesOf } from '../../task/dataset.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { completeSettings, type PartialSettings } from '../../train/settings.ts';
import type { Subject } from './subject.ts';

export function subjectOf(network: Network, given: PartialSettings = {}): Subject {
  const { modulus, width } = network;
  const settings = completeSettings({ noiseRatio: 0.5, ...given, modulus, width });
  const dataset = datasetOf(settings);
  return {
    network,
    initial: initialNetworkOf(settings),
    settings,
    dataset,
    roles: rolesOf(dataset),
    backend: createReferenceBackend(),
  };
}

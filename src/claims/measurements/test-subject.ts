/** What the tests of this folder measure: a network of their own on the data of some settings. */
import { createReferenceBackend } from '../../compute/reference/index.ts';
import type { Network } from '../../model/network.ts';
import { rolesOf } from '../../task/dataset.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import { completeSettings, type PartialSettings } from '../../train/settings.ts';
import type { Subject } from './subject.ts';

const backend = createReferenceBackend();

/** `network` null: the weights before the first step. */
export function testSubject(given: PartialSettings, network: Network | null): Subject {
  const settings = completeSettings(given);
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  return {
    network: network ?? initial,
    initial,
    settings,
    dataset,
    roles: rolesOf(dataset),
    backend,
  };
}

/** A network made by hand, on data of its size with half of the labels wrong. */
export function subjectOf(network: Network, given: PartialSettings = {}): Subject {
  const { modulus, width } = network;
  return testSubject({ noiseRatio: 0.5, ...given, modulus, width }, network);
}

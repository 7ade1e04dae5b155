import { InputError } from '../errors.ts';
import { initializeNetwork } from '../model/initialize.ts';
import type { Network } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import { generateDataset } from '../task/generate.ts';
import { createGenerator } from '../task/generator.ts';
import { type Operation, parseOperation } from '../task/operation.ts';
import { gammaOf } from './gamma.ts';
import type { Settings } from './settings.ts';

/** The operation of the settings' task; null where the rule of the rows isn't known. */
export function operationOf({ task, modulus }: Settings): Operation | null {
  return task === null ? null : parseOperation(task, modulus);
}

/** The data set that the settings describe: generated from the task, with split and noise. */
export function datasetOf(settings: Settings): Dataset {
  const operation = operationOf(settings);
  if (operation === null) {
    throw new InputError('Without a data set file a task is needed: give --task.');
  }
  return generateDataset(operation, settings);
}

/** The weights before the first step, from the stream "weights" of the run's seed. */
export function initialNetworkOf(settings: Settings): Network {
  const { modulus, width, tied, hiddenBias, init, seed } = settings;
  return initializeNetwork(modulus, width, createGenerator(seed, 'weights'), {
    gamma: gammaOf(init) ?? null,
    tied,
    hiddenBias,
  });
}

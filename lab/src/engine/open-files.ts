/** A network and its rows out of files that were dropped on the page. */
import { completeDataset, readDataset, readModel } from 'undertone/browser';
import type { Activation, Network } from 'undertone/model';
import { type Dataset, parseOperation, type Roles, rolesOf } from 'undertone/task';
import { joinedOf } from './lens.ts';
import type { Joined, OpenOrder } from './protocol.ts';

export interface OpenedFiles {
  readonly network: Network;
  readonly activation: Activation;
  readonly dataset: Dataset | null;
  readonly roles: Roles | null;
  readonly joined: Joined;
  readonly notices: readonly string[];
}

/**
 * @throws InputError for files that can't be read or don't fit each other, in a sentence for people.
 */
export function openFiles({ model, rows, task, activation }: OpenOrder): OpenedFiles {
  const { network, activation: stated, metadata, notices } = readModel(model.bytes, model.name);
  const { modulus } = network;
  const named = task ?? metadata.task ?? null;
  const operation = named === null ? null : parseOperation(named, modulus);
  const dataset =
    rows === null
      ? null
      : completeDataset(
          readDataset(rows.text, modulus, rows.name),
          operation?.apply ?? null,
          rows.name,
        );
  const chosen = activation ?? stated ?? 'relu';
  return {
    network,
    activation: chosen,
    dataset,
    roles: dataset === null ? null : rolesOf(dataset),
    joined: joinedOf(operation),
    notices: [
      ...notices,
      ...(activation === null && stated === null
        ? ['The file doesn’t say its activation; ReLU is assumed.']
        : []),
    ],
  };
}

/** MODEL on the command line where it is a file that holds a one-layer transformer. */
import { existsSync, statSync } from 'node:fs';
import { InputError } from '../errors.ts';
import {
  completeDataset,
  readBytes,
  readDataset,
  readText,
  readTransformer,
} from '../format/index.ts';
import type { Activation, OneLayerTransformer } from '../model/index.ts';
import { type Roles, rolesOf } from '../task/index.ts';
import { parseActivation } from './load-model.ts';
import type { ModelOptions } from './model-options.ts';
import { operationOf } from './task-option.ts';
import { notice } from './terminal.ts';

export interface LoadedTransformer {
  readonly transformer: OneLayerTransformer;
  /** Null where there is no MLP that would need it. */
  readonly activation: Activation | null;
  readonly roles: Roles | null;
}

/**
 * Loads a transformer as the flags say, notices to standard error; null where MODEL is anything else.
 * @throws InputError for what can't be read, and where nothing says the activation of an MLP.
 */
export function loadTransformerFor(path: string, options: ModelOptions): LoadedTransformer | null {
  if (!existsSync(path) || statSync(path).isDirectory()) return null;
  const model = readTransformer(readBytes(path), path);
  if (model === null) return null;
  model.notices.forEach(notice);
  const { transformer } = model;
  const flagged = parseActivation(options.activation);
  const activation = flagged ?? model.activation;
  if (flagged !== null && model.activation !== null && flagged !== model.activation) {
    notice(`--activation ${flagged} overrides ${model.activation}, which the file says.`);
  }
  if (activation === null && transformer.hiddenWidth > 0) {
    throw new InputError(
      `${path} does not say the activation of its MLP: give --activation relu or gelu (or quadratic, reverse-relu).`,
    );
  }
  return { transformer, activation, roles: rolesFor(options, transformer.modulus) };
}

function rolesFor({ dataset, task }: ModelOptions, modulus: number): Roles | null {
  const operation = operationOf(task, modulus);
  if (dataset === undefined) {
    if (operation !== null) {
      notice('--task has no effect without --dataset: it is unknown which pairs were trained on.');
    }
    return null;
  }
  const rows = readDataset(readText(dataset), modulus, dataset);
  return rolesOf(completeDataset(rows, operation?.apply ?? null, dataset));
}

import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { activations } from '../model/network.ts';
import {
  type Basis,
  basisForms,
  fittingBases,
  parseBasis,
  productsLeftOut,
} from '../task/basis.ts';
import { operationForms, parseOperation } from '../task/operation.ts';
import {
  type LoadedModel,
  loadModel,
  modelOfRun,
  parseActivation,
  refuseForRun,
} from './load-model.ts';
import { addComputeOptions, type ComputeOptions, significanceLevel } from './options.ts';
import { addStoreOption, hasStore, type StoreOption, withStore } from './store-option.ts';
import { storedRun } from './stored-run.ts';
import { notice } from './terminal.ts';

/** Flags of the commands that read a MODEL. */
export interface ModelOptions extends ComputeOptions, StoreOption {
  readonly dataset?: string;
  readonly task?: string;
  readonly activation?: string;
  readonly level: number;
  readonly basis: string;
  readonly json?: boolean;
}

export function addModelOptions(command: Command): Command {
  command
    .argument(
      '<model>',
      'a run directory, the name of a run in the store, or a file of tensors in our names, PyTorch’s or TransformerLens’s: safetensors, .npz, .pt, .pth (nothing in it is executed)',
    )
    .option(
      '--dataset <file.csv>',
      'for a file: the rows it was trained on (a,b,label[,true_label][,split])',
    )
    .option(
      '--task <task>',
      `for a file: the true rule, ${operationForms}; unlisted pairs become the test set`,
    )
    .addOption(
      new Option('--activation <phi>', 'for a file that does not name its activation').choices([
        ...activations,
      ]),
    )
    .option(
      '--basis <basis>',
      `the group that the tokens form: ${basisForms}; auto tries all that fit; unknown looks for the order of the tokens itself`,
      'auto',
    )
    .option('--level <p>', 'significance level of the scan', significanceLevel, 0.01)
    .option('--json', 'print the result as one JSON document');
  return addStoreOption(addComputeOptions(command));
}

/**
 * The bases that `--basis` names on P tokens; with auto all that fit, that of the task first where one is known.
 * @throws InputError for a name that is unknown or doesn't fit.
 */
export function basesFor(name: string, modulus: number, task: string | null): Basis[] {
  if (name !== 'auto') return [parseBasis(name, modulus)];
  const rule = task === null ? null : parseOperation(task, modulus).rule;
  const fitting = fittingBases(modulus);
  const leftOut = productsLeftOut(modulus);
  if (leftOut > 0) {
    notice(
      `${leftOut} of the products of groups that ${modulus} tokens may form are left out for the time they take; --basis tries one by name.`,
    );
  }
  if (rule === null) return fitting;
  return [parseBasis(rule.basis, modulus), ...fitting.filter(({ name }) => name !== rule.basis)];
}

/** Loads MODEL as the flags say, also the run of a store by its name; notices go to standard error. */
export async function loadModelFor(path: string, options: ModelOptions): Promise<LoadedModel> {
  const isStored = !existsSync(path) && hasStore(options);
  const model = isStored ? await loadStored(path, options) : loadModel(path, options);
  model.notices.forEach(notice);
  return model;
}

async function loadStored(name: string, options: ModelOptions): Promise<LoadedModel> {
  return await withStore(options, 'read', async (store) => {
    refuseForRun(name, options);
    const run = await store.findRun(name);
    return modelOfRun(run.name, await storedRun(store, run), parseActivation(options.activation));
  });
}

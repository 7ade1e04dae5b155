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
import { type LoadedModel, loadModel } from './load-model.ts';
import { addComputeOptions, type ComputeOptions, significanceLevel } from './options.ts';
import { notice } from './terminal.ts';

/** Flags of the commands that read a MODEL. */
export interface ModelOptions extends ComputeOptions {
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
      'a run directory, or a file of tensors in our names, PyTorch’s or TransformerLens’s: safetensors, .npz, .pt, .pth (nothing in it is executed)',
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
  return addComputeOptions(command);
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

/** Loads MODEL as the flags say; notices go to standard error. */
export function loadModelFor(path: string, options: ModelOptions): LoadedModel {
  const model = loadModel(path, options);
  model.notices.forEach(notice);
  return model;
}

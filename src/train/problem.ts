import type { TrainingProblem, TrainingRows } from '../compute/port.ts';
import type { Network } from '../model/network.ts';
import { type Dataset, splits } from '../task/dataset.ts';
import { optimizerOf } from './optimizer.ts';
import type { Settings } from './settings.ts';

/** The problem that settings pose on a data set, from these initial weights on. */
export function trainingProblem(
  settings: Settings,
  dataset: Dataset,
  initial: Network,
  freezeFirstLayer = false,
): TrainingProblem {
  const { activation, loss, tied } = settings;
  const optimizer = optimizerOf(settings);
  const rows = trainingRows(dataset);
  return { activation, loss, optimizer, rows, initial, tied, freezeFirstLayer };
}

/** The rows that are trained on, in the data set's order. */
export function trainingRows(dataset: Dataset): TrainingRows {
  const train = splits.indexOf('train');
  const isTrain = (_: number, row: number) => dataset.split[row] === train;
  return {
    a: dataset.a.filter(isTrain),
    b: dataset.b.filter(isTrain),
    label: dataset.label.filter(isTrain),
  };
}

import { Command, Option } from 'commander';
import { InputError } from '../errors.ts';
import {
  claimRunDirectory,
  completeDataset,
  readDataset,
  readText,
  writeRun,
} from '../format/index.ts';
import { activations } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import { noiseKinds } from '../task/noise.ts';
import { operationForms, parseOperation } from '../task/operation.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import { completeSettings, type PartialSettings, type Settings } from '../train/settings.ts';
import { interruptible } from './interrupt.ts';
import {
  addComputeOptions,
  backendFor,
  type ComputeOptions,
  freeRunDirectory,
  integer,
  number,
} from './options.ts';
import { notice, percent, table } from './terminal.ts';
import { runConfig, trainWithProgress } from './training-run.ts';

interface TrainOptions extends PartialSettings, ComputeOptions {
  readonly measureEvery?: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train one network into a run directory.')
    .option('--task <task>', `the rule: ${operationForms} (default: add)`)
    .option('--modulus <P>', 'number of tokens and classes (default: 113)', integer)
    .option('--train-fraction <f>', 'share of the P² pairs that train (default: 0.8)', number)
    .option(
      '--validation-fraction <f>',
      'share that validates; the rest tests (default: 0.1)',
      number,
    )
    .option(
      '--noise-ratio <alpha>',
      'share of training rows with a corrupted label (default: 0.8)',
      number,
    )
    .addOption(
      new Option('--noise-kind <kind>', 'how labels are corrupted (default: uniform)').choices([
        ...noiseKinds,
      ]),
    )
    .option(
      '--dataset <file.csv>',
      'train on these rows instead (columns a,b,label[,true_label][,split])',
    )
    .option('--width <M>', 'hidden neurons (default: 513)', integer)
    .addOption(
      new Option('--activation <phi>', 'activation (default: relu)').choices([...activations]),
    )
    .addOption(
      new Option('--loss <loss>', 'training loss (default: cross-entropy)').choices([
        'cross-entropy',
        'mse',
      ]),
    )
    .addOption(
      new Option('--optimizer <name>', 'optimizer (default: adamw)').choices([
        'adamw',
        'adam',
        'sgd',
        'muon',
      ]),
    )
    .option('--learning-rate <rate>', 'default: 1e-3 (adamw, adam), 0.5 (sgd), 0.02 (muon)', number)
    .option('--weight-decay <decay>', 'default: 0.1 (adamw, muon), 1e-4 (adam, sgd)', number)
    .option('--momentum <gamma>', 'default: 0.9 (sgd), 0.95 (muon)', number)
    .option('--adamw-learning-rate <rate>', 'for mu under muon (default: 1e-3)', number)
    .option('--steps <n>', 'full-batch steps (default: 2000)', integer)
    .option('--seed <n>', 'seed of split, noise and initial weights (default: 0)', integer)
    .option(
      '--measure-every <k>',
      'metrics every k steps (default: log-spaced, dense at the beginning)',
      integer,
    )
    .option('--out <dir>', 'run directory (default: a new one under runs/)')
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone train --modulus 59 --width 513 --noise-ratio 0.8 --steps 2000 --out runs/first',
    )
    .action(runTrain);
}

async function runTrain(options: TrainOptions): Promise<void> {
  const { backend: _, threads: __, measureEvery, out, json, ...given } = options;
  if (measureEvery !== undefined && measureEvery < 1) {
    throw new InputError(`--measure-every must be at least 1, not ${measureEvery}.`);
  }
  const settings = settingsFrom(given);
  const dataset = await datasetFor(settings);
  const initial = initialNetworkOf(settings);
  const backend = backendFor(options);
  const config = runConfig(settings, backend);
  const path = out ?? freeRunDirectory(runName(settings));
  claimRunDirectory(path, config);
  const start = performance.now();
  const outcome = await interruptible((signal) =>
    trainWithProgress({
      settings,
      dataset,
      initial,
      backend,
      signal,
      title: 'train',
      measureEvery: measureEvery ?? null,
    }),
  );
  writeRun(path, config, {
    network: outcome.network,
    metrics: outcome.metrics,
    dataset,
    randomFeatures: null,
  });
  const last = outcome.metrics[outcome.metrics.length - 1];
  const seconds = (performance.now() - start) / 1000;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ run: path, status: outcome.stopped ? 'stopped' : 'done', seconds, settings, backend: config.backend, metrics: last })}\n`,
    );
  } else process.stdout.write(`${summary(last, path, settings.modulus)}\n`);
  if (outcome.stopped) {
    notice(`Stopped at step ${outcome.step} of ${settings.steps}; what there is has been written.`);
    process.exitCode = 1;
  }
}

/** Settings from the command line: with a data set file and no --task, the rule is unknown. */
function settingsFrom(given: PartialSettings): Settings {
  const fromFile = given.dataset !== undefined && given.dataset !== null;
  return completeSettings(fromFile && given.task === undefined ? { ...given, task: null } : given);
}

function datasetFor(settings: Settings): Dataset {
  if (settings.dataset === null) return datasetOf(settings);
  const rows = readDataset(readText(settings.dataset), settings.modulus, settings.dataset);
  const operation = settings.task === null ? null : parseOperation(settings.task, settings.modulus);
  return completeDataset(rows, operation === null ? null : operation.apply, settings.dataset);
}

/** "add-p113-m513-a80-s0": what tells runs apart at a glance. */
export function runName({ task, modulus, width, noiseRatio, seed }: Settings): string {
  const rule = (task ?? 'data').replaceAll(/[^a-z0-9]+/g, '-');
  return `${rule}-p${modulus}-m${width}-a${Math.round(100 * noiseRatio)}-s${seed}`;
}

function summary(last: MetricsRow, path: string, modulus: number): string {
  return [
    table([
      ['step', 'loss', 'clean train', 'noisy train', 'validation', 'test', 'chance'],
      [
        String(last.step),
        last.loss.toPrecision(4),
        percent(last.cleanTrain),
        percent(last.noisyTrain),
        percent(last.validation),
        percent(last.test),
        percent(1 / modulus),
      ],
    ]),
    '',
    `Run:  ${path}`,
    `Next: npx undertone extract ${path}`,
  ].join('\n');
}

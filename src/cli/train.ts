import process from 'node:process';
import { Command, Option } from 'commander';
import type { TrackedRule } from '../analysis/index.ts';
import { InputError, WorkError } from '../errors.ts';
import { openRun, type RunConfig, weightsHash, writeRun } from '../format/index.ts';
import type { Network } from '../model/network.ts';
import { kebabCase } from '../train/command-line.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import type { PartialSettings } from '../train/settings.ts';
import type { TrainingCheckpoint, TrainingOutcome } from '../train/trainer.ts';
import { interruptible } from './interrupt.ts';
import { addComputeOptions, integer } from './options.ts';
import {
  newRun,
  type PreparedRun,
  type RunOptions,
  refuseContradictions,
  resumedRun,
} from './prepare-run.ts';
import { notice, percent, table } from './terminal.ts';
import { followedRule, trackerOf, trackingText } from './tracking.ts';
import { addSettingOptions } from './train-options.ts';
import { trainWithProgress } from './training-run.ts';

interface TrainOptions extends PartialSettings, RunOptions {
  readonly checkpointEvery?: number;
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly debug?: boolean;
}

export function trainCommand(): Command {
  const command = new Command('train').description('Train one network into a run directory.');
  addSettingOptions(command)
    .option(
      '--measure-every <k>',
      'metrics every k steps (default: log-spaced, dense at the beginning)',
      integer,
    )
    .addOption(
      new Option(
        '--track <what>',
        'also measure the evidence for the task’s rule, apart on pairs never seen, along the way',
      ).choices(['evidence']),
    )
    .option(
      '--checkpoint-every <k>',
      'a checkpoint every k steps (default: about every 30 seconds)',
      integer,
    )
    .option('--out <dir>', 'run directory (default: a new one under runs/)')
    .option('--resume', 'go on with the run in --out after any interruption, to the same bits')
    .option('--json', 'print the result as one JSON document');
  return addComputeOptions(command)
    .addHelpText(
      'after',
      `
Example:
  $ undertone train --modulus 59 --width 513 --noise-ratio 0.8 --steps 2000 --out runs/first
  $ undertone train --out runs/first --resume`,
    )
    .action(runTrain);
}

async function runTrain(options: TrainOptions): Promise<void> {
  const { measureEvery, checkpointEvery, out, resume, json, debug: _, ...rest } = options;
  const { backend: __, threads: ___, track: ____, ...given } = rest;
  for (const [name, value] of Object.entries({ measureEvery, checkpointEvery })) {
    if (value !== undefined && value < 1) {
      throw new InputError(`--${kebabCase(name)} must be at least 1, not ${value}.`);
    }
  }
  const start = performance.now();
  const print = (
    { path, config, followed }: Pick<Result, 'path' | 'config' | 'followed'>,
    results: Results,
    status: 'done' | 'stopped' = 'done',
  ) => {
    const seconds = (performance.now() - start) / 1000;
    const result = { path, config, followed, results, status, seconds };
    process.stdout.write(`${json ? asJson(result) : asText(result)}\n`);
  };

  let run: PreparedRun;
  if (resume) {
    if (out === undefined) {
      throw new InputError('--resume needs the run to go on with; give its folder with --out.');
    }
    const opened = openRun(out);
    refuseContradictions(out, opened, given, options);
    if (opened.finished !== null) {
      notice(`The run ${out} is done: all its ${opened.config.settings.steps} steps are taken.`);
      const { config, finished } = opened;
      const followed = followedRule(config, finished.dataset);
      return print({ path: out, config, followed }, finished);
    }
    run = resumedRun(out, opened, options);
  } else run = newRun(given, options);

  const { path, config, dataset } = run;
  const followed = followedRule(config, dataset);
  if (followed?.rule === null) notice(`No evidence is tracked: ${followed.reason}.`);
  const outcome = await trainPrepared(run, followed, checkpointEvery ?? null);
  const { network, metrics, step, stopped } = outcome;
  writeRun(path, config, { network, metrics, dataset, randomFeatures: null });
  if (!stopped) run.checkpoints.remove();
  print({ path, config, followed }, outcome, stopped ? 'stopped' : 'done');
  if (stopped) {
    notice(
      `Stopped at step ${step} of ${config.settings.steps}; what there is has been written. Go on with: npx undertone train --out ${path} --resume`,
    );
    process.exitCode = 1;
  }
}

async function trainPrepared(
  run: PreparedRun,
  followed: TrackedRule | null,
  checkpointEvery: number | null,
): Promise<TrainingOutcome> {
  const { config, dataset, initial, backend, resumeFrom, checkpoints } = run;
  const write = (checkpoint: TrainingCheckpoint) => {
    try {
      checkpoints.write(checkpoint);
      return true;
    } catch (error) {
      if (!(error instanceof WorkError)) throw error;
      notice(`${error.message} The training goes on without this checkpoint.`);
      return false;
    }
  };
  const track = trackerOf(followed, config, dataset, backend);
  try {
    return await interruptible((signal) =>
      trainWithProgress({
        title: 'train',
        settings: config.settings,
        dataset,
        initial,
        backend,
        signal,
        measureEvery: config.measureEvery ?? null,
        track,
        resumeFrom,
        checkpoints: { every: checkpointEvery, write },
      }),
    );
  } catch (error) {
    run.release();
    throw error;
  }
}

interface Results {
  readonly network: Network;
  readonly metrics: readonly MetricsRow[];
}

interface Result {
  readonly path: string;
  readonly config: RunConfig;
  readonly followed: TrackedRule | null;
  readonly results: Results;
  readonly status: 'done' | 'stopped';
  readonly seconds: number;
}

function asJson({ path, config, followed, results, status, seconds }: Result): string {
  const { settings, backend } = config;
  const metrics = results.metrics.at(-1);
  const hash = weightsHash(results.network);
  const tracked = followed === null ? {} : { tracked: followed };
  const result = { run: path, status, seconds, settings, backend, metrics, ...tracked, hash };
  return JSON.stringify(result);
}

function asText({ path, config, followed, results }: Result): string {
  const last = results.metrics[results.metrics.length - 1];
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
        percent(1 / config.settings.modulus),
      ],
    ]),
    '',
    ...(followed === null ? [] : [trackingText(followed, last.evidence), '']),
    `Weights: ${weightsHash(results.network)}`,
    `Run:     ${path}`,
    `Next:    npx undertone extract ${path}`,
  ].join('\n');
}

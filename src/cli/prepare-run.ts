/** A run that is ready to train: a new one with its folder claimed, or one that goes on. */
import { join } from 'node:path';
import type { Backend } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import {
  type CheckpointFolder,
  checkpointFolder,
  claimRunDirectory,
  completeDataset,
  discardResults,
  type OpenedRun,
  type RunConfig,
  readDataset,
  readText,
  runConfig,
  runFiles,
  runIdentity,
} from '../format/index.ts';
import type { Network } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import { parseOperation, taskName } from '../task/operation.ts';
import { kebabCase } from '../train/command-line.ts';
import { datasetOf, initialNetworkOf } from '../train/prepare.ts';
import { trainingProblem } from '../train/problem.ts';
import { completeSettings, type PartialSettings, type Settings } from '../train/settings.ts';
import type { TrainingCheckpoint } from '../train/trainer.ts';
import { backendFor, type ComputeOptions, freeRunDirectory } from './options.ts';
import { resolveTask } from './task-option.ts';
import { notice } from './terminal.ts';
import { backendThatTrains } from './training-run.ts';

export interface PreparedRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly initial: Network;
  readonly backend: Backend;
  readonly checkpoints: CheckpointFolder;
  readonly resumeFrom: TrainingCheckpoint | null;
  /** Gives the folder back if the training failed before it wrote anything. */
  readonly release: () => void;
}

/** Options of `train` that are no settings. */
export interface RunOptions extends ComputeOptions {
  readonly measureEvery?: number;
  readonly track?: 'evidence';
  readonly out?: string;
}

/** Claims a folder for a new run. Nothing is written where settings, data or backend are refused. */
export function newRun(given: PartialSettings, options: RunOptions): PreparedRun {
  const settings = settingsFrom(given);
  const dataset = datasetFor(settings);
  const initial = initialNetworkOf(settings);
  const problem = trainingProblem(settings, dataset, initial);
  const backend = backendThatTrains(backendFor(options), problem);
  const config = runConfig(settings, backend, options);
  const path = options.out ?? freeRunDirectory(runName(settings));
  const release = claimRunDirectory(path, config, dataset);
  if (options.out === undefined) notice(`Run: ${path}`);
  const checkpoints = checkpointsOf(path, settings, dataset);
  return { path, config, dataset, initial, backend, checkpoints, resumeFrom: null, release };
}

/**
 * Readies an unfinished run to go on from its newest whole checkpoint, or from the beginning where there
 * is none; says so on standard error.
 */
export function resumedRun(path: string, opened: OpenedRun, options: RunOptions): PreparedRun {
  const { config } = opened;
  const { settings } = config;
  const dataset = opened.dataset ?? datasetFor(settings);
  const initial = initialNetworkOf(settings);
  const checkpoints = checkpointsOf(path, settings, dataset);
  const resumeFrom = checkpoints.read((message) =>
    notice(`${message} Going back to the checkpoint before it.`),
  );
  // The recorded backend, since another one's bits may differ; one that is named is asked whether they do.
  const recorded = config.backend.name as ComputeOptions['backend'];
  const name = options.backend === 'auto' ? recorded : options.backend;
  const problem = trainingProblem(settings, dataset, initial);
  const backend = backendThatTrains(
    backendFor({ ...options, backend: name }),
    problem,
    resumeFrom?.state,
  );
  discardResults(path);
  notice(
    resumeFrom === null
      ? `There is no checkpoint to use in ${path}: starting over at step 0.`
      : `Going on from step ${resumeFrom.state.step} of ${settings.steps}.`,
  );
  return {
    path,
    config,
    dataset,
    initial,
    backend,
    checkpoints,
    resumeFrom,
    release: () => {},
  };
}

/** Refuses flags that say something else than the run that is to go on. */
export function refuseContradictions(
  path: string,
  { config }: OpenedRun,
  given: PartialSettings,
  { measureEvery, track }: Pick<RunOptions, 'measureEvery' | 'track'>,
): void {
  const recorded: Record<string, unknown> = {
    ...config.settings,
    measureEvery: config.measureEvery,
    track: config.track,
  };
  for (const [name, value] of Object.entries({ ...given, measureEvery, track })) {
    if (value === undefined || value === recorded[name]) continue;
    const has = recorded[name] === undefined ? 'none' : JSON.stringify(recorded[name]);
    throw new InputError(
      `--${kebabCase(name)} is ${JSON.stringify(value)} here and ${has} in the run ${path}; leave it out to go on with that run, or start a new one in another folder.`,
    );
  }
}

function checkpointsOf(path: string, settings: Settings, dataset: Dataset): CheckpointFolder {
  return checkpointFolder(join(path, runFiles.checkpoints), runIdentity(settings, dataset));
}

/** Settings from the command line: with a data set file and no --task, the rule is unknown. */
function settingsFrom(given: PartialSettings): Settings {
  const fromFile = given.dataset !== undefined && given.dataset !== null;
  if (given.task === undefined || given.task === null) {
    return completeSettings(fromFile ? { ...given, task: null } : given);
  }
  const { task, modulus } = resolveTask(given.task);
  if (modulus !== null && given.modulus !== undefined && given.modulus !== modulus) {
    throw new InputError(
      `The table of --task has ${modulus} elements and --modulus is ${given.modulus}; leave --modulus out.`,
    );
  }
  return completeSettings({ ...given, task, ...(modulus === null ? {} : { modulus }) });
}

function datasetFor(settings: Settings): Dataset {
  if (settings.dataset === null) return datasetOf(settings);
  const rows = readDataset(readText(settings.dataset), settings.modulus, settings.dataset);
  const operation = settings.task === null ? null : parseOperation(settings.task, settings.modulus);
  return completeDataset(rows, operation === null ? null : operation.apply, settings.dataset);
}

/** "add-p113-m513-a80-s0": what tells runs apart at a glance. */
function runName({ task, modulus, width, noiseRatio, seed }: Settings): string {
  const rule = taskName(task ?? 'data')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${rule}-p${modulus}-m${width}-a${Math.round(100 * noiseRatio)}-s${seed}`;
}

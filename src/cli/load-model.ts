/** MODEL on the command line: a run directory, or a file with what the flags say about it. */
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { InputError } from '../errors.ts';
import {
  completeDataset,
  type Run,
  readBytes,
  readDataset,
  readModel,
  readRun,
  readText,
  type TrainedControl,
} from '../format/index.ts';
import { type Activation, activations, type Network } from '../model/index.ts';
import { type Dataset, type Roles, rolesOf } from '../task/index.ts';
import type { MetricsRow, Settings } from '../train/index.ts';
import { operationOf } from './task-option.ts';

/** What the flags say of a file. */
export interface ModelFlags {
  /** Path of a data set in CSV. */
  readonly dataset?: string | undefined;
  /** A task as `parseOperation` reads it: gives true labels, the test set of unlisted pairs, and the basis. */
  readonly task?: string | undefined;
  readonly activation?: string | undefined;
}

export interface LoadedModel {
  /** Last part of the path. */
  readonly name: string;
  readonly network: Network;
  readonly activation: Activation | null;
  readonly dataset: Dataset | null;
  readonly roles: Roles | null;
  /** As `parseOperation` reads it: of the run, or given for a file; null where none is known. */
  readonly task: string | null;
  /** The three that only a run directory knows. */
  readonly settings: Settings | null;
  readonly metrics: readonly MetricsRow[] | null;
  readonly randomFeatures: TrainedControl | null;
  /** Sentences for standard error: how a file was read, a flag that overrides it or does nothing. */
  readonly notices: readonly string[];
}

/**
 * Loads MODEL. A run directory knows its data set, task and activation; for a file, the flags say what
 * it does not. Where `--activation` differs from what the model says, the flag counts, and a notice
 * says so.
 *
 * @throws InputError for what can't be read, and for --dataset or --task with a run directory.
 */
export function loadModel(path: string, flags: ModelFlags = {}): LoadedModel {
  if (!existsSync(path)) {
    throw new InputError(
      `There is no model ${path}: expected a run directory or a file (safetensors, npz, pt).`,
    );
  }
  const flagged = parseActivation(flags.activation);
  return statSync(path).isDirectory()
    ? loadRun(path, flags, flagged)
    : loadFile(path, flags, flagged);
}

function loadRun(path: string, flags: ModelFlags, flagged: Activation | null): LoadedModel {
  refuseForRun(path, flags);
  return modelOfRun(basename(resolve(path)), readRun(path), flagged);
}

/** @throws InputError for flags that say what a run knows itself. */
export function refuseForRun(path: string, flags: ModelFlags): void {
  for (const flag of ['dataset', 'task'] as const) {
    if (flags[flag] !== undefined) {
      throw new InputError(
        `--${flag} is for model files: ${path} is a run, which has its own data set; leave the flag out.`,
      );
    }
  }
}

/** A run as a model, wherever it was kept. */
export function modelOfRun(name: string, run: Run, flagged: Activation | null): LoadedModel {
  const { settings } = run.config;
  return {
    name,
    network: run.network,
    ...chooseActivation(settings.activation, flagged),
    dataset: run.dataset,
    roles: rolesOf(run.dataset),
    task: settings.task,
    settings,
    metrics: run.metrics,
    randomFeatures: run.randomFeatures,
  };
}

function loadFile(path: string, flags: ModelFlags, flagged: Activation | null): LoadedModel {
  const model = readModel(readBytes(path), path);
  const { activation, notices } = chooseActivation(model.activation, flagged);
  notices.unshift(...model.notices);
  const operation = operationOf(flags.task, model.network.modulus);
  if (operation !== null && flags.dataset === undefined) {
    notices.push(
      '--task without --dataset only says which basis is tried first: it is unknown which pairs were trained on.',
    );
  }
  const dataset =
    flags.dataset === undefined
      ? null
      : completeDataset(
          readDataset(readText(flags.dataset), model.network.modulus, flags.dataset),
          operation?.apply ?? null,
          flags.dataset,
        );
  return {
    name: basename(path),
    network: model.network,
    activation,
    dataset,
    roles: dataset === null ? null : rolesOf(dataset),
    task: operation?.text ?? null,
    settings: null,
    metrics: null,
    randomFeatures: null,
    notices,
  };
}

export function parseActivation(text: string | undefined): Activation | null {
  if (text === undefined) return null;
  const activation = activations.find((known) => known === text);
  if (activation !== undefined) return activation;
  throw new InputError(
    `Unknown --activation ${JSON.stringify(text)}: expected one of ${activations.join(', ')}.`,
  );
}

function chooseActivation(known: Activation | null, flagged: Activation | null) {
  const notices: string[] = [];
  if (known !== null && flagged !== null && known !== flagged) {
    notices.push(
      `--activation ${flagged} overrides ${known}, which the model says it was made with.`,
    );
  }
  return { activation: flagged ?? known, notices };
}

/**
 * A run directory: everything that a training leaves behind. `config.json` is written first and claims
 * the folder; the rest follows when there is something to write, each file whole or not at all.
 */
import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import type { Dataset } from '../task/dataset.ts';
import type { MetricsRow } from '../train/metrics-row.ts';
import { type Settings, settingsSchema } from '../train/settings.ts';
import { isTemporaryName, writeFailure, writeFileAtomic } from './atomic.ts';
import { readDataset, writeDataset } from './csv.ts';
import { duplicateKey } from './duplicate-key.ts';
import { makeFolders } from './make-folders.ts';
import { readMetrics, writeMetrics } from './metrics.ts';
import { readModel, writeModel } from './model-file.ts';
import { readBytes, readText } from './read-file.ts';

/** Names within a run directory; from `randomFeatures` on they are optional. */
export const runFiles = {
  config: 'config.json',
  metrics: 'metrics.csv',
  model: 'model.safetensors',
  dataset: 'dataset.csv',
  randomFeatures: 'controls/random-features.safetensors',
  analysis: 'analysis.json',
  report: 'report.html',
  checkpoints: 'checkpoint',
} as const;

const configSchema = z.strictObject({
  settings: settingsSchema,
  /** Name of a program → its version: `undertone`, `node`. */
  versions: z.record(z.string(), z.string()),
  backend: z.strictObject({
    name: z.string(),
    instructionSet: z.string(),
    threads: z.int().min(1),
  }),
  /** Metrics every so many steps; absent: log-spaced. Not a setting, since no weight depends on it. */
  measureEvery: z.int().min(1).optional(),
  /** What is measured beyond loss and accuracies; absent: nothing. Not a setting either. */
  track: z.literal('evidence').optional(),
});

/** What config.json holds: every setting with its value, and what the run was made with. */
export type RunConfig = z.output<typeof configSchema>;

/** A network trained beside the run's own on the same rows, and where its settings differed. */
export interface TrainedControl {
  readonly network: Network;
  readonly learningRate: number;
  readonly steps: number;
}

/** What a training leaves behind. `randomFeatures`: the control whose U and V were never trained. */
export interface RunResults {
  readonly network: Network;
  readonly metrics: readonly MetricsRow[];
  readonly dataset: Dataset;
  readonly randomFeatures: TrainedControl | null;
}

export interface Run extends RunResults {
  readonly config: RunConfig;
}

/**
 * Makes a folder one's own to write into: creates it and its parents; an existing empty folder is taken.
 *
 * @returns the topmost folder that was created, or null where all were there.
 * @throws InputError if there is anything at the path already; nothing is touched then.
 * @throws WorkError if the folder can't be made.
 */
export function claimFolder(path: string): string | null {
  if (existsSync(path)) refuseOccupied(path);
  return makeFolders(path);
}

/**
 * `claimFolder`, and config.json in it: the folder is this run's from now on. With `dataset` its rows are
 * written too, so that the run can go on after an interruption whatever becomes of the file they came from.
 *
 * @returns a function that gives the folder back: removes it where nothing but these two files is in it.
 * @throws InputError if there is anything at the path already; nothing is touched then.
 * @throws WorkError if the folder can't be made or written to; what was made is removed again.
 */
export function claimRunDirectory(
  path: string,
  config: RunConfig,
  dataset: Dataset | null = null,
): () => void {
  const firstMade = claimFolder(path);
  const own: string[] = [runFiles.config, runFiles.dataset];
  const release = () => {
    if (!existsSync(path) || readdirSync(path).some((name) => !own.includes(name))) return;
    for (const name of own) rmSync(join(path, name), { force: true });
    removeMadeFolders(path, firstMade);
  };
  try {
    writeFileAtomic(join(path, runFiles.config), `${JSON.stringify(config, null, 2)}\n`);
    if (dataset !== null) writeFileAtomic(join(path, runFiles.dataset), writeDataset(dataset));
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** What a run directory holds of a run that may not be done yet. */
export interface OpenedRun {
  readonly config: RunConfig;
  /** Null where the run was killed before it could write its rows. */
  readonly dataset: Dataset | null;
  /** The whole run, where all its steps were taken; else null. */
  readonly finished: Run | null;
}

/**
 * Opens a run directory to go on with it.
 *
 * @throws InputError if there is no run, or one of its files is damaged.
 */
export function openRun(path: string): OpenedRun {
  if (!existsSync(join(path, runFiles.config))) {
    throw new InputError(
      `There is no run to go on with in ${path} (no ${runFiles.config}); check the path, or leave out --resume to start one.`,
    );
  }
  const config = readConfig(join(path, runFiles.config));
  const at = (name: 'dataset' | 'metrics' | 'model') => join(path, runFiles[name]);
  const { modulus, steps } = config.settings;
  const dataset = existsSync(at('dataset'))
    ? readDataset(readText(at('dataset')), modulus, at('dataset'))
    : null;
  // The model is written after the metrics, and `discardResults` removes that of a run that was stopped.
  const isFinished =
    existsSync(at('model')) &&
    existsSync(at('metrics')) &&
    readMetrics(readText(at('metrics')), at('metrics')).at(-1)?.step === steps;
  return { config, dataset, finished: isFinished ? readRun(path) : null };
}

/** Removes what a stopped training had written at its end, and what a killed write left behind. */
export function discardResults(path: string): void {
  for (const name of readdirSync(path)) {
    if (name === runFiles.model || isTemporaryName(name)) rmSync(join(path, name), { force: true });
  }
}

/**
 * Writes a run's results into its folder, the model last: a folder with a model in it is complete. The
 * settings stand in the model's metadata too, as strings.
 *
 * @throws WorkError if the disk refuses; files already written stay, none is half written.
 */
export function writeRun(path: string, config: RunConfig, results: RunResults): void {
  const { settings } = config;
  // A stopped run took fewer steps than its settings ask for; the model file tells how many.
  const taken = results.metrics.at(-1)?.step ?? settings.steps;
  const metadata = settingsAsMetadata({ ...settings, steps: taken });
  writeFileAtomic(join(path, runFiles.dataset), writeDataset(results.dataset));
  writeFileAtomic(join(path, runFiles.metrics), writeMetrics(results.metrics));
  if (results.randomFeatures !== null) {
    const control = join(path, runFiles.randomFeatures);
    try {
      makeFolders(dirname(control));
    } catch (error) {
      throw writeFailure(control, error);
    }
    const { network, learningRate, steps } = results.randomFeatures;
    const own = { ...settingsAsMetadata({ ...settings, learningRate, steps }), frozen: 'U, V' };
    writeFileAtomic(control, writeModel(network, own));
  }
  writeFileAtomic(join(path, runFiles.model), writeModel(results.network, metadata));
}

/**
 * Reads a run directory.
 *
 * @throws InputError if the folder or one of its files is missing, damaged, or about another run.
 */
export function readRun(path: string): Run {
  if (!existsSync(path)) throw new InputError(`There is no run directory ${path}; check the path.`);
  if (!statSync(path).isDirectory()) {
    throw new InputError(`${path} is a file, expected a run directory.`);
  }
  const config = readConfig(file(path, 'config'));
  const read = (name: string) => {
    const { network, metadata } = readModel(readBytes(name), name);
    const { modulus, width } = config.settings;
    if (network.modulus !== modulus || network.width !== width) {
      throw new InputError(
        `${name}: expected the network of ${runFiles.config} (P = ${modulus}, M = ${width}), got P = ${network.modulus}, M = ${network.width}.`,
      );
    }
    return { network, metadata };
  };
  const { network } = read(file(path, 'model'));
  const dataset = file(path, 'dataset');
  const metrics = file(path, 'metrics');
  const control = join(path, runFiles.randomFeatures);
  return {
    config,
    network,
    dataset: readDataset(readText(dataset), network.modulus, dataset),
    metrics: readMetrics(readText(metrics), metrics),
    randomFeatures: existsSync(control) ? trainedControl(read(control), control) : null,
  };
}

function trainedControl(
  { network, metadata }: { network: Network; metadata: Readonly<Record<string, string>> },
  name: string,
): TrainedControl {
  const learningRate = Number(metadata.learningRate);
  const steps = Number(metadata.steps);
  if (!(learningRate > 0) || !Number.isInteger(steps)) {
    throw new InputError(
      `${name}: expected the control's learningRate and steps in its metadata, got ${metadata.learningRate} and ${metadata.steps}.`,
    );
  }
  return { network, learningRate, steps };
}

/** The settings as a model file keeps them; a setting without a value (null) is left out. */
export function settingsAsMetadata(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
}

function refuseOccupied(path: string): void {
  const remedy = 'choose another or remove it';
  if (!statSync(path).isDirectory()) {
    throw new InputError(`${path} is a file, expected a folder that is new or empty; ${remedy}.`);
  }
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    throw writeFailure(path, error);
  }
  if (names.includes(runFiles.config)) {
    throw new InputError(`The folder ${path} already has a run in it; ${remedy}.`);
  }
  if (names.length > 0) {
    throw new InputError(`The folder ${path} is not empty (${names[0]}, …); ${remedy}.`);
  }
}

/**
 * Takes a folder away again that `claimFolder` made, with those it made above it, as far as they are empty.
 * @param firstMade what `claimFolder` returned.
 */
export function removeMadeFolders(path: string, firstMade: string | null): void {
  if (firstMade !== null) removeEmptyFolders(resolve(path), resolve(firstMade));
}

/** Removes folders from `path` up to `last`, as far as they are empty. */
function removeEmptyFolders(path: string, last: string): void {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
    if (folder === last || folder === dirname(folder)) return;
  }
}

/** The path of a file that a run directory must have. */
function file(path: string, name: 'config' | 'model' | 'dataset' | 'metrics'): string {
  const full = join(path, runFiles[name]);
  if (existsSync(full)) return full;
  const expected = [runFiles.config, runFiles.model, runFiles.dataset, runFiles.metrics].join(', ');
  throw new InputError(
    `${path}: expected a run directory with ${expected}, but ${runFiles[name]} is missing (did its training end early?).`,
  );
}

function readConfig(path: string): RunConfig {
  const text = readText(path);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InputError(`${path}: expected JSON, but it can't be parsed; it may be truncated.`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) {
    throw new InputError(`${path}: expected each name once, got ${JSON.stringify(twice)} twice.`);
  }
  const parsed = configSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path: where, message } = parsed.error.issues[0];
  throw new InputError(`${path}: ${where.join('.') || 'the file'} is wrong: ${message}.`);
}

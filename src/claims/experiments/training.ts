/** The experiment most claims rest on: one two-layer network in a run directory, measured on the way. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Backend } from '../../compute/index.ts';
import {
  checkpointFolder,
  claimRunDirectory,
  openRun,
  readRun,
  readText,
  runConfig,
  runFiles,
  runIdentity,
  weightsHash,
  writeFileAtomic,
  writeRun,
} from '../../format/index.ts';
import type { Network } from '../../model/network.ts';
import type { JobContext } from '../../sweep/index.ts';
import { rolesOf } from '../../task/dataset.ts';
import type { MetricsRow } from '../../train/metrics-row.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import type { Settings } from '../../train/settings.ts';
import { train } from '../../train/trainer.ts';
import { measure, measurementKey, type Wanted } from '../measurements/index.ts';
import type { Subject } from '../measurements/subject.ts';

export interface TrainingInput {
  readonly settings: Settings;
  readonly frozen: boolean;
  readonly wanted: readonly Wanted[];
}

export interface TrainingOutput {
  /** SHA-256 of the final weights. */
  readonly weightsHash: string;
  readonly metrics: readonly MetricsRow[];
  /** By `measurementKey`. */
  readonly measurements: Readonly<Record<string, unknown>>;
}

/** Where what is measured on the way survives an interruption. */
const partialName = 'measurements.partial.json';

/**
 * Trains and measures in `folder`, a run directory; goes on where an earlier call was interrupted, and
 * only measures where the training is done and the final weights are all that is asked for. Null where
 * the signal stopped it.
 */
export async function runTraining(
  input: TrainingInput,
  folder: string,
  before: TrainingOutput | null,
  context: JobContext,
): Promise<TrainingOutput | null> {
  const { settings, wanted } = input;
  const dataset = datasetOf(settings);
  const initial = initialNetworkOf(settings);
  const { backend } = context;
  const subject = (network: Network): Subject => ({
    network,
    initial,
    settings,
    dataset,
    roles: rolesOf(dataset),
    backend,
  });
  const missing = (have: TrainingOutput['measurements']) =>
    wanted.filter((one) => !Object.hasOwn(have, measurementKey(one)));
  const prepared = { dataset, initial, subject, missing };
  if (before === null) return await trainInFolder(input, folder, {}, context, prepared);
  const open = missing(before.measurements);
  const trained = finalNetwork(folder, before.weightsHash);
  if (trained !== null && open.every(({ step }) => step === settings.steps)) {
    const added = open.map((one) => [measurementKey(one), measure(one.name, subject(trained))]);
    return { ...before, measurements: { ...before.measurements, ...Object.fromEntries(added) } };
  }
  const again = await trainInFolder(input, folder, before.measurements, context, prepared);
  if (again === null || again.weightsHash === before.weightsHash) return again;
  // Another backend ends at other bits, and what was measured before belongs to the old ones.
  return await trainInFolder(input, folder, {}, context, prepared);
}

/** The network that a finished training left in its folder; null where it isn't there or is another. */
function finalNetwork(folder: string, hash: string): Network | null {
  if (!existsSync(join(folder, runFiles.model))) return null;
  const { network } = readRun(folder);
  return weightsHash(network) === hash ? network : null;
}

interface Prepared {
  readonly dataset: Subject['dataset'];
  readonly initial: Network;
  readonly subject: (network: Network) => Subject;
  readonly missing: (have: TrainingOutput['measurements']) => readonly Wanted[];
}

async function trainInFolder(
  { settings, frozen }: TrainingInput,
  folder: string,
  before: TrainingOutput['measurements'],
  { backend, signal, onProgress }: JobContext,
  { dataset, initial, subject, missing }: Prepared,
): Promise<TrainingOutput | null> {
  openFolder(folder, settings, backend);
  const { config } = openRun(folder);
  const checkpointPath = join(folder, runFiles.checkpoints);
  const partialPath = join(folder, partialName);
  const checkpoints = checkpointFolder(checkpointPath, runIdentity(settings, dataset));
  // Damaged checkpoints are passed over; the one before, or the beginning, gives the same bits.
  const resumeFrom = checkpoints.read(() => {});
  const measurements = {
    ...before,
    ...readPartial(partialPath),
  };
  const observe = (step: number, network: Network) => {
    const due = missing(measurements).filter((one) => one.step === step);
    if (due.length === 0) return;
    for (const one of due) measurements[measurementKey(one)] = measure(one.name, subject(network));
    writeFileAtomic(partialPath, JSON.stringify(measurements));
  };
  const outcome = await train({
    settings,
    dataset,
    initial,
    backend,
    signal,
    freezeFirstLayer: frozen,
    resumeFrom,
    checkpoints: {
      every: null,
      write: (checkpoint) => {
        checkpoints.write(checkpoint);
        return true;
      },
    },
    observations: { steps: missing(measurements).map(({ step }) => step), observe },
    onProgress: ({ step, steps }) => onProgress(step / Math.max(1, steps)),
  });
  if (outcome.stopped) return null;
  const { network, metrics } = outcome;
  writeRun(folder, config, { network, metrics, dataset, randomFeatures: null });
  checkpoints.remove();
  rmSync(partialPath, { force: true });
  return { weightsHash: weightsHash(network), metrics, measurements };
}

/** Makes the folder a run directory of these settings, unless it is one already. */
function openFolder(folder: string, settings: Settings, backend: Backend): void {
  if (existsSync(join(folder, runFiles.config))) return;
  // A folder without a configuration is one that a crash left before it could be written.
  rmSync(folder, { recursive: true, force: true });
  claimRunDirectory(folder, runConfig(settings, backend));
}

/** What an interrupted training had measured; nothing where that file is damaged, for it is measured anew. */
function readPartial(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readText(path)));
  } catch {
    return {};
  }
}

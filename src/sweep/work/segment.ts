/**
 * One segment of a run, on a worker thread: from nothing, or from a checkpoint, to the end or as long as it
 * is given. So a run of any length is never far from its last checkpoint, whoever works on it, and where a
 * segment ends moves no bit.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { InputError } from '../../errors.ts';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  readDataset,
  readModel,
  runIdentity,
  settingsAsMetadata,
  weightsHash,
  writeModel,
} from '../../format/index.ts';
import type { Network } from '../../model/network.ts';
import type { Claim, Made, RunResult } from '../../store/index.ts';
import { datasetOf, initialNetworkOf } from '../../train/prepare.ts';
import type { Settings } from '../../train/settings.ts';
import { type TrainingCheckpoint, train } from '../../train/trainer.ts';
import { version } from '../../version.ts';
import type { Job, JobContext } from '../job.ts';
import { extractFrom } from './extract-run.ts';

export interface SegmentOrder {
  readonly settings: Settings;
  /** The run's rows as CSV where `settings.dataset` names a file. */
  readonly dataset: string | null;
  readonly measureEvery: number | null;
  readonly extract: readonly string[];
  readonly keep: 'weights' | 'metrics';
  readonly checkpoint: Uint8Array | null;
  /** Final weights that are there already: only more is taken out of them. */
  readonly model: Uint8Array | null;
  /** After so long it stops at a checkpoint. */
  readonly seconds: number;
}

export type SegmentResult =
  | { readonly kind: 'done'; readonly result: RunResult }
  | {
      readonly kind: 'unfinished';
      readonly step: number;
      /** Null where not a step was taken. */
      readonly checkpoint: Uint8Array | null;
      readonly seconds: number;
    };

export function segmentOf(claim: Claim, seconds: number): SegmentOrder {
  const { settings, measureEvery, extract, keep } = claim.run;
  const { dataset, checkpoint, model } = claim;
  return { settings, dataset, measureEvery, extract, keep, checkpoint, model, seconds };
}

export const segmentJob: Job<SegmentOrder, SegmentResult> = {
  module: import.meta.url,
  name: 'segmentJob',
  run: runSegment,
};

async function runSegment(order: SegmentOrder, context: JobContext): Promise<SegmentResult> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const { settings, extract, keep } = order;
  const dataset =
    order.dataset === null
      ? datasetOf(settings)
      : readDataset(order.dataset, settings.modulus, settings.dataset ?? 'dataset');
  const made = madeWith(context);
  const extracted = (network: Network) =>
    extractFrom(network, settings, dataset, extract, context.backend);
  if (order.model !== null) {
    const { network } = readModel(order.model, 'the weights in the store');
    const result = { hash: weightsHash(network), extracted: extracted(network), made };
    return { kind: 'done', result: { ...result, series: null, model: null, seconds: seconds() } };
  }
  const identity = runIdentity(settings, dataset);
  let checkpoint: TrainingCheckpoint | null = null;
  const outcome = await train({
    settings,
    dataset,
    initial: initialNetworkOf(settings),
    backend: context.backend,
    measureEvery: order.measureEvery,
    resumeFrom: resumed(order.checkpoint, identity),
    signal: AbortSignal.any([
      context.signal,
      AbortSignal.timeout(Math.min(2 ** 31 - 1, 1000 * order.seconds)),
    ]),
    checkpoints: {
      every: settings.steps + 1,
      write: (stop) => {
        checkpoint = stop;
        return true;
      },
    },
    onProgress: ({ step, steps }) => context.onProgress(step / Math.max(1, steps)),
  });
  const { network, metrics, step, stopped } = outcome;
  if (stopped) {
    // At the step it began with no new checkpoint is made: the old one stands.
    const bytes = checkpoint === null ? order.checkpoint : encodeCheckpoint(checkpoint, identity);
    return { kind: 'unfinished', step, checkpoint: bytes, seconds: seconds() };
  }
  const result: RunResult = {
    hash: weightsHash(network),
    series: metrics,
    model: keep === 'weights' ? writeModel(network, settingsAsMetadata(settings)) : null,
    extracted: extracted(network),
    made,
    seconds: 0,
  };
  return { kind: 'done', result: { ...result, seconds: seconds() } };
}

/** Null for a checkpoint that is damaged or of another run: from the beginning it ends at the same bits. */
function resumed(bytes: Uint8Array | null, identity: string): TrainingCheckpoint | null {
  if (bytes === null) return null;
  try {
    const { run, checkpoint } = decodeCheckpoint(bytes, 'the checkpoint in the store');
    return run === identity ? checkpoint : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function madeWith({ backend }: JobContext): Made {
  return {
    undertone: version,
    node: process.versions.node,
    machine: cpus()[0]?.model.trim() ?? 'unknown',
    backend: backend.name,
    instructionSet: backend.instructionSet,
  };
}

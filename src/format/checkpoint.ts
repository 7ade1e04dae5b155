/**
 * Checkpoints of a training: one safetensors file each, `step-N.safetensors` in the run's folder
 * `checkpoint/`, written whole or not at all; the newest two are kept. A checksum over everything in the
 * file finds damage; then the one before is used.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { Settings } from '../train/settings.ts';
import type { TrainingCheckpoint } from '../train/trainer.ts';
import { writeFailure, writeFileAtomic } from './atomic.ts';
import { writeDataset } from './csv.ts';
import { makeFolders } from './make-folders.ts';
import { readMetrics, writeMetrics } from './metrics.ts';
import { readBytes } from './read-file.ts';
import { readSafetensors, toFloat32, toFloat64, writeSafetensors } from './safetensors.ts';

const formatName = 'undertone-checkpoint-1';

type Tensors = TrainingCheckpoint['state']['tensors'];

/** The checkpoints of one run. */
export interface CheckpointFolder {
  /**
   * The newest checkpoint that is whole, or null.
   * @throws InputError for a whole checkpoint of other settings or data.
   */
  read(onDamaged: (message: string) => void): TrainingCheckpoint | null;
  /** Writes one and removes all but it and the one before. @throws WorkError if the disk refuses. */
  write(checkpoint: TrainingCheckpoint): void;
  /** Removes the folder with all in it. */
  remove(): void;
}

/**
 * The checkpoint folder at `path`; it is made by the first write.
 *
 * @param run what the checkpoints must belong to, from `runIdentity`.
 */
export function checkpointFolder(path: string, run: string): CheckpointFolder {
  let previous: string | null = null;
  return {
    read(onDamaged) {
      for (const name of checkpointNames(path)) {
        const file = join(path, name);
        let content: { run: string; checkpoint: TrainingCheckpoint };
        try {
          content = decodeCheckpoint(readBytes(file), file);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          onDamaged(error.message);
          continue;
        }
        if (content.run !== run) {
          throw new InputError(
            `${file} is a checkpoint of other settings or other data than the run's config.json and dataset.csv say; restore them, or remove the folder ${path} to start over.`,
          );
        }
        previous = name;
        return content.checkpoint;
      }
      return null;
    },
    write(checkpoint) {
      const name = `step-${checkpoint.state.step}.safetensors`;
      try {
        makeFolders(path);
      } catch (error) {
        throw writeFailure(path, error);
      }
      writeFileAtomic(join(path, name), encodeCheckpoint(checkpoint, run));
      // What else is there is older, damaged, or left by a write that was killed.
      for (const other of readdirSync(path)) {
        if (other !== name && other !== previous) rmSync(join(path, other), { force: true });
      }
      previous = name;
    },
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** SHA-256, in hex, over the settings and the data set: what a checkpoint belongs to. */
export function runIdentity(
  settings: Settings,
  dataset: Parameters<typeof writeDataset>[0],
): string {
  const sorted = Object.entries(settings).sort(([x], [y]) => (x < y ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(sorted))
    .update(writeDataset(dataset))
    .digest('hex');
}

/** The bytes of a checkpoint file. */
export function encodeCheckpoint(checkpoint: TrainingCheckpoint, run: string): Uint8Array {
  const { state, metrics } = checkpoint;
  const metadata = {
    format: formatName,
    run,
    step: String(state.step),
    // JSON writes the shortest digits that read back to the same double.
    scalars: JSON.stringify(state.scalars),
    metrics: writeMetrics(metrics),
  };
  const tensors = Object.entries(state.tensors).map(
    ([name, data]) => [name, { shape: [data.length], data }] as const,
  );
  return writeSafetensors(new Map(tensors), {
    ...metadata,
    checksum: checksum(metadata, state.tensors),
  });
}

const metadataSchema = z.strictObject({
  format: z.literal(formatName),
  run: z.string(),
  step: z.coerce.number().pipe(z.int().min(0)),
  scalars: z.string().transform(parseJson).pipe(z.record(z.string(), z.number())),
  metrics: z.string(),
  checksum: z.string(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Reads a checkpoint file.
 * @throws InputError if it is damaged in any way.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  filename: string,
): { run: string; checkpoint: TrainingCheckpoint } {
  const { tensors: stored, metadata } = readSafetensors(bytes, filename);
  const tensors: Tensors = Object.fromEntries(
    [...stored].map(([name, tensor]) => [
      name,
      (tensor.dtype === 'F64' ? toFloat64 : toFloat32)(tensor, name, filename),
    ]),
  );
  const { checksum: expected, ...rest } = metadata;
  if (expected !== checksum(rest, tensors)) {
    throw new InputError(`${filename} is damaged: its checksum is not that of its content.`);
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new InputError(`${filename}: ${path.join('.')} is wrong: ${message}.`);
  }
  const { run, step, scalars, metrics } = parsed.data;
  return {
    run,
    checkpoint: {
      state: { step, tensors, scalars },
      metrics: readMetrics(metrics, filename),
    },
  };
}

/** SHA-256 over metadata and tensors, names and types included, in the order of their names. */
function checksum(metadata: Readonly<Record<string, string>>, tensors: Tensors): string {
  const hash = createHash('sha256');
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.entries(record).sort(([x], [y]) => (x < y ? -1 : 1));
  hash.update(JSON.stringify(sorted(metadata)));
  for (const [name, data] of sorted(tensors)) {
    hash.update(JSON.stringify([name, data.constructor.name, data.length]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** The checkpoint files of a folder, newest first. */
function checkpointNames(path: string): string[] {
  if (!existsSync(path)) return [];
  const stepOf = (name: string) => Number(/^step-(\d{1,15})\.safetensors$/.exec(name)?.[1] ?? -1);
  return readdirSync(path)
    .filter((name) => stepOf(name) >= 0)
    .sort((x, y) => stepOf(y) - stepOf(x));
}

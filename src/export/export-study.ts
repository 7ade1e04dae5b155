/**
 * A study as files that every program reads: tables of runs and of measurements, and the weights. It is written in
 * parts, so that a store of any size fits, into a folder that appears whole or not at all.
 */
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { claimFolder, removeMadeFolders, writeFailure, writeFileAtomic } from '../format/index.ts';
import { DamageError, type Store } from '../store/index.ts';
import type { Column, TableFile } from './column.ts';
import { openCsvTable } from './csv-table.ts';
import type { ExportFormat } from './formats.ts';
import { openParquetTable } from './parquet-table.ts';
import {
  type ExportedRun,
  type ExportedWeights,
  pointColumns,
  runColumns,
  weightsColumns,
} from './run-columns.ts';

/** Runs whose measurements are held at once. */
const runsAtOnce = 16;

export interface ExportOptions {
  readonly formats: readonly ExportFormat[];
  readonly signal: AbortSignal;
  /** Gets the share that is done, 0…1. */
  readonly onProgress?: (share: number) => void;
}

export interface ExportResult {
  /** Paths within the folder; of weights the index alone. */
  readonly files: readonly string[];
  readonly runs: number;
  /** Measurements; 0 where no table was asked for. */
  readonly points: number;
  /** Files of weights. */
  readonly weights: number;
  /** What couldn't be read, and so isn't there. */
  readonly damaged: readonly string[];
}

/**
 * Writes runs into a folder that is new or empty.
 *
 * @throws InputError for a folder with something in it; WorkError where the disk refuses; the signal's reason where it
 *   was set. In each case nothing is left behind.
 */
export async function exportStudy(
  store: Store,
  runs: readonly ExportedRun[],
  folder: string,
  options: ExportOptions,
): Promise<ExportResult> {
  const path = resolve(folder);
  const firstMade = claimFolder(path);
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  try {
    mkdirSafely(partial);
    const result = await writeStudy(store, runs, partial, options);
    try {
      // The folder is empty; what is whole takes its place.
      rmdirSync(path);
      renameSync(partial, path);
    } catch (error) {
      throw writeFailure(folder, error);
    }
    return result;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (existsSync(path)) removeMadeFolders(path, firstMade);
    throw error;
  }
}

function mkdirSafely(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    throw writeFailure(path, error);
  }
}

async function writeStudy(
  store: Store,
  runs: readonly ExportedRun[],
  folder: string,
  { formats, signal, onProgress }: ExportOptions,
): Promise<ExportResult> {
  const files: string[] = [];
  const damaged: string[] = [];
  const openTables = <Row>(name: string, columns: readonly Column<Row>[]): TableFile<Row> => {
    const tables = formats.flatMap((format) => {
      if (format === 'safetensors') return [];
      files.push(`${name}.${format}`);
      const path = join(folder, `${name}.${format}`);
      return [format === 'csv' ? openCsvTable(path, columns) : openParquetTable(path, columns)];
    });
    return {
      write(rows) {
        for (const table of tables) table.write(rows);
      },
      close() {
        for (const table of tables) table.close();
      },
    };
  };
  const hasTables = formats.some((format) => format !== 'safetensors');
  const hasWeights = formats.includes('safetensors');
  const parts = Number(hasTables) + Number(hasWeights);
  let done = 0;
  const advance = async (count: number) => {
    done += count;
    onProgress?.(done / Math.max(1, parts * runs.length));
    // A store in a file answers at once, and nothing waits in between: without this no signal would be heard.
    await setImmediate();
    signal.throwIfAborted();
  };

  let points = 0;
  if (hasTables) {
    const table = openTables('runs', runColumns(runs));
    table.write(runs);
    table.close();
    const measurements = openTables('metrics', pointColumns);
    for (let start = 0; start < runs.length; start += runsAtOnce) {
      const part = runs.slice(start, start + runsAtOnce);
      const series = await store.series(part.map(({ run }) => run.id));
      for (const { run } of part) {
        const rows = series.get(run.id) ?? [];
        measurements.write(rows.map((row) => ({ run: run.name, row })));
        points += rows.length;
      }
      await advance(part.length);
    }
    measurements.close();
  }

  let weights = 0;
  if (hasWeights) {
    mkdirSafely(join(folder, 'weights'));
    const written: ExportedWeights[] = [];
    for (const one of runs) {
      const file = `weights/${one.run.name}.safetensors`;
      const bytes = await weightsOf(store, one, damaged);
      if (bytes !== null) {
        writeFileAtomic(join(folder, file), bytes);
        written.push({ run: one, file, bytes: bytes.length });
      }
      await advance(1);
    }
    const index = openCsvTable(join(folder, 'index.csv'), weightsColumns);
    index.write(written);
    index.close();
    files.push('index.csv');
    weights = written.length;
  }
  return { files, runs: runs.length, points, weights, damaged };
}

/** Null where they weren't kept or are damaged; the latter is named. */
async function weightsOf(
  store: Store,
  { run }: ExportedRun,
  damaged: string[],
): Promise<Uint8Array | null> {
  if (run.status !== 'done') return null;
  try {
    return await store.artifact(run.id, 'model');
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    damaged.push(error.message);
    return null;
  }
}

import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../errors.ts';
import { type ExportFormat, exportFormats } from '../export/formats.ts';
import type { ExportedRun, ExportResult } from '../export/index.ts';
import { quote } from '../format/index.ts';
import type { Store } from '../store/index.ts';
import { interruptible } from './interrupt.ts';
import { showShareProgress } from './progress.ts';
import { filterOf, listed, nothingPasses } from './runs/choose.ts';
import { addStoreOption, type StoreOption, withStore } from './store-option.ts';
import { notice } from './terminal.ts';

interface ExportCommandOptions extends StoreOption {
  readonly out: string;
  readonly format: readonly ExportFormat[];
  readonly sweep?: string;
  readonly archived?: boolean;
  readonly json?: boolean;
}

export function exportCommand(): Command {
  const command = new Command('export')
    .description('Runs as tables of settings, metrics and weights: CSV, Parquet, safetensors.')
    .argument('[filter...]', 'as undertone runs takes them; default: all runs')
    .requiredOption('--out <dir>', 'a folder that is new or empty')
    .option(
      '--format <format>',
      'csv, parquet, safetensors, several with commas between, or all',
      formatsIn,
      ['csv'] as readonly ExportFormat[],
    )
    .option('--sweep <name>', 'those of one sweep, in the order of its file')
    .option('--archived', 'also those that were put away')
    .option('--json', 'print the result as one JSON document');
  return addStoreOption(command)
    .addHelpText(
      'after',
      `
csv and parquet write runs (a row a run) and metrics (a row a run and step); safetensors writes
weights/NAME.safetensors and index.csv. docs/export.md shows how Python reads them.

Example:
  $ undertone export --sweep double-descent --format all --out export/double-descent`,
    )
    .action(runExport);
}

function formatsIn(text: string): readonly ExportFormat[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('all')) return exportFormats;
  const wrong = names.find((name) => !(exportFormats as readonly string[]).includes(name));
  if (wrong !== undefined) {
    throw new InputError(
      `--format: expected ${exportFormats.join(', ')} or all, got ${quote(wrong)}.`,
    );
  }
  return exportFormats.filter((format) => names.includes(format));
}

async function runExport(words: string[], options: ExportCommandOptions): Promise<void> {
  // Loaded here because it brings the writer of Parquet, which other commands don't need.
  const { exportStudy } = await import('../export/index.ts');
  await withStore(options, 'read', async (store) => {
    const runs = await runsToExport(store, words, options);
    const result = await interruptible(async (signal) => {
      const progress = showShareProgress('export');
      try {
        return await exportStudy(store, runs, options.out, {
          formats: options.format,
          signal,
          onProgress: (share) => progress.update(share),
        });
      } catch (error) {
        if (signal.aborted && error === signal.reason) return null;
        throw error;
      } finally {
        progress.stop();
      }
    }, 'nothing will be written');
    if (result === null) {
      notice('Stopped; nothing was written.');
      process.exitCode = 1;
      return;
    }
    for (const problem of result.damaged) notice(problem);
    if (result.damaged.length > 0) process.exitCode = 1;
    const text = options.json
      ? JSON.stringify({ out: options.out, ...result })
      : exportText(options.out, options.format, result);
    process.stdout.write(`${text}\n`);
  });
}

/** Runs of a sweep in the order of its file, else oldest first. */
async function runsToExport(
  store: Store,
  words: readonly string[],
  { sweep, archived = false }: ExportCommandOptions,
): Promise<readonly ExportedRun[]> {
  const query = { filter: filterOf(words, sweep), archived };
  const passing = await listed(store, { ...query, sort: 'created' });
  if (passing.length === 0) throw new InputError(await nothingPasses(store, query, sweep));
  if (sweep === undefined) return passing.map((run) => ({ run, axes: null }));
  const { id } = await store.findSweep(sweep);
  const wanted = new Set(passing.map((run) => run.id));
  const { runs } = await store.sweepRuns(id);
  return runs.filter(({ run }) => wanted.has(run.id));
}

function exportText(
  out: string,
  formats: readonly ExportFormat[],
  { files, runs, points, weights }: ExportResult,
): string {
  const count = (n: number, one: string) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
  const parts = [
    count(runs, 'run'),
    ...(formats.some((format) => format !== 'safetensors') ? [count(points, 'measurement')] : []),
    ...(formats.includes('safetensors') ? [`weights of ${count(weights, 'run')}`] : []),
  ];
  return `${out}: ${parts.join(', ')} in ${files.join(', ')}`;
}

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { extract } from '../analysis/index.ts';
import { InputError } from '../errors.ts';
import { readRun, runFiles, writeFileAtomic } from '../format/index.ts';
import type { Study } from '../report/index.ts';
import { rolesOf } from '../task/dataset.ts';
import { basesFor } from './model-options.ts';
import {
  addComputeOptions,
  backendFor,
  type ComputeOptions,
  significanceLevel,
} from './options.ts';
import { addStoreOption, hasStore, type StoreOption } from './store-option.ts';
import { studyInputs } from './study-inputs.ts';
import { reportSweep, type SweepReportOptions } from './sweep-report.ts';
import { notice } from './terminal.ts';

interface ReportOptions extends ComputeOptions, StoreOption, SweepReportOptions {
  readonly level: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function reportCommand(): Command {
  const command = new Command('report')
    .description('One self-contained HTML page with figures and the numbers behind them.')
    .argument('<run...>', 'run directories, or the name of one sweep in the store')
    .option(
      '--out <file.html>',
      'default: report.html in the run, or here for several runs; SWEEP.html for a sweep',
    )
    .option('--x <setting>', 'of a sweep: the setting on the x axis (default: width)')
    .option(
      '--metric <names>',
      'of a sweep: what maps and lines show, such as test,triad-filtration.test',
    )
    .option('--filter <filter>', 'of a sweep: only runs that pass, such as optimizer=adamw')
    .option('--level <p>', 'significance level of the scan', significanceLevel, 0.01)
    .option('--json', 'print what the figures show as one JSON document; write no page');
  return addStoreOption(addComputeOptions(command))
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone report runs/demo --out demo.html\n  $ undertone report double-descent --x width --out sweep.html',
    )
    .action(runReport);
}

async function runReport(paths: string[], options: ReportOptions): Promise<void> {
  if (isSweep(paths, options)) return await reportSweep(paths[0], options);
  if (options.x ?? options.metric ?? options.filter) {
    throw new InputError(
      `--x, --metric and --filter are for a sweep, but ${paths[0]} is taken for a run directory.`,
    );
  }
  const { collectStudy, renderReport } = await import('../report/index.ts');
  // All runs are read before anything else is said or done, so that a bad one is the only thing said.
  const runs = paths.map((path) => ({ path, run: readRun(path) }));
  const backend = backendFor(options);
  const studies = runs.map(({ path, run }): Study => {
    notice(`Asking ${path} what it knows`);
    const { activation } = run.config.settings;
    const bases = basesFor('auto', run.network.modulus, run.config.settings.task);
    const extraction = extract(run.network, activation, rolesOf(run.dataset), backend, {
      level: options.level,
      bases,
    });
    return collectStudy(studyInputs(basename(resolve(path)), run, extraction), backend);
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(studies, plainArrays)}\n`);
    return;
  }
  const out =
    options.out ?? (paths.length === 1 ? join(paths[0], runFiles.report) : runFiles.report);
  writeFileAtomic(out, renderReport(studies));
  process.stdout.write(`Report: ${out}\n`);
}

/** A folder of that name comes first; without a store a name can only be that of a folder. */
function isSweep(paths: readonly string[], options: StoreOption): boolean {
  return paths.length === 1 && !existsSync(paths[0]) && hasStore(options);
}

/** Typed arrays as plain JSON arrays. */
function plainArrays(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}

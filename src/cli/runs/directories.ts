/** Runs between the store and run directories. */
import { join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../../errors.ts';
import {
  claimRunDirectory,
  type Run,
  readRun,
  settingsAsMetadata,
  weightsHash,
  writeDataset,
  writeModel,
  writeRun,
} from '../../format/index.ts';
import type { RunRecord, RunResult, Store, WantedRun } from '../../store/index.ts';
import { datasetOf } from '../../train/prepare.ts';
import { type StoreOption, withStore } from '../store-option.ts';
import { storedRun } from '../stored-run.ts';
import { runJson } from './run-json.ts';

export function saveCommand(): Command {
  return new Command('save')
    .description('Write a run as a run directory, which extract, scan and report read.')
    .argument('<run>', 'its name, or the beginning of its key or hash')
    .option('--out <dir>', 'a folder that is new or empty (default: runs/NAME)')
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone runs save calm-otter-417 --out runs/otter && undertone extract runs/otter',
    )
    .action(async (name: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<StoreOption & { out?: string; json?: boolean }>();
      await withStore(options, 'read', async (store) => {
        const run = await store.findRun(name);
        const path = options.out ?? join('runs', run.name);
        await saveRun(store, run, path);
        const text = options.json ? JSON.stringify({ run: run.name, path }) : `Run: ${path}`;
        process.stdout.write(`${text}\n`);
      });
    });
}

async function saveRun(store: Store, record: RunRecord, path: string): Promise<void> {
  const run = await storedRun(store, record);
  const release = claimRunDirectory(path, run.config, run.dataset);
  try {
    writeRun(path, run.config, run);
  } catch (error) {
    release();
    throw error;
  }
}

export function addCommand(): Command {
  return new Command('add')
    .description(
      'Put finished run directories into the store; it is made where it isn’t there yet.',
    )
    .argument('<rundir...>', 'run directories, as train writes them')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  $ undertone runs add runs/first runs/second')
    .action(async (paths: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<StoreOption & { json?: boolean }>();
      // All are read before the first is written: a bad one is the only thing said.
      const read = paths.map((path) => ({ path, ...importable(path, readRun(path)) }));
      await withStore(options, 'write', async (store) => {
        const added: RunRecord[] = [];
        for (const { path, wanted, result } of read) {
          const run = await store.importRun(wanted, result);
          added.push(run);
          if (!options.json) process.stdout.write(`${run.name}  ${path}\n`);
        }
        if (options.json) process.stdout.write(`${JSON.stringify({ runs: added.map(runJson) })}\n`);
      });
    });
}

function importable(path: string, run: Run): { wanted: WantedRun; result: RunResult } {
  const { config, network, metrics, dataset } = run;
  const { settings, versions, backend } = config;
  const taken = metrics.at(-1)?.step ?? 0;
  if (taken < settings.steps) {
    throw new InputError(
      `The run ${path} stopped at step ${taken} of ${settings.steps}; finish it with --resume before it is added.`,
    );
  }
  const rows = writeDataset(dataset);
  if (settings.dataset === null && writeDataset(datasetOf(settings)) !== rows) {
    throw new InputError(
      `The rows in ${path} aren't those that its settings describe; a run is found by its settings, so it can't be added.`,
    );
  }
  return {
    wanted: {
      settings,
      dataset: settings.dataset === null ? null : rows,
      measureEvery: config.measureEvery ?? null,
      extract: [],
      keep: 'weights',
    },
    result: {
      hash: weightsHash(network),
      series: metrics,
      model: writeModel(network, settingsAsMetadata(settings)),
      extracted: {},
      made: {
        undertone: versions.undertone ?? 'unknown',
        node: versions.node ?? 'unknown',
        machine: 'unknown',
        backend: backend.name,
        instructionSet: backend.instructionSet,
      },
      seconds: 0,
    },
  };
}

import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { RunQuery } from '../../store/index.ts';
import { integer } from '../options.ts';
import { addStoreOption, type StoreOption, withStore } from '../store-option.ts';
import { notice } from '../terminal.ts';
import { archiveCommand, noteCommand, tagCommand } from './change.ts';
import { filterOf, nothingPasses } from './choose.ts';
import { compareCommand } from './compare.ts';
import { deleteCommand } from './delete.ts';
import { addCommand, saveCommand } from './directories.ts';
import { listText } from './list-text.ts';
import { runJson } from './run-json.ts';
import { showCommand } from './show.ts';

interface RunsOptions extends StoreOption {
  readonly sweep?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly sort: NonNullable<RunQuery['sort']>;
  readonly reverse?: boolean;
  readonly archived?: boolean;
  readonly json?: boolean;
}

const sorts = ['created', 'finished', 'seconds', 'test', 'name'] as const;

export function runsCommand(): Command {
  const command = new Command('runs')
    .description('The runs that are kept: listed, found, compared, marked, removed.')
    .argument('[filter...]', 'terms such as "width>=513", noiseRatio=0.8 or status=done')
    .enablePositionalOptions()
    .helpCommand(false)
    .option('--sweep <name>', 'those of one sweep')
    .option('--limit <n>', 'show so many', count, 40)
    .option('--all', 'show all')
    .addOption(
      new Option('--sort <field>', 'largest or latest first; names from a to z')
        .choices([...sorts])
        .default('created'),
    )
    .option('--reverse', 'the other way round')
    .option('--archived', 'also those that were put away')
    .option('--json', 'print the result as one JSON document');
  addStoreOption(command)
    .addHelpText(
      'after',
      `
A filter's terms must all hold. A field is any setting, test, validation, cleanTrain, noisyTrain,
noisyTrue, loss, status, name, sweep, tag, hash, seconds or created; operators are = != < <= > >=
and ~ (contains); a,b are alternatives and none stands for no value. Quote < and >, which the shell
takes for itself.

Example:
  $ undertone runs "width>=513 noiseRatio=0.8 status=done" --sort test
  $ undertone runs compare calm-otter-417 brave-heron-12`,
    )
    .action(runRuns);
  for (const subcommand of [
    showCommand(),
    compareCommand(),
    tagCommand(),
    noteCommand(),
    archiveCommand(true),
    archiveCommand(false),
    deleteCommand(),
    saveCommand(),
    addCommand(),
  ]) {
    command.addCommand(addStoreOption(subcommand));
  }
  return command;
}

function count(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('Expected at least 1.');
  return value;
}

async function runRuns(words: string[], options: RunsOptions): Promise<void> {
  const { sweep, limit, all, sort, reverse = false, archived = false } = options;
  const query: RunQuery = { filter: filterOf(words, sweep), archived };
  await withStore(options, 'read', async (store) => {
    const list = await store.listRuns({
      ...query,
      sort,
      descending: (sort !== 'name') !== reverse,
      ...(all ? {} : { limit }),
    });
    for (const problem of list.damaged) notice(problem);
    if (options.json) {
      const { runs, total, damaged } = list;
      process.stdout.write(`${JSON.stringify({ runs: runs.map(runJson), total, damaged })}\n`);
      return;
    }
    if (list.total === 0) {
      const isEmpty = words.length === 0 && sweep === undefined && archived;
      const text = isEmpty
        ? `The store ${store.place} has no runs yet.`
        : await nothingPasses(store, query, sweep);
      process.stdout.write(`${text}\n`);
      return;
    }
    process.stdout.write(`${listText(list, Date.now())}\n`);
  });
}

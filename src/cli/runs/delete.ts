import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { InputError, WorkError } from '../../errors.ts';
import type { Store } from '../../store/index.ts';
import { type StoreOption, withStore } from '../store-option.ts';
import { notice } from '../terminal.ts';
import { onRuns } from './change.ts';
import { chooseRuns, type FilterOptions } from './choose.ts';

interface DeleteOptions extends StoreOption, FilterOptions {
  readonly yes?: boolean;
  readonly archived?: boolean;
  readonly json?: boolean;
}

export function deleteCommand(): Command {
  return onRuns('delete', 'Remove runs with their metrics and weights, for good; asks first.')
    .option('--archived', 'with a filter: also those that were put away')
    .option('--yes', 'don’t ask')
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone runs delete calm-otter-417\n  $ undertone runs delete --filter "status=failed" --yes',
    )
    .action(runDelete);
}

async function runDelete(words: string[], _: unknown, command: Command): Promise<void> {
  const options = command.optsWithGlobals<DeleteOptions>();
  await withStore(options, 'read', async (store) => {
    const runs = await runsToDelete(store, words, options);
    const names = runs.map(({ name }) => name);
    const what =
      names.length === 1
        ? `the run ${names[0]}`
        : `${names.length} runs (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''})`;
    if (!options.yes && !(await confirmed(what))) {
      notice('Nothing was deleted.');
      process.exitCode = 1;
      return;
    }
    await store.deleteRuns(runs.map(({ id }) => id));
    process.stdout.write(
      `${options.json ? JSON.stringify({ deleted: names }) : `Deleted ${what}.`}\n`,
    );
  });
}

/** By name also runs that are damaged: there is no other way to be rid of them. */
async function runsToDelete(
  store: Store,
  words: readonly string[],
  options: DeleteOptions,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const filters = words.filter((word) => /[=<>~]/.test(word));
  if (filters.length > 0) {
    throw new InputError(
      `Expected names of runs, got ${filters[0]}; to delete all that pass a filter, give it with --filter.`,
    );
  }
  if (words.length === 0 || options.filter !== undefined || options.sweep !== undefined) {
    return await chooseRuns(store, words, options, options.archived ?? false);
  }
  const found = [];
  for (const word of words) found.push(await store.findRunId(word));
  return found;
}

async function confirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new InputError(
      `Deleting ${what} can't be undone, and here nobody can be asked; give --yes to do it.`,
    );
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(
      `Delete ${what} with all that is kept of it? This can't be undone. [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    // Ctrl-C at the question.
    if ((error as Error).name === 'AbortError') throw new WorkError('Nothing was deleted.');
    throw error;
  } finally {
    asking.close();
  }
}

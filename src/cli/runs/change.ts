/** Marks on runs: tags, notes, put away. */
import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../../errors.ts';
import { quote } from '../../format/index.ts';
import type { RunRecord } from '../../store/index.ts';
import { type StoreOption, withStore } from '../store-option.ts';
import { chooseRuns, type FilterOptions } from './choose.ts';

interface ChangeOptions extends StoreOption, FilterOptions {
  readonly json?: boolean;
}

/** A command on runs by name or by filter. */
export function onRuns(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('[run...]', 'their names')
    .option('--filter <filter>', 'all that pass, such as "width>=513 status=failed"')
    .option('--sweep <name>', 'those of one sweep')
    .option('--json', 'print the result as one JSON document');
}

export function tagCommand(): Command {
  const list = (text: string, before: readonly string[] = []) => [...before, ...tagsIn(text)];
  return onRuns('tag', 'Put tags on runs, or take them off.')
    .option('--add <tags>', 'a tag, or several with commas between', list)
    .option('--remove <tags>', 'tags to take off', list)
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone runs tag calm-otter-417 --add paper,figure-2\n  $ undertone runs tag=paper',
    )
    .action(async (words: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<
        ChangeOptions & { add?: readonly string[]; remove?: readonly string[] }
      >();
      const { add = [], remove = [] } = options;
      if (add.length + remove.length === 0) {
        throw new InputError(
          /^[=~!<>]/.test(words[0] ?? '')
            ? 'A filter that begins with tag is written without spaces: tag=paper.'
            : 'Which tags? Give --add TAG or --remove TAG.',
        );
      }
      await changeRuns(words, options, 'tagged', async (store, runs) => {
        const ids = runs.map(({ id }) => id);
        if (add.length > 0) await store.tag(ids, add);
        if (remove.length > 0) await store.tag(ids, remove, true);
      });
    });
}

function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  const wrong = tags.find((tag) => tag === '' || tag.length > 60 || /[\p{Cc}"]/u.test(tag));
  if (wrong !== undefined) {
    throw new InputError(
      `Expected tags of 1 to 60 characters without quotation marks, with commas between, got ${quote(wrong)}.`,
    );
  }
  return tags;
}

export function noteCommand(): Command {
  return new Command('note')
    .description('Write a note on a run; an empty text takes it off.')
    .argument('<run>', 'its name')
    .argument('<text>', 'what to remember')
    .addHelpText(
      'after',
      '\nExample:\n  $ undertone runs note calm-otter-417 "the one in figure 2"',
    )
    .action(async (name: string, text: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<StoreOption>();
      await withStore(options, 'read', async (store) => {
        const run = await store.findRun(name);
        await store.note(run.id, text);
        process.stdout.write(`${run.name}: ${text === '' ? 'note removed' : 'noted'}\n`);
      });
    });
}

/** `archive`, or `unarchive`. */
export function archiveCommand(archived: boolean): Command {
  const name = archived ? 'archive' : 'unarchive';
  return onRuns(
    name,
    archived
      ? 'Put runs away: lists leave them out, nothing is lost.'
      : 'Take runs back that were put away.',
  )
    .addHelpText('after', `\nExample:\n  $ undertone runs ${name} --filter "sweep=first-try"`)
    .action(async (words: string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>();
      await changeRuns(words, options, `${name}d`, (store, runs) =>
        store.archive(
          runs.map(({ id }) => id),
          archived,
        ),
      );
    });
}

async function changeRuns(
  words: readonly string[],
  options: ChangeOptions,
  done: string,
  change: (store: Parameters<typeof chooseRuns>[0], runs: readonly RunRecord[]) => Promise<void>,
): Promise<void> {
  await withStore(options, 'read', async (store) => {
    const runs = await chooseRuns(store, words, options, done === 'unarchived');
    await change(store, runs);
    const names = runs.map(({ name }) => name);
    const text = options.json
      ? JSON.stringify({ [done]: names })
      : `${done}: ${names.length > 5 ? `${names.length} runs` : names.join(', ')}`;
    process.stdout.write(`${text}\n`);
  });
}

import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../../errors.ts';
import type { RunRecord } from '../../store/index.ts';
import { type StoreOption, withStore } from '../store-option.ts';
import { percent, styled, table } from '../terminal.ts';
import { chooseRuns } from './choose.ts';
import { lossText, settingText, varyingSettings } from './list-text.ts';
import { extractedText } from './show.ts';

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'What differs between runs: settings, metrics, and whether they ended at the same bits.',
    )
    .argument('<run...>', 'two or more')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  $ undertone runs compare calm-otter-417 brave-heron-12')
    .action(runCompare);
}

const metricNames = ['cleanTrain', 'noisyTrain', 'noisyTrue', 'validation', 'test'] as const;

async function runCompare(words: string[], _: unknown, command: Command): Promise<void> {
  const options = command.optsWithGlobals<StoreOption & { json?: boolean }>();
  await withStore(options, 'read', async (store) => {
    const runs = await chooseRuns(store, words);
    if (runs.length < 2) {
      throw new InputError('A comparison needs two different runs; give the names of two or more.');
    }
    process.stdout.write(
      `${options.json ? JSON.stringify(comparison(runs)) : compareText(runs)}\n`,
    );
  });
}

/** Names of what was taken out of any of these runs, in order of appearance. */
function extractedNames(runs: readonly RunRecord[]): string[] {
  return [...new Set(runs.flatMap(({ extracted }) => Object.keys(extracted ?? {})))];
}

/** Values side by side, in the order of the runs. */
function comparison(runs: readonly RunRecord[]) {
  const aside = <Name extends string>(
    names: readonly Name[],
    value: (run: RunRecord, name: Name) => unknown,
  ) => Object.fromEntries(names.map((name) => [name, runs.map((run) => value(run, name))]));
  const hashes = runs.map(({ hash }) => hash);
  return {
    runs: runs.map(({ name }) => name),
    status: runs.map(({ status }) => status),
    settings: aside(varyingSettings(runs), (run, name) => run.settings[name]),
    metrics: aside(['step', 'loss', ...metricNames], (run, name) => run.metrics?.[name] ?? null),
    extracted: aside(extractedNames(runs), (run, name) => run.extracted?.[name] ?? null),
    hashes,
    sameWeights: sameWeights(runs),
  };
}

/** Null where a run has no weights yet. */
function sameWeights(runs: readonly RunRecord[]): boolean | null {
  const hashes = runs.map(({ hash }) => hash);
  return hashes.includes(null) ? null : new Set(hashes).size === 1;
}

function compareText(runs: readonly RunRecord[]): string {
  const row = (label: string, cells: (run: RunRecord) => string) => [label, ...runs.map(cells)];
  const settings = varyingSettings(runs);
  const rows = [
    row('', ({ name }) => styled('bold', name)),
    row('status', ({ status }) => status),
    ...settings.map((name) => row(name, (run) => settingText(run.settings[name]))),
    row('loss', ({ metrics }) => lossText(metrics?.loss)),
    ...metricNames.map((name) => row(name, ({ metrics }) => percent(metrics?.[name] ?? null))),
    ...extractedNames(runs).map((name) =>
      row(name, ({ extracted }) => extractedText(extracted?.[name] ?? null)),
    ),
    row('weights', ({ hash }) => hash?.slice(0, 12) ?? 'none yet'),
  ];
  const same = sameWeights(runs);
  const verdict =
    same === null
      ? 'Not all of them have weights yet.'
      : same
        ? 'All ended at the same bits.'
        : 'Their weights differ.';
  const alike = settings.length === 0 ? ['All settings are equal.'] : [];
  return [table(rows), ...alike, verdict].join('\n');
}

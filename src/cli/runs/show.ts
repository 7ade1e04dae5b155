import process from 'node:process';
import { Command } from 'commander';
import type { RunRecord } from '../../store/index.ts';
import { trainCommandLine } from '../../train/command-line.ts';
import { settingNames } from '../../train/setting-kinds.ts';
import { completeSettings } from '../../train/settings.ts';
import { shown } from '../shown.ts';
import { type StoreOption, storeFlag, withStore } from '../store-option.ts';
import { duration, percent, styled, table } from '../terminal.ts';
import { age, lossText, settingText, statusText } from './list-text.ts';
import { runJson } from './run-json.ts';

export function showCommand(): Command {
  return new Command('show')
    .description('All of one run, and the command that makes it again.')
    .argument('<run>', 'its name, or the beginning of its key or hash')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  $ undertone runs show calm-otter-417')
    .action(runShow);
}

async function runShow(name: string, _: unknown, command: Command): Promise<void> {
  const options = command.optsWithGlobals<StoreOption & { json?: boolean }>();
  await withStore(options, 'read', async (store) => {
    const run = await store.findRun(name);
    const again = trainCommandLine(
      run.settings,
      run.measureEvery === null ? {} : { measureEvery: run.measureEvery },
    );
    const text = options.json
      ? JSON.stringify({ ...runJson(run), command: again })
      : runText(
          run,
          again,
          `npx undertone runs save ${run.name} --out runs/${run.name}${storeFlag(options, store)}`,
        );
    process.stdout.write(`${text}\n`);
  });
}

function runText(run: RunRecord, again: string, save: string): string {
  const { settings, metrics, extracted, made } = run;
  const line = (label: string, text: string) => `${label.padEnd(10)}${text}`;
  const marks = [
    ...(run.archived ? ['archived'] : []),
    ...(run.tags.length > 0 ? [`tags ${run.tags.map((tag) => shown(tag)).join(', ')}`] : []),
  ];
  const lines = [
    `${styled('bold', run.name)}  ${statusText(run.status)}, step ${run.step} of ${settings.steps}${marks.length > 0 ? `; ${marks.join('; ')}` : ''}`,
  ];
  if (run.note !== '') lines.push(shown(run.note, 2000));
  if (run.error !== null) lines.push(`Why: ${shown(run.error, 2000)}`);
  lines.push('', settingsText(settings), '');
  if (metrics !== null) {
    const { loss, cleanTrain, noisyTrain, noisyTrue, validation, test } = metrics;
    const shares = { cleanTrain, noisyTrain, noisyTrue, validation, test };
    lines.push(
      table([
        ['at the end', 'loss', ...Object.keys(shares)],
        [`step ${metrics.step}`, lossText(loss), ...Object.values(shares).map(percent)],
      ]),
      '',
    );
  }
  const found = Object.entries(extracted ?? {});
  if (found.length > 0) {
    lines.push(
      table([['taken out', ''], ...found.map(([key, value]) => [key, extractedText(value)])]),
      '',
    );
  }
  lines.push(
    line(
      'weights',
      run.hash === null ? 'none yet' : run.keep === 'weights' ? run.hash : `${run.hash}, not kept`,
    ),
  );
  lines.push(line('key', run.key));
  if (run.datasetHash !== null)
    lines.push(line('rows', `${run.datasetHash} (${shown(settings.dataset ?? '', 200)})`));
  if (made !== null) {
    lines.push(
      line(
        'made with',
        `undertone ${made.undertone}, Node ${made.node}, ${made.backend} ${made.instructionSet}, ${shown(made.machine, 80)}`,
      ),
    );
  }
  const finished = run.finished === null ? '' : `, finished ${when(run.finished)}`;
  lines.push(
    line(
      'when',
      `wanted ${when(run.created)}${finished}; ${duration(run.seconds)} of computing, ${run.attempt === 1 ? 'one attempt' : `${run.attempt} attempts`}`,
    ),
    line('again', again),
  );
  if (run.status === 'done' && run.keep === 'weights') lines.push(line('save', save));
  return lines.join('\n');
}

function when(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC (${age(Date.now() - time)} ago)`;
}

/** What differs from the defaults first, then the rest in one line. */
function settingsText(settings: RunRecord['settings']): string {
  const defaults = completeSettings({ optimizer: settings.optimizer });
  const isOwn = (name: (typeof settingNames)[number]) =>
    settings[name] !== defaults[name] || name === 'seed' || name === 'modulus' || name === 'width';
  const own = settingNames.filter(isOwn).map((name) => [name, settingText(settings[name])]);
  const rest = settingNames
    .filter((name) => !isOwn(name) && settings[name] !== null)
    .map((name) => `${name} ${settings[name]}`);
  return `${table([['setting', ''], ...own])}\n${styled('dim', `as by default: ${rest.join(', ')}`)}`;
}

export function extractedText(value: number | string | null): string {
  if (value === null) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : shown(value, 60);
}

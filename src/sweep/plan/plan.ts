/** From the text of a sweep file to the runs that it stands for. */
import { basename, dirname, resolve } from 'node:path';
import { readText } from '../../format/index.ts';
import type { SettingName, SettingValue } from '../../train/setting-kinds.ts';
import type { Settings } from '../../train/settings.ts';
import { combinationsOf, eachCombination } from './combinations.ts';
import { runCompleter } from './complete-runs.ts';
import { conditionsOf, type Draft } from './conditions.ts';
import { addFormProblems } from './form-problems.ts';
import { lineAndColumn } from './problems.ts';
import { readSource } from './source.ts';
import { type ExtractName, extractNames, type SweepFile, sweepFileSchema } from './sweep-file.ts';

export interface PlannedRun {
  /** Everything that the run's weights depend on. */
  readonly settings: Settings;
  /** Its value on every axis of the plan, as the file has it (a file's name, not the table in it). */
  readonly axes: Readonly<Partial<Record<SettingName, SettingValue>>>;
}

/** A setting that varies, with its values in the order in which runs first have them. */
export interface SweepAxis {
  readonly name: SettingName;
  readonly values: readonly SettingValue[];
}

export interface SweepPlan {
  readonly name: string;
  readonly filename: string;
  /** The text of the file. */
  readonly source: string;
  /** Different from each other, in the order of the file: the same text gives the same runs in the same order. */
  readonly runs: readonly PlannedRun[];
  /** Settings that the file varies and that have at least two values over the runs. */
  readonly axes: readonly SweepAxis[];
  /** What is taken out at the end of each run. */
  readonly extract: readonly ExtractName[];
  readonly keep: 'weights' | 'metrics';
  /** As in `Training`. */
  readonly measureEvery: number | null;
  /** What may not be meant so, in whole sentences: combinations that are equal, conditions that never hold. */
  readonly notices: readonly string[];
}

/** Reads a sweep file. Throws InputError as `parseSweep` does, and where the file can't be read. */
export function readSweepFile(path: string): SweepPlan {
  return parseSweep(readText(path), path);
}

/**
 * Plans the runs of a sweep file (docs/sweeps.md): every combination of its base, grid, zip, list and random search, with
 * its conditions applied, completed and checked as `train` would. Reads the data sets and tables that settings name.
 *
 * @param filename names the file in errors; what settings name is relative to its folder.
 * @param options.files whether settings may name files; false for text that came from elsewhere.
 * @throws SweepFileError, `FILE:LINE:COLUMN: …` with the line and a caret, for up to ten problems at once.
 */
export function parseSweep(
  text: string,
  filename: string,
  { files = true }: { readonly files?: boolean } = {},
): SweepPlan {
  const source = readSource(text, filename);
  const parsed = sweepFileSchema.safeParse(source.value);
  if (!parsed.success) addFormProblems(source, parsed.error.issues);
  source.problems.throwIfAny();
  const file = parsed.data as SweepFile;
  const combinations = combinationsOf(file, source);
  const conditions = conditionsOf(file, source);
  source.problems.throwIfAny();

  const completer = runCompleter(source, files ? dirname(resolve(filename)) : null);
  const runs: { settings: Settings; draft: Draft }[] = [];
  const keyOf = settingsKey();
  const seen = new Set<string>();
  let equal = 0;
  for (const combination of eachCombination(combinations)) {
    const draft = conditions.apply(new Map(combination.map((given) => [given.name, given])));
    const settings = draft === null ? null : completer.complete(draft);
    if (draft === null || settings === null) continue;
    const key = keyOf(settings);
    if (seen.has(key)) equal++;
    else runs.push({ settings, draft });
    seen.add(key);
  }
  completer.tellProblems();
  source.problems.throwIfAny();
  if (runs.length === 0) {
    source.problems.add(
      source.placeOfKey(['when']),
      'expected at least one run to be left, got none.',
    );
    source.problems.throwIfAny();
  }

  const axes = axesOf(runs, [...combinations.varied, ...conditions.varied]);
  return {
    name: file.name ?? nameOf(filename),
    filename,
    source: text,
    runs: runs.map(({ settings, draft }) => ({
      settings,
      axes: Object.fromEntries(axes.map(({ name }) => [name, valueOn(name, settings, draft)])),
    })),
    axes,
    extract: extractNames.filter((name) => file.extract === 'all' || file.extract?.includes(name)),
    keep: file.keep ?? 'weights',
    measureEvery: file.measureEvery ?? null,
    notices: [
      ...(equal === 0
        ? []
        : [
            `${equal} of ${combinations.count} combinations are equal to another; each is run once.`,
          ]),
      ...conditions.unmet().map((path) => {
        const { line } = lineAndColumn(text, source.placeOfKey(path).start);
        return `The condition in line ${line} of ${filename} never holds.`;
      }),
    ],
  };
}

function axesOf(
  runs: readonly { settings: Settings; draft: Draft }[],
  varied: readonly SettingName[],
): SweepAxis[] {
  return [...new Set(varied)]
    .map((name) => ({
      name,
      values: [...new Set(runs.map(({ settings, draft }) => valueOn(name, settings, draft)))],
    }))
    .filter(({ values }) => values.length > 1);
}

const valueOn = (name: SettingName, settings: Settings, draft: Draft): SettingValue => {
  const given = draft.get(name);
  return given === undefined ? settings[name] : given.value;
};

/** What tells settings apart. Tables are numbered, for one may have 100,000 entries. */
function settingsKey(): (settings: Settings) => string {
  const tasks = new Map<string | null, number>();
  return (settings) => {
    if (!tasks.has(settings.task)) tasks.set(settings.task, tasks.size);
    return JSON.stringify({ ...settings, task: tasks.get(settings.task) });
  };
}

/** "width-study" of "studies/width study.yaml". */
function nameOf(filename: string): string {
  const name = basename(filename)
    .replace(/\.(ya?ml|json)$/i, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'sweep' : name;
}

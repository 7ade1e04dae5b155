/** Where a sweep file isn't of the form that `sweepFileSchema` has, in words. */
import type { z } from 'zod';
import { quote } from '../../format/quote.ts';
import { didYouMean } from '../../nearest-name.ts';
import { type SettingName, settingKinds, settingNames } from '../../train/setting-kinds.ts';
import type { Path, Source } from './source.ts';
import { extractNames, sweepFileSchema } from './sweep-file.ts';

type Issue = z.core.$ZodIssue;

/** Tells the source's problems of every issue that its value has. */
export function addFormProblems(source: Source, issues: readonly Issue[]): void {
  for (const issue of issues) addProblem(source, issue, []);
}

/** A value in a message: numbers and texts themselves, all else by its kind. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (null)';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  return String(value);
}

function addProblem(source: Source, issue: Issue, within: Path): void {
  const path = [...within, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      source.problems.add(source.placeOfKey([...path, key]), unknownKey(path, key));
    }
    return;
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) => issues.every(isInside));
    if (branch !== undefined) {
      for (const inner of branch) addProblem(source, inner, path);
      return;
    }
  }
  const got = valueAt(source.value, path);
  const place = source.placeOf(path);
  const name = labelOf(path);
  const subject = name === null ? 'expected' : `${name}: expected`;
  source.problems.add(place, `${subject} ${expectedAt(path, issue)}, got ${shown(got)}.`);
}

/** Whether an issue of one way to write a value is about a part of it, so that this way was meant. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys' || issue.code === 'too_small';
}

function unknownKey(path: Path, key: string): string {
  const context = contextOf(path);
  if (context?.name === null) {
    const hint = didYouMean(key, settingNames) || ` The settings are ${settingNames.join(', ')}.`;
    return `expected a setting, got ${quote(key)}.${hint}`;
  }
  const keys = keysAt(path);
  return `expected one of ${keys.join(', ')}, got ${quote(key)}.${didYouMean(key, keys)}`;
}

interface Context {
  /** The form that a setting's value has here. */
  readonly form: 'value' | 'values' | 'draws' | 'condition';
  /** The setting that the path names; null where it ends at what holds settings. */
  readonly name: SettingName | null;
  /** The path from the setting on. */
  readonly rest: Path;
}

/** What a path says of settings; null where it leads to none. */
function contextOf(path: Path): Context | null {
  const context = (form: Context['form'], depth: number): Context | null =>
    path.length < depth
      ? null
      : {
          form,
          name: (path[depth] as SettingName | undefined) ?? null,
          rest: path.slice(depth + 1),
        };
  switch (path[0]) {
    case 'base':
      return context('value', 1);
    case 'grid':
      return context('values', 1);
    case 'zip':
      return context('values', typeof path[1] === 'number' ? 2 : 1);
    case 'list':
      return context('value', 2);
    case 'random':
      return path[1] === 'settings' ? context('draws', 2) : null;
    case 'when':
      if (path[2] === 'set') return context('value', 3);
      return path[2] === 'if' ? context('condition', 3) : null;
    default:
      return null;
  }
}

function keysAt(path: Path): readonly string[] {
  const form = contextOf(path)?.form;
  if (form === 'values') return ['from', 'to', 'count', 'step', 'scale'];
  if (form === 'draws') return ['from', 'to', 'scale'];
  if (path[0] === 'random') return ['count', 'seed', 'settings'];
  if (path[0] === 'when') return ['if', 'set', 'skip'];
  return Object.keys(sweepFileSchema.shape);
}

function labelOf(path: Path): string | null {
  const name = path.findLast((step) => typeof step === 'string');
  return name === undefined ? null : String(name);
}

const ownWords: Record<string, string> = {
  '': 'keys such as base and grid',
  name: 'at most 64 letters, digits, dots, hyphens and underscores, a letter or digit first',
  zip: 'a group of settings, or a list of groups',
  list: 'a list of sets of settings',
  random: 'count and settings',
  when: 'a list of conditions, each with if and set or skip',
  skip: 'true',
  extract: `all, or a list of ${extractNames.join(', ')}`,
  keep: 'weights or metrics',
  measureEvery: 'a whole number of at least 1',
  scale: 'linear or log',
};

function expectedAt(path: Path, issue: Issue): string {
  if (issue.code === 'custom') return issue.message.replace(/^expected /, '');
  if (issue.code === 'too_small' && issue.origin === 'array') return 'at least one value';
  if (path[0] === 'zip' || path[0] === 'list') {
    if (path.length === 1) return ownWords[path[0]];
  }
  const context = contextOf(path);
  if (context !== null && context.name === null) return 'settings, such as width: 33';
  if (context !== null && context.name !== null && !isRangeKey(context.rest)) {
    return expectedOfSetting(context, context.name);
  }
  if (path[0] === 'when' && path.length === 2) return ownWords.when;
  return ownWords[labelOf(path) ?? ''] ?? expectedOfIssue(issue);
}

const isRangeKey = (rest: Path) => typeof rest[0] === 'string';

function expectedOfSetting({ form, rest }: Context, name: SettingName): string {
  const { expected, type } = settingKinds[name];
  if (form === 'value' || rest.length > 0) return expected;
  if (form === 'condition') {
    const comparison = type === 'integer' || type === 'number' ? '">= 513"' : `"!= …"`;
    return `${expected}, a list of such, or a comparison in quotes such as ${comparison}`;
  }
  if (type !== 'integer' && type !== 'number') return 'a list of values';
  if (form === 'draws') return 'a list of values, or a range such as { from: 1e-4, to: 0.1 }';
  const range = type === 'integer' ? '{ from: 0, count: 5 }' : '{ from: 0, to: 0.9, count: 10 }';
  return `a list of values, or a range such as ${range}`;
}

function expectedOfIssue(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected;
    case 'too_small':
      return `a number of at least ${issue.minimum}`;
    case 'too_big':
      return `a number of at most ${issue.maximum}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const typeWords: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
};

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (within, step) =>
      typeof within === 'object' && within !== null && Object.hasOwn(within, step)
        ? (within as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}

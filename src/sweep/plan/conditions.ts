/** `when`: settings that some of the combinations get instead, and combinations that are left out. */
import { type SettingName, type SettingValue, settingKinds } from '../../train/setting-kinds.ts';
import { completeSettings, type PartialSettings } from '../../train/settings.ts';
import { type Assignment, assignments, namesAt } from './combinations.ts';
import { shown } from './form-problems.ts';
import type { Path, Source } from './source.ts';
import type { ConditionSpec, SweepFile } from './sweep-file.ts';

/** What a combination says of every setting, in the order in which it was said. */
export type Draft = ReadonlyMap<SettingName, Assignment>;

export interface Conditions {
  /** The draft with what the conditions set, each seeing what those before it did; null where it is left out. */
  apply(draft: Draft): Draft | null;
  /** Settings that conditions set. */
  readonly varied: readonly SettingName[];
  /** Places of the conditions that have never held so far. */
  unmet(): readonly Path[];
}

interface Condition {
  readonly path: Path;
  readonly tests: readonly Test[];
  readonly set: readonly Assignment[];
  readonly skip: boolean;
}

interface Test {
  readonly name: SettingName;
  readonly holds: (value: SettingValue) => boolean;
}

/** Tells the source's problems of conditions that can't be asked or that do nothing. */
export function conditionsOf({ when }: SweepFile, source: Source): Conditions {
  const conditions = (when ?? []).map((entry, i): Condition => {
    const path = ['when', i];
    const tests = namesAt(source, [...path, 'if']).map((name) => ({
      name,
      holds: testOf(name, entry.if[name] as ConditionSpec, [...path, 'if', name], source),
    }));
    if (tests.length === 0) {
      source.problems.add(source.placeOfKey([...path, 'if']), 'if: expected at least one setting.');
    }
    if ((entry.set === undefined) === (entry.skip === undefined)) {
      source.problems.add(source.placeOf(path), 'expected either set or skip: true beside if.');
    }
    const set = assignments(entry.set ?? {}, [...path, 'set'], source);
    return { path, tests, set, skip: entry.skip ?? false };
  });
  const met = new Set<Condition>();
  return {
    varied: conditions.flatMap(({ set }) => set.map(({ name }) => name)),
    unmet: () =>
      conditions.filter((condition) => !met.has(condition)).map(({ path }) => [...path, 'if']),
    apply(draft) {
      if (conditions.length === 0) return draft;
      const changed = new Map(draft);
      for (const condition of conditions) {
        if (!condition.tests.every(({ name, holds }) => holds(valueIn(changed, name)))) continue;
        met.add(condition);
        if (condition.skip) return null;
        for (const assignment of condition.set) changed.set(assignment.name, assignment);
      }
      return changed;
    },
  };
}

/** A setting as the draft has it, else its default, which for some hangs on the optimizer. */
function valueIn(draft: Draft, name: SettingName): SettingValue {
  const given = draft.get(name);
  if (given !== undefined) return given.value;
  if (name === 'task' && (draft.get('dataset')?.value ?? null) !== null) return null;
  return defaultsFor(draft.get('optimizer')?.value ?? 'adamw')[name];
}

const defaults = new Map<SettingValue, ReturnType<typeof completeSettings>>();

function defaultsFor(optimizer: SettingValue) {
  const known = defaults.get(optimizer) ?? completeSettings({ optimizer } as PartialSettings);
  defaults.set(optimizer, known);
  return known;
}

function testOf(
  name: SettingName,
  spec: ConditionSpec,
  path: Path,
  source: Source,
): (value: SettingValue) => boolean {
  if (Array.isArray(spec)) return (value) => spec.includes(value);
  const comparison = typeof spec === 'string' ? /^(>=|<=|!=|>|<)\s*(.+)$/s.exec(spec) : null;
  if (comparison === null) return (value) => value === spec;
  const [, operator, text] = comparison;
  const { type, expected, choices } = settingKinds[name];
  const isNumeric = type === 'integer' || type === 'number';
  const refuse = (what: string) => {
    source.problems.add(source.placeOf(path), `${name}: expected ${what}, got ${shown(spec)}.`);
    return () => false;
  };
  if (!isNumeric && operator !== '!=') return refuse('a value, a list of values or "!= …"');
  const operand = operandOf(text.trim(), type);
  if (operand === undefined || (type === 'choice' && !choices.includes(text.trim()))) {
    return refuse(`after ${operator} ${expected}`);
  }
  switch (operator) {
    case '!=':
      return (value) => value !== operand;
    case '>=':
      return (value) => value !== null && operand !== null && value >= operand;
    case '<=':
      return (value) => value !== null && operand !== null && value <= operand;
    case '>':
      return (value) => value !== null && operand !== null && value > operand;
    default:
      return (value) => value !== null && operand !== null && value < operand;
  }
}

/** The value that a text stands for; undefined where it stands for none. */
function operandOf(text: string, type: string): SettingValue | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type === 'choice') return text;
  if (type === 'text') return text === 'null' ? null : text;
  if (text === 'null') return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : undefined;
}

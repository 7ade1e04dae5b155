/** The combinations of settings that a sweep file names, before conditions and checks. */
import type { SettingName, SettingValue } from '../../train/setting-kinds.ts';
import { drawValues } from './random-search.ts';
import type { Path, Source } from './source.ts';
import { mostRuns, type SweepFile } from './sweep-file.ts';
import { ValuesError, valuesOf } from './values.ts';

/** A value that a setting gets, and where the file says so. */
export interface Assignment {
  readonly name: SettingName;
  readonly value: SettingValue;
  readonly path: Path;
}

/** What varies together: each option is a set of settings. */
type Dimension = readonly (readonly Assignment[])[];

export interface Combinations {
  readonly base: readonly Assignment[];
  readonly dimensions: readonly Dimension[];
  /** Settings of the dimensions, in their order. */
  readonly varied: readonly SettingName[];
  /** The product of the dimensions' lengths. */
  readonly count: number;
}

/**
 * Base settings and dimensions, slowest first: random draws (so that a larger count only adds to the end), list, zip
 * groups, grid. Keys are taken in the order of the file, which the schema's output has lost.
 * Tells the source's problems of ranges that are none, groups of unequal lengths, a setting that is given
 * twice, and more combinations than there may be.
 */
export function combinationsOf(file: SweepFile, source: Source): Combinations {
  const base = assignments(file.base ?? {}, ['base'], source);
  const dimensions = [
    ...randomDimension(file, source),
    ...listDimension(file, source),
    ...zipDimensions(file, source),
    ...gridDimensions(file, source),
  ];
  refuseRepeats(base, dimensions, source);
  const count = dimensions.reduce((product, options) => product * options.length, 1);
  if (count > mostRuns) {
    const lengths = dimensions.map((options) => options.length).join(' × ');
    source.problems.add(
      source.placeOfKey([file.grid === undefined ? 'random' : 'grid']),
      `expected at most ${mostRuns} combinations, got ${lengths} = ${count}.`,
    );
  }
  const names = dimensions.flatMap((options) => options.flat().map(({ name }) => name));
  return { base, dimensions, varied: [...new Set(names)], count };
}

/** Every combination, the last dimension varying fastest, base settings first. */
export function* eachCombination({
  base,
  dimensions,
}: Combinations): Generator<readonly Assignment[]> {
  const chosen = dimensions.map(() => 0);
  for (;;) {
    yield [...base, ...dimensions.flatMap((options, d) => options[chosen[d]])];
    let d = dimensions.length - 1;
    while (d >= 0 && ++chosen[d] === dimensions[d].length) chosen[d--] = 0;
    if (d < 0) return;
  }
}

/** The settings of one mapping in the order of the file. */
export function assignments(
  settings: Partial<Record<SettingName, SettingValue | undefined>>,
  path: Path,
  source: Source,
): Assignment[] {
  return namesAt(source, path).map((name) => ({
    name,
    value: settings[name] as SettingValue,
    path: [...path, name],
  }));
}

/** The settings of a mapping that was found to hold nothing else. */
export function namesAt(source: Source, path: Path): readonly SettingName[] {
  return source.keysAt(path) as readonly SettingName[];
}

function randomDimension({ random }: SweepFile, source: Source): Dimension[] {
  if (random === undefined) return [];
  const path = ['random', 'settings'];
  const columns = namesAt(source, path).map((name) =>
    column(source, name, [...path, name], () => {
      const spec = random.settings[name];
      return spec === undefined ? [] : drawValues(name, spec, random.seed ?? 0, random.count);
    }),
  );
  if (columns.length === 0) {
    source.problems.add(source.placeOf(path), 'settings: expected at least one to draw, got none.');
  }
  // A column that couldn't be drawn is empty; its problem is told.
  return [
    Array.from({ length: random.count }, (_, i) =>
      columns.flatMap((values) => values.slice(i, i + 1)),
    ),
  ];
}

function listDimension({ list }: SweepFile, source: Source): Dimension[] {
  if (list === undefined) return [];
  return [list.map((settings, i) => assignments(settings, ['list', i], source))];
}

function zipDimensions({ zip }: SweepFile, source: Source): Dimension[] {
  if (zip === undefined) return [];
  const groups = Array.isArray(zip)
    ? zip.map((group, i) => ({ group, path: ['zip', i] }))
    : [{ group: zip, path: ['zip'] }];
  return groups.flatMap(({ group, path }) => {
    const columns = namesAt(source, path).map((name) =>
      column(source, name, [...path, name], () => valuesOf(name, group[name] ?? [])),
    );
    const lengths = columns.map(({ length }) => length);
    const odd = lengths.findIndex((length) => length !== lengths[0]);
    if (odd >= 0 && !lengths.includes(0)) {
      const [first] = columns;
      source.problems.add(
        source.placeOfKey(columns[odd][0].path.slice(0, path.length + 1)),
        `expected as many values as ${first[0].name} has in this group, ${lengths[0]}, got ${lengths[odd]}.`,
      );
      return [];
    }
    const length = lengths[0] ?? 0;
    return length === 0
      ? []
      : [Array.from({ length }, (_, i) => columns.map((values) => values[i]))];
  });
}

function gridDimensions({ grid }: SweepFile, source: Source): Dimension[] {
  if (grid === undefined) return [];
  return namesAt(source, ['grid'])
    .map((name) =>
      column(source, name, ['grid', name], () => valuesOf(name, grid[name] ?? [])).map(
        (assignment) => [assignment],
      ),
    )
    .filter((options) => options.length > 0);
}

/** The values of one setting, each with its place: that of the item in a list, else that of the range. */
function column(
  source: Source,
  name: SettingName,
  path: Path,
  values: () => readonly SettingValue[],
): Assignment[] {
  try {
    const isList = path[0] !== 'random';
    return values().map((value, i) => ({ name, value, path: isList ? [...path, i] : path }));
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    source.problems.add(source.placeOf(path), `${name}: ${error.message}.`);
    return [];
  }
}

/** A setting belongs to one place: base or one dimension. */
function refuseRepeats(
  base: readonly Assignment[],
  dimensions: readonly Dimension[],
  source: Source,
): void {
  const givenIn = new Map<SettingName, Path>();
  for (const options of [[base], ...dimensions]) {
    const own = new Map<SettingName, Path>();
    for (const { name, path } of options.flat()) if (!own.has(name)) own.set(name, path);
    for (const [name, path] of own) {
      const before = givenIn.get(name);
      if (before === undefined) {
        givenIn.set(name, path);
        continue;
      }
      source.problems.add(
        source.placeOfKey(path.slice(0, path.indexOf(name) + 1)),
        `${name} is given twice, here and under ${String(before[0])}; expected it in one place.`,
      );
    }
  }
}

/** Random search: draws of settings. */
import { createGenerator, type Generator } from '../../task/generator.ts';
import { type SettingName, type SettingValue, settingKinds } from '../../train/setting-kinds.ts';
import type { DrawRange, DrawSpec } from './sweep-file.ts';
import { rounded, ValuesError } from './values.ts';

/**
 * `count` values of one setting, from the stream "sweep-random NAME" of the seed. The i-th depends on nothing else
 * in the file: a larger count only adds values, other settings and their order don't matter.
 *
 *     list             each with the same probability
 *     linear           from + u·(to − from), u uniform in [0, 1); of an integer setting each one from `from` to `to`
 *     log              from·(to/from)^u, rounded for an integer setting
 *
 * Numbers have 12 significant digits, as in `valuesOf`.
 *
 * @throws ValuesError for a range that is none, or one whose ends the setting refuses.
 */
export function drawValues(
  name: SettingName,
  spec: DrawSpec,
  seed: number,
  count: number,
): readonly SettingValue[] {
  const generator = createGenerator(seed, `sweep-random ${name}`);
  if (Array.isArray(spec)) {
    return Array.from({ length: count }, () => spec[generator.below(spec.length)]);
  }
  refuseRange(name, spec);
  const isInteger = settingKinds[name].type === 'integer';
  return Array.from({ length: count }, () => draw(generator, spec, isInteger));
}

function refuseRange(name: SettingName, { from, to, scale }: DrawRange): void {
  if (!(from < to)) throw new ValuesError(`expected from below to, got ${from} and ${to}`);
  if (scale === 'log' && from <= 0) throw new ValuesError('expected from above 0 with scale: log');
  const { expected, schema } = settingKinds[name];
  for (const end of [from, to]) {
    if (!schema.safeParse(end).success) {
      throw new ValuesError(`expected ${name} to be ${expected}, got ${end}`);
    }
  }
}

function draw(generator: Generator, { from, to, scale }: DrawRange, isInteger: boolean): number {
  if (scale === 'log') {
    const value = from * (to / from) ** generator.uniform();
    return within(from, to, isInteger ? Math.round(value) : rounded(value));
  }
  if (!isInteger) return within(from, to, rounded(from + (to - from) * generator.uniform()));
  // `below` takes no more than 2³² at once.
  const values = to - from + 1;
  return (
    from + (values <= 2 ** 32 ? generator.below(values) : Math.floor(generator.uniform() * values))
  );
}

/** Rounding must not leave the range. */
const within = (from: number, to: number, value: number) => Math.min(to, Math.max(from, value));

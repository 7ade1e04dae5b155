/** The values that a list or a range stands for. */
import { type SettingName, type SettingValue, settingKinds } from '../../train/setting-kinds.ts';
import { mostRuns, type RangeSpec, type ValuesSpec } from './sweep-file.ts';

/** Why a list or range stands for nothing: words of the form "expected …". */
export class ValuesError extends Error {}

/**
 * The values in their order.
 *
 *     count, linear   from + i·(to − from)/(count − 1)
 *     count, log      from·(to/from)^(i/(count − 1))
 *     step            from, from + step, … up to `to`, or `count` of them; 1 where nothing else is said of an integer
 *
 * Numbers have 12 significant digits (0.3, not 0.30000000000000004), so that they are the same on every
 * machine; both ends are exact. For an integer setting a range by `count` is rounded, with repeats left out.
 *
 * @throws ValuesError for a range that is none, or one whose values the setting refuses.
 */
export function valuesOf(name: SettingName, spec: ValuesSpec): readonly SettingValue[] {
  if (Array.isArray(spec)) return spec;
  const { type, expected, schema } = settingKinds[name];
  const values = rangeValues(spec, type === 'integer');
  const refused = values.find((value) => !schema.safeParse(value).success);
  if (refused !== undefined) {
    throw new ValuesError(`expected ${name} to be ${expected}, but the range has ${refused}`);
  }
  return values;
}

function rangeValues(range: RangeSpec, isInteger: boolean): readonly number[] {
  const { from, to, count, step, scale } = range;
  if (to === undefined && count === undefined) {
    throw new ValuesError('expected to or count beside from');
  }
  if (to !== undefined && count !== undefined && step !== undefined) {
    throw new ValuesError('expected two of to, count and step, not all three');
  }
  if (isInteger && !Number.isInteger(from)) {
    throw new ValuesError(`expected from to be a whole number, got ${from}`);
  }
  if (scale === 'log') {
    if (to === undefined || count === undefined) {
      throw new ValuesError('expected from, to and count with scale: log');
    }
    if (!(from > 0 && to > 0)) {
      throw new ValuesError('expected from and to above 0 with scale: log');
    }
  }
  if (to !== undefined && count !== undefined) {
    const values = spacedValues(from, to, count, scale ?? 'linear');
    return isInteger ? [...new Set(values.map(Math.round))] : values;
  }
  return steppedValues(
    from,
    to,
    count,
    step ?? (isInteger ? impliedStep(from, to) : null),
    isInteger,
  );
}

const impliedStep = (from: number, to: number | undefined) =>
  to !== undefined && to < from ? -1 : 1;

function spacedValues(from: number, to: number, count: number, scale: 'linear' | 'log'): number[] {
  if (count === 1) {
    if (from !== to) throw new ValuesError('expected a count of at least 2 between from and to');
    return [from];
  }
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const share = i / (count - 1);
    return rounded(scale === 'log' ? from * (to / from) ** share : from + (to - from) * share);
  });
}

function steppedValues(
  from: number,
  to: number | undefined,
  count: number | undefined,
  step: number | null,
  isInteger: boolean,
): number[] {
  if (step === null) throw new ValuesError('expected step or count beside from and to');
  if (step === 0) throw new ValuesError('expected a step other than 0');
  if (isInteger && !Number.isInteger(step)) {
    throw new ValuesError(`expected step to be a whole number, got ${step}`);
  }
  // A hair beyond `to` counts as on it: 0.9/0.1 is not quite 9.
  const steps = count === undefined ? Math.floor(((to ?? from) - from) / step + 1e-9) : count - 1;
  if (steps < 0)
    throw new ValuesError(`expected a step that leads from ${from} to ${to}, got ${step}`);
  if (steps >= mostRuns) {
    throw new ValuesError(`expected at most ${mostRuns} values, got ${steps + 1}`);
  }
  return Array.from({ length: steps + 1 }, (_, i) => rounded(from + i * step));
}

/** To 12 digits: powers and sums differ in the last bits between machines, these don't. */
export function rounded(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(12));
}

/** Runs that differ in nothing but their seeds, and what they have in common. */
import { type Interval, interval, shareInterval } from '../../analysis/interval.ts';
import { isShare } from './labels.ts';
import {
  type AxisValue,
  numberOf,
  type StudyRun,
  type SweepAxis,
  type SweepStudy,
} from './study.ts';

/** A mean over seeds reaches this where nearly every training label is fit: the interpolation threshold. */
const fitAll = 0.99;

/** Runs by the values of these axes, in the order of the axes' values. */
export function groupsBy(
  runs: readonly StudyRun[],
  axes: readonly SweepAxis[],
): { readonly at: readonly AxisValue[]; readonly runs: readonly StudyRun[] }[] {
  const groups = new Map<string, { at: AxisValue[]; runs: StudyRun[] }>();
  for (const run of runs) {
    const at = axes.map(({ name }) => run.settings[name]);
    const key = JSON.stringify(at);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { at, runs: [run] });
    else group.runs.push(run);
  }
  const places = (at: readonly AxisValue[]) => axes.map(({ values }, i) => values.indexOf(at[i]));
  return [...groups.values()].sort((p, q) => {
    const [x, y] = [places(p.at), places(q.at)];
    const differing = x.findIndex((place, i) => place !== y[i]);
    return differing < 0 ? 0 : x[differing] - y[differing];
  });
}

/**
 * The axes without those that another one decides, as an optimizer does its momentum and one of two zipped settings the
 * other; of two that decide each other the first stays.
 */
export function independentAxes(
  axes: readonly SweepAxis[],
  runs: readonly StudyRun[],
): readonly SweepAxis[] {
  const decides = (by: SweepAxis, axis: SweepAxis) => {
    const values = new Map<AxisValue, AxisValue>();
    return runs.every(({ settings }) => {
      const [key, value] = [settings[by.name], settings[axis.name]];
      if (!values.has(key)) values.set(key, value);
      return values.get(key) === value;
    });
  };
  return axes.filter(
    (axis, i) =>
      !axes.some((other, j) => i !== j && decides(other, axis) && (j < i || !decides(axis, other))),
  );
}

/** Mean and 95 % interval of a metric over runs; null where none has it. */
export function summary(runs: readonly StudyRun[], metric: string): Interval | null {
  const values = runs.map((run) => numberOf(run, metric)).filter((value) => value !== null);
  if (values.length === 0) return null;
  return isShare(metric) ? shareInterval(values) : interval(values);
}

export function doneRuns({ runs }: SweepStudy): readonly StudyRun[] {
  return runs.filter(({ status }) => status === 'done');
}

/** Share of all training labels, right and wrong, that a run gives back; null where that isn't known. */
export function trainAccuracy(run: StudyRun): number | null {
  const clean = numberOf(run, 'cleanTrain');
  const noisy = numberOf(run, 'noisyTrain');
  const { noiseRatio, dataset } = run.settings;
  // Of the rows of a file nobody knows how many are wrong.
  if (dataset !== null || typeof noiseRatio !== 'number') return null;
  if (noiseRatio === 0) return clean;
  if (noiseRatio === 1) return noisy;
  return clean === null || noisy === null ? null : (1 - noiseRatio) * clean + noiseRatio * noisy;
}

/** The first of some groups, in their order, whose mean training accuracy is at least 99 %; null where none is. */
export function interpolationThreshold<Group extends { readonly runs: readonly StudyRun[] }>(
  groups: readonly Group[],
): Group | null {
  const fits = ({ runs }: Group) => {
    const shares = runs.map(trainAccuracy);
    return (
      shares.length > 0 &&
      shares.every((share) => share !== null) &&
      interval(shares as number[]).mean >= fitAll
    );
  };
  return groups.find(fits) ?? null;
}
